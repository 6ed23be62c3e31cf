"""Texts: cut a long one where a sentence ends, so that no message is refused."""

from __future__ import annotations

import re

LIMIT = 3500  # Telegram refuses more than 4096; the rest is room for safety
CAPTION_LIMIT = 1024

_SENTENCE_END = re.compile(r"\n+|[。！？…]+[”’」』）]*|[.!?]+[\"')]*(?=\s)")
_GAP = re.compile(r"\s+|[，、；：]")


def length(text: str) -> int:
    """Length as Telegram counts it: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def split_text(text: str, *, limit: int = LIMIT) -> list[str]:
    """Cut `text` into parts of at most `limit`, each ending with a sentence if it can."""
    parts: list[str] = []
    rest = text.strip()
    while length(rest) > limit:
        head = _start_of(rest, limit)
        cut = _last_end(_SENTENCE_END, head) or _last_end(_GAP, head) or len(head)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _start_of(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def _last_end(pattern: re.Pattern[str], head: str) -> int:
    """Where the last match ends; 0 in the first third, which would make crumbs."""
    last = 0
    for match in pattern.finditer(head):
        last = match.end()
    return last if last > len(head) // 3 else 0

"""Joining: a sentence that was broken up, read as one again.

"I can't / breathe", "I... cannot... breathe", "c h e s t p a i n". What is joined here is
read beside the message as it was written, and may only raise its level.
"""

from __future__ import annotations

import re
from collections.abc import Set
from itertools import pairwise
from typing import Final

JOIN: Final = "\ue000"  # stands where a break was read over; no message holds it, see plain.py
BREAKS: Final = re.compile(r"(?:[ \t]*(?:[.。](?!\d)|[…~\n—|\ue000]|(?<=\s)-+(?=\s)))+[ \t]*")
CUT: Final = re.compile(r"[,;:!?、()\[\]{}<>\"“”「」『』【】]")
WORD: Final = re.compile(r"[a-z0-9']+|[一-鿿]{1,2}")
SHORT: Final = 3  # words; a longer piece stands for itself
FULL_STOPS: Final = frozenset((".", "。"))
SPACED: Final = re.compile(r"(?<![a-z'])(?:[a-z'][ ._*\-]{1,3}){3,}[a-z](?![a-z'])")
WIDE: Final = re.compile(r"[ ._*\-]{2,}")  # between two spaced words
LONGEST_SPACED: Final = 60  # letters


def join(text: str) -> str:
    """Put `JOIN` for each break beside which too few words stand to be a sentence."""
    breaks = list(BREAKS.finditer(text))
    edges = [0, *(place for found in breaks for place in found.span()), len(text)]
    pieces = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    joined = [pieces[0]]
    for found, (left, right) in zip(breaks, pairwise(pieces), strict=True):
        before, after = _words(CUT.split(left)[-1]), _words(CUT.split(right)[0])
        soft = _is_soft(found[0].strip(), before, after)
        joined += JOIN * len(found[0]) if soft else found[0].replace(JOIN, ","), right
    return "".join(joined)


def _is_soft(mark: str, before: int, after: int) -> bool:
    if not before or not after:
        return False
    if mark in FULL_STOPS:  # a full stop ends a sentence, unless there was none
        return min(before, after) == 1 and max(before, after) <= SHORT
    return min(before, after) <= SHORT


def _words(piece: str) -> int:
    return len(WORD.findall(piece))


def without_gaps(text: str, at: list[int], known: Set[str]) -> tuple[str, list[int]]:
    """Spaced letters put together: `c h e s t  p a i n`."""
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for found in SPACED.finditer(text):
        pieces += text[done : found.start()]
        places += at[done : found.start()]
        done = found.end()
        for part in _parts(found):
            letters = [place for place in range(*part) if text[place].isalpha()]
            for size in _sizes("".join(text[place] for place in letters), known):
                word, letters = letters[:size], letters[size:]
                pieces += [text[place] for place in word]
                places += [at[place] for place in word]
                pieces.append(" ")
                places.append(at[word[-1]])
        pieces.pop()
        places.pop()
    if not done:
        return text, at
    return "".join(pieces) + text[done:], places + at[done:]


def _parts(run: re.Match[str]) -> list[tuple[int, int]]:
    """Where the words of a run of spaced letters begin and end, as far as gaps tell."""
    start = run.start()
    gaps = [gap.span() for gap in WIDE.finditer(run.string, start, run.end())]
    edges = [start, *(place for gap in gaps for place in gap), run.end()]
    if len(gaps) >= run[0].count(" ") / 2:  # every letter stands far from the next
        return [(start, run.end())]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _sizes(letters: str, known: Set[str]) -> list[int]:
    """Lengths of the fewest known words that these letters make, else of one word."""
    if len(letters) > LONGEST_SPACED:
        return [len(letters)]
    best: list[list[int] | None] = [[]]
    for end in range(1, len(letters) + 1):
        ways = [
            [*before, end - start]
            for start in range(end)
            if (before := best[start]) is not None and _is_word(letters[start:end], known)
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or [len(letters)]


def _is_word(letters: str, known: Set[str]) -> bool:
    return letters in ("i", "a") or (len(letters) > 1 and letters in known)

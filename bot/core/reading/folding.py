"""Folding: one plain form of what people type, that still knows the very words.

Beside the disguises, full-width and traditional characters, capitals, other scripts'
digits, curly quotes and characters without ink are folded; every folded character
remembers where it came from, so a span is always cut from the patient's own text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.core.disguises import taken_off

SPECIAL = {
    "º": "°",
    "˚": "°",
    "½": ".5",
    "🔟": "10",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "～": "~",
    "〜": "~",
    "℃": "℃",
    "℉": "℉",
    "，": ",",
    "·": ".",
    "İ": "i",
}
# A nod or a thank you beside an answer changes nothing; a face in tears may.
KIND_FACES = frozenset("👍👌🙏😊🙂😀😃😄😁☺❤🌹💪🎉👏🤝")
APOSTROPHES = frozenset("'‘’ʼ´`＇")
NO_WRITING = frozenset(("Cf", "Mn", "Me", "Cc", "Cs", "Co"))
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by class, empty to the eye

# A 没有 belongs to what follows it.
PAUSE = re.compile(r"(?<=[\u4e00-\u9fff])(?<![没不无未])(?<!没有) (?=[\u4e00-\u9fff]{2})")
SPACED = re.compile(r"[\u4e00-\u9fff] ")


@dataclass(frozen=True)
class Text:
    """What was written (`raw`) beside its folded form."""

    raw: str
    folded: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> str:
        """The patient's own words behind folded[start:end]."""
        if start >= end:
            return ""
        return self.raw[self.origin[start] : self.origin[end - 1] + 1].strip()


def fold(raw: str, simplify: Mapping[int, str]) -> Text:
    """Fold `raw`; `simplify` maps traditional characters to simplified ones."""
    pieces: list[str] = []
    origin: list[int] = []
    for char, place in zip(*taken_off(raw), strict=True):
        if char in APOSTROPHES:
            continue  # people drop them anyway: dont, its
        plain = _fold_character(char)
        if len(plain) == 1:
            plain = simplify.get(ord(plain), plain)
        pieces.append(plain)
        origin.extend([place] * len(plain))
    return Text(raw, "".join(pieces), tuple(origin))


def paused(text: Text) -> Text:
    """Chinese has no spaces of its own: one between two thoughts is as good as a comma.

    Where nearly every character stands alone (dictation), spaces say nothing.
    """
    if len(SPACED.findall(text.folded)) * 3 > len(text.folded):
        return text
    return replace(text, folded=PAUSE.sub(",", text.folded))


@lru_cache(maxsize=8192)
def _fold_character(char: str) -> str:
    if char in SPECIAL:
        return SPECIAL[char]
    if char in KIND_FACES or char in BLANKS:
        return " "
    if char.isspace():
        return "\n" if char in "\r\n\u2028\u2029\x0b\x0c" else " "
    if unicodedata.category(char) in NO_WRITING:
        return ""
    if char.isascii():
        return char.lower()
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", char).lower()
    digit = unicodedata.digit(char, None) if plain == char else None  # ❼
    return plain if digit is None else str(digit)

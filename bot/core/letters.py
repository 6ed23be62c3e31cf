"""Letters: the characters that a person sees, whatever was sent to show them.

HTML entities and tags, accents, letters of other alphabets that look Latin, and
characters without ink are resolved here, so that reading and screening see the
same message. Each character still knows its place in what was sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

Letters = list[tuple[str, int]]  # a character, and where in the raw text it began

MARKUP = re.compile(
    r"&(?:amp;){0,3}(?:(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,10}\d{0,2});|(?:nbsp|lt|gt)(?![a-z;]))"
    r"|</?(?:br|p|div|li|ul|ol|tr|td|th|table|hr|h[1-6]|blockquote|pre|span|b|i|u|s|a|em|strong|"
    r"del|ins|strike|font|small|big|sub|sup|mark|code|img|tg-spoiler)(?:\s[^<>]{0,300})?/?>"
    r"|<!--[^<>]{0,300}-->",
    re.IGNORECASE,
)
PARTING = re.compile(
    r"</?(?:br|p|div|li|ul|ol|tr|td|th|table|hr|h\d|blockquote|pre)", re.IGNORECASE
)
WITHOUT_INK = frozenset(("Cf", "Mn", "Me"))
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # fillers: letters by class, empty to the eye
# After Unicode's confusables (UTS 39), those of the alphabets that phones offer beside Latin.
ALIKE = {
    **dict(zip("аеорсухіјѕԁһԛԝкѵӏ", "aeopcyxijsdhqwkvl", strict=True)),
    **dict(zip("АВЕКМНОРСТУХІЈЅԀҺ", "ABEKMHOPCTYXIJSDH", strict=True)),
    **dict(zip("αικνορυχ", "aikvopux", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
    **dict(zip("ıɑɡɩøłđØŁĐ", "iagioldOLD", strict=True)),
}
WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0250-\u02af\u0370-\u03ff\u0400-\u052f]+")


def letters(raw: str) -> Letters:
    """The characters of `raw` as they are seen, in order."""
    if raw.isascii() and not MARKUP.search(raw):
        return [(char, place) for place, char in enumerate(raw)]
    shown = [(one, place) for char, place in _without_markup(raw) for one in _without_marks(char)]
    return _in_one_alphabet(shown)


def _without_markup(raw: str) -> Iterator[tuple[str, int]]:
    """`&nbsp;` is a space, `<br>` a new line, `<b>` nothing."""
    place = 0
    for match in MARKUP.finditer(raw):
        yield from zip(raw[place : match.start()], range(place, match.start()), strict=True)
        yield from ((char, match.start()) for char in _meant(match.group()))
        place = match.end()
    yield from zip(raw[place:], range(place, len(raw)), strict=True)


def _meant(markup: str) -> str:
    if markup.startswith("&"):
        return unescape("&" + markup.lower().rpartition("amp;")[2].lstrip("&"))
    return "\n" if PARTING.match(markup) else ""


@lru_cache(maxsize=8192)
def _without_marks(char: str) -> str:
    """`é` is e, a joiner is nothing; marks of other scripts stay with their letter."""
    if char.isascii():
        return char
    if char in BLANKS:
        return " "
    if unicodedata.category(char) in WITHOUT_INK:
        return ""
    bare = unicodedata.normalize("NFD", char)[0]
    return bare if bare.isascii() and bare.isalpha() else char


def _in_one_alphabet(shown: Letters) -> Letters:
    """`pаin` with a Cyrillic letter is pain; a word of another language stays as it is."""
    text = "".join(char for char, _ in shown)
    for match in WORD.finditer(text):
        word = match.group()
        if word.isascii() or not (any(map(str.isascii, word)) or all(one in ALIKE for one in word)):
            continue
        for place in range(match.start(), match.end()):
            char, origin = shown[place]
            shown[place] = (ALIKE.get(char, char), origin)
    return shown

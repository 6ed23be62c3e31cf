"""Disguises: what stands between a letter and its reader, taken off.

Messages come through web pages and other programs, and from people who type with foreign
keyboards: HTML entities and tags, letters of other scripts that look like ours, accents.
Every letter keeps the place it had in what was written.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

ENTITY: Final = re.compile(
    r"&(?:(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});|(?:nbsp|lt|gt)(?![a-zA-Z;]))"
)
MOST_NESTED: Final = 3  # "&amp;amp;#39;" went through three programs
# Only names that HTML has, so that "<5 and >3" stays what it is.
TAG: Final = re.compile(
    r"</?(a|b|big|blockquote|body|br|center|code|del|div|em|font|h[1-6]|head|hr|html|i|img|ins|li|"
    r"mark|meta|ol|p|pre|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|th|tr|u|ul)"
    r"(?:\s[^<>]{0,300})?/?>|<!--[^<>]{0,300}-->",
    re.IGNORECASE,
)
INLINE: Final = frozenset(
    (
        *("a", "b", "big", "code", "del", "em", "font", "i", "ins", "mark", "s", "small", "span"),
        *("strike", "strong", "sub", "sup", "u"),
    )
)
# Cyrillic and Greek letters that look like Latin ones, in any letter case.
LOOK_ALIKES: Final = dict(
    zip(
        "аеорсухіјѕһԁԛԝкмтвнАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρτυικχεηϲϳ",
        "aeopcyxijshdqwkmtbhABEKMHOPCTYXIJSABEZHIKMNOPTYXoavptuikxencj",
        strict=True,
    )
)
OUR_LETTERS: Final = re.compile(r"[A-Za-z]")
MIXED_WORD: Final = re.compile(r"[A-Za-zͰ-ϿЀ-ԯ]+")
WITHOUT_STROKE: Final = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "Ø": "O", "Ł": "L"}

Placed = tuple[str, tuple[int, ...]]  # letters, and where each stood in what was written


def taken_off(text: str) -> Placed:
    """The letters that are meant, and their places in `text`."""
    placed: Placed = (text, tuple(range(len(text))))
    if "&" in text:
        for _ in range(MOST_NESTED):
            before = placed[0]
            placed = _replaced(placed, ENTITY, _spelled)
            if placed[0] == before:
                break
    if "<" in placed[0]:
        placed = _replaced(placed, TAG, _shown)
    told, places = placed
    if told.isascii():
        return placed
    if OUR_LETTERS.search(told):
        told = MIXED_WORD.sub(_as_it_looks, told)
    return "".join(map(_without_accent, told)), places


def _replaced(
    placed: Placed, wanted: re.Pattern[str], by: Callable[[re.Match[str]], str]
) -> Placed:
    """Every find put in other letters; they stand at the place of its first letter."""
    text, places = placed
    pieces: list[str] = []
    at: list[int] = []
    done = 0
    for found in wanted.finditer(text):
        new = by(found)
        start, end = found.span()
        pieces += text[done:start], new
        at += places[done:start]
        at += [places[start]] * len(new)
        done = end
    return "".join((*pieces, text[done:])), (*at, *places[done:])


def _spelled(entity: re.Match[str]) -> str:
    """The letter that an entity stands for, in capitals too: &NBSP;."""
    letter = html.unescape(entity[0])
    return letter if letter != entity[0] else html.unescape(entity[0].lower())


def _shown(tag: re.Match[str]) -> str:
    """What a tag shows: a new line, or nothing at all."""
    return "" if tag[1] is None or tag[1].lower() in INLINE else "\n"


def _as_it_looks(word: re.Match[str]) -> str:
    """A word whose foreign letters all look like ours is meant to be one of ours."""
    if word[0].isascii() or not all(one.isascii() or one in LOOK_ALIKES for one in word[0]):
        return word[0]
    return "".join(LOOK_ALIKES.get(one, one) for one in word[0])


@lru_cache(maxsize=4096)
def _without_accent(char: str) -> str:
    """é -> e, of Latin letters only: in other scripts the mark makes another letter."""
    if char.isascii():
        return char
    bare = WITHOUT_STROKE.get(char) or unicodedata.normalize("NFD", char)[0]
    return bare if bare.isascii() and bare.isalpha() else char

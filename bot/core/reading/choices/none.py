"""None: whether none of the options is meant, with nothing that speaks against it."""

from __future__ import annotations

import re

from bot.core.reading.calm import all_signs, disturbs, leftover
from bot.core.reading.own_words import OwnWords
from bot.core.reading.stretches import Stretch, stretches

SMALL_WORDS = re.compile(
    r"(?<![a-z])(?:any|or|nor|of|on|at|looks?|very|nice|signs?|with|anymore|any more)(?![a-z])"
    r"|一(?:天|次|回|点儿?|丁点)|和|或|跟|长得|看着|是|有| "
)


def is_none(text: str, own: OwnWords, *, named: bool) -> bool:
    """Whether none of the options is meant, with nothing that speaks against it."""
    words = own.words
    parts = stretches(text, words)
    signs = all_signs(text, words) | own.option_book.phrases | own.topics
    if any(disturbs(text, one, words, signs) for one in parts):
        return False
    explicit = any(
        kinds & {"none_of_these"}
        for one in parts
        for kinds in (words.kinds_of(hit.phrase) for hit in one.hits)
    )
    known = all(harmless(text, one, own) for one in parts)
    return known and (explicit or named)


def harmless(text: str, part: Stretch, own: OwnWords) -> bool:
    """Whether every word of the stretch is known: options, topics, no, fillers."""
    known = own.option_book.phrases | own.topics
    return SMALL_WORDS.sub("", leftover(text, part.start, part.end, own.words, known)) == ""

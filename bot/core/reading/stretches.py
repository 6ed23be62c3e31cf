"""Stretches: a message cut where one thought ends, each with its known phrases.

A stretch ends at punctuation or before a word such as "but". Denials are scoped
inside the wider sentence, see `denials.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.phrases import Hit

CUT = re.compile(r"[;；。!！?？\n…]|[,，](?!\d)|(?<!\d)[,，]|\.(?!\d)|(?<!\d)\.")
PARTICLES = re.compile(r"[\s~\-'\"“”()（）:：、/*_^+=<>《》【】\[\]]+")


@dataclass(frozen=True)
class Stretch:
    """text[start:end] with the listed phrases in it.

    `but` is true after a word such as "but"; `comma` when only a comma parts it
    from the stretch before; `asked` when it ends in a question mark.
    """

    start: int
    end: int
    hits: tuple[Hit, ...]
    but: bool = False
    comma: bool = False
    asked: bool = False


def stretches(text: str, words: AnswerWords) -> list[Stretch]:
    """The stretches of a folded text, empty ones left out."""
    found: list[Stretch] = []
    start, comma = 0, False
    for match in [*CUT.finditer(text), None]:
        end = match.start() if match else len(text)
        mark = match.group() if match else ""
        found += _split_at_but(text, start, end, words, comma=comma, asked=mark in ("?", "？"))
        start, comma = (match.end() if match else end), mark in (",", "，")
    return [one for one in found if text[one.start : one.end].strip()]


def _split_at_but(
    text: str, start: int, end: int, words: AnswerWords, *, comma: bool, asked: bool
) -> list[Stretch]:
    hits = words.talked(text, start, end)
    pieces: list[Stretch] = []
    begin, but, first = start, False, 0
    for place, hit in enumerate(hits):
        if "but" in words.kinds_of(hit.phrase) and _parts(text, hit, start):
            pieces.append(Stretch(begin, hit.start, tuple(hits[first:place]), but, comma, asked))
            begin, but, first, comma = hit.end, True, place + 1, False
    pieces.append(Stretch(begin, end, tuple(hits[first:]), but, comma, asked))
    return [one for one in pieces if text[one.start : one.end].strip() or one.but]


def _parts(text: str, hit: Hit, start: int) -> bool:
    """ "就" and "可" part only at the front; longer words part anywhere."""
    return len(hit.phrase) > 1 or not text[start : hit.start].strip()


def residue(text: str, stretch: Stretch) -> str:
    """What no list knows in this stretch."""
    left: list[str] = []
    place = stretch.start
    for hit in stretch.hits:
        left.append(text[place : hit.start])
        place = hit.end
    left.append(text[place : stretch.end])
    return PARTICLES.sub("", "".join(left))

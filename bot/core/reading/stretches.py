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

ASKING = re.compile(
    r" *(?:so |and |please |sorry |hi |hello )*"
    r"(?:can|could|may|shall|should) (?:i|we|you|he|she|they)(?![a-z])"
    r"|[ 请问想那]*(?:能不能|可不可以|可以不可以|是否)"
)


@dataclass(frozen=True)
class Stretch:
    """text[start:end] with the listed phrases in it.

    `but` is true after a word such as "but"; `asked` when it ends in a question
    mark or begins as people ask for something ("can I ...").
    text[first:last] takes in that word and that mark.
    """

    start: int
    end: int
    hits: tuple[Hit, ...]
    first: int
    last: int
    but: bool = False
    asked: bool = False


def stretches(text: str, words: AnswerWords) -> list[Stretch]:
    """The stretches of a folded text, empty ones left out."""
    found: list[Stretch] = []
    start = 0
    for match in [*CUT.finditer(text), None]:
        end, last = match.span() if match else (len(text), len(text))
        asked = match is not None and match.group() in ("?", "？")
        asked = asked or ASKING.match(text, start, end) is not None
        found += _split_at_but(text, start, end, last, words, asked=asked)
        start = last
    return [one for one in found if text[one.start : one.end].strip()]


def _split_at_but(
    text: str, start: int, end: int, last: int, words: AnswerWords, *, asked: bool
) -> list[Stretch]:
    hits = words.talked(text, start, end)
    pieces: list[Stretch] = []
    begin, first, but, known = start, start, False, 0
    for place, hit in enumerate(hits):
        if "but" in words.kinds_of(hit.phrase) and _parts(text, hit, start):
            some = tuple(hits[known:place])
            pieces.append(Stretch(begin, hit.start, some, first, hit.start, but, asked))
            begin, first, but, known = hit.end, hit.start, True, place + 1
    pieces.append(Stretch(begin, end, tuple(hits[known:]), first, last, but, asked))
    return pieces


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

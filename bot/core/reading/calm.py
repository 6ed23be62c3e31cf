"""Calm: whether a message holds anything besides "no" that speaks against a no."""

from __future__ import annotations

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.denials import Status, status
from bot.core.reading.folding import Text
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Book
from bot.core.reading.stretches import PARTICLES, Stretch, residue, stretches

NEVER_CALM = frozenset(
    ("a_little", "only", "not_a_denial", "less_than_before", "hardly", "double_denial", "almost")
)
NOT_SURE = frozenset(("dont_know", "later", "refuse", "why", "many", "not_now", "not_told"))
HARMLESS = frozenset(("fine", "no_trouble", "none_of_these", "no", "filler", "degree", "yes"))


def disturbs(text: str, stretch: Stretch, words: AnswerWords, listed: frozenset[str]) -> bool:
    """Whether this stretch could hide a complaint, so that "no" must not be read."""
    for hit in stretch.hits:
        kinds = words.kinds_of(hit.phrase)
        if kinds & HARMLESS:
            continue
        if kinds & (NEVER_CALM | NOT_SURE):
            return True
        if "sign" in kinds:
            state = status(text, hit, words, listed)
            if state is not Status.DENIED:
                return True
    return stretch.asked or (stretch.but and bool(residue(text, stretch)))


def worries(text: Text, own: OwnWords) -> bool:
    """Whether anything in the text disturbs a no."""
    listed = all_signs(text.folded, own.words) | own.topics
    parts = stretches(text.folded, own.words)
    return any(disturbs(text.folded, one, own.words, listed) for one in parts)


def all_signs(text: str, words: AnswerWords) -> frozenset[str]:
    """Every listed complaint word in the text: lists of denials may run over them."""
    return frozenset(
        hit.phrase for hit in words.talked(text) if "sign" in words.kinds_of(hit.phrase)
    )


def leftover(text: str, start: int, end: int, words: AnswerWords, known: frozenset[str]) -> str:
    """What in text[start:end] neither a list nor the question's own words know."""
    hits = [*words.talked(text, start, end), *Book(known).hits(text, start, end)]
    left: list[str] = []
    place = start
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        left.append(text[place : hit.start])
        place = max(place, hit.end)
    left.append(text[place:end])
    return PARTICLES.sub(" ", " ".join(left)).strip()

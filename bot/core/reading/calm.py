"""Calm: whether a message holds anything besides "no" that speaks against a no."""

from __future__ import annotations

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.denials import Status, status
from bot.core.reading.phrases import Hit
from bot.core.reading.stretches import Stretch, residue

NEVER_CALM = frozenset(
    ("a_little", "only", "not_a_denial", "less_than_before", "hardly", "double_denial", "almost")
)
NOT_SURE = frozenset(("dont_know", "later", "refuse", "why", "many"))


def disturbs(text: str, stretch: Stretch, words: AnswerWords, signs: frozenset[str]) -> bool:
    """Whether this stretch could hide a complaint, so that "no" must not be read."""
    for hit in stretch.hits:
        kinds = words.kinds_of(hit.phrase)
        if kinds & {"fine", "none_of_these", "no", "filler", "degree", "yes"}:
            continue
        if kinds & (NEVER_CALM | NOT_SURE):
            return True
        if "sign" in kinds and not _denied(text, hit, words, signs):
            return True
    return stretch.asked or (stretch.but and bool(residue(text, stretch, words)))


def _denied(text: str, hit: Hit, words: AnswerWords, signs: frozenset[str]) -> bool:
    return status(text, hit.start, hit.end, words, signs) is Status.DENIED


def all_signs(text: str, words: AnswerWords) -> frozenset[str]:
    """Every listed complaint word in the text: lists of denials may run over them."""
    return frozenset(
        hit.phrase for hit in words.talk.hits(text) if "sign" in words.kinds_of(hit.phrase)
    )

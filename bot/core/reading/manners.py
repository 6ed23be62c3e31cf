"""Manners: answers that are no answer (don't know, later, rather not, why?)."""

from __future__ import annotations

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.folding import Text
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.stretches import stretches

REST = 10  # characters beside a word that counts only alone
ORDER = (
    ("refuse", Outcome.REFUSED),
    ("why", Outcome.WHY),
    ("later", Outcome.LATER),
    ("dont_know", Outcome.DONT_KNOW),
)


def manner(text: Text, words: AnswerWords) -> Reading | None:
    """The way in which no answer was given, if it was said so."""
    hits = [hit for one in stretches(text.folded, words) for hit in one.hits]
    for name, outcome in ORDER:
        for hit in hits:
            if name in words.kinds_of(hit.phrase) and _meant(hit.phrase, text, words):
                return Reading(outcome, span=text.span(hit.start, hit.end))
    return None


def _meant(phrase: str, text: Text, words: AnswerWords) -> bool:
    """A word such as "skip" or "why" counts only when little else is said."""
    if phrase not in words.book("only_alone").phrases:
        return True
    return len(text.folded.strip()) <= len(phrase) + REST

"""Sentence model: a message in, its points for each question out, in a few milliseconds.

It hears danger told in words that no rule and no lesson knows, see
docs/decisions/0018-a-sentence-model-in-screening.md.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from operator import mul

import meaning
from meaning.reader import Reader
from meaning.tuned import Question, composed, tuned

log = logging.getLogger(__name__)


class SentenceModel:
    """The tuned model and the questions asked of it. Threads may share it."""

    def __init__(self, reader: Reader, questions: Mapping[str, Question]) -> None:
        self._reader, self._questions = reader, questions

    def points(self, text: str) -> dict[str, float]:
        """By question, how much this text sounds like a yes: above 0 more likely than not."""
        numbers = self._reader.meaning(text)
        return {
            name: one.start + sum(map(mul, one.weights, numbers))
            for name, one in self._questions.items()
        }


@cache
def sentence_model() -> SentenceModel | None:
    """The model of this environment, read once; None, and a word in the log, where there is none.

    Screening works without it, by rules and points, and misses more.
    """
    try:
        reader = Reader(meaning.usable() or meaning.plain(), composed())
        return SentenceModel(reader, tuned().questions)
    except (OSError, ValueError, StopIteration) as fault:
        log.error(
            "screening has no sentence model and misses more (%s); run `make setup`",
            type(fault).__name__,
        )
        return None

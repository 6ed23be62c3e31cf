"""Model: a message in, its points for each question out, in a few milliseconds."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from operator import mul

import kernel
from bot.meaning.tuned import Question, composed, tuned
from kernel.reader import Reader

log = logging.getLogger(__name__)


class SentenceModel:
    """The tuned model and the questions asked of it. Threads may share it."""

    def __init__(self, reader: Reader, questions: Mapping[str, Question]) -> None:
        self._reader, self._questions = reader, questions

    def points(self, text: str) -> dict[str, float]:
        """By question, how much this text sounds like a yes: above 0 more likely than not."""
        meaning = self._reader.meaning(text)
        return {
            name: one.start + sum(map(mul, one.weights, meaning))
            for name, one in self._questions.items()
        }


@cache
def sentence_model() -> SentenceModel | None:
    """The model of this environment, read once; None, and a word in the log, where there is none.

    Screening works without it, by rules and points, and misses more.
    """
    try:
        reader = Reader(kernel.usable() or kernel.plain(), composed())
        return SentenceModel(reader, tuned().questions)
    except (OSError, ValueError, StopIteration) as fault:
        log.error(
            "screening has no sentence model and misses more (%s); run `make setup`",
            type(fault).__name__,
        )
        return None

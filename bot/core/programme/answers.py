"""Answers over time: how pain and temperature run over the check-ins of all patients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.core.programme.figure import Figure, Kind, rank_of_counts
from bot.core.programme.rows import AnswerRow

# The numbers that most pathways ask for and whose course means the same after any operation.
OVER_TIME: Final = ("pain_at_rest", "pain_on_walking", "pain_now", "body_temperature")


def typical(answers: Iterable[AnswerRow]) -> Figure:
    """The median answer, in the unit of the question; `n` is how many answered.

    Understood answers to one question at one place in the plan. Left out: answers that were
    corrected later or not understood, and those outside a check-in. Nearest rank, so it is a
    value that somebody gave.
    """
    return _of(answers, 0.5)


def worst_tenth(answers: Iterable[AnswerRow]) -> Figure:
    """The 90th percentile: nine in ten gave at most this."""
    return _of(answers, 0.9)


def _of(answers: Iterable[AnswerRow], part: float) -> Figure:
    counts = [(one.value, one.count) for one in answers]
    n = sum(times for _, times in counts)
    return Figure(Kind.SCORE, rank_of_counts(counts, part), n)

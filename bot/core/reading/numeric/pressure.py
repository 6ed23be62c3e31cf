"""Pressure: of an upper and a lower blood pressure, the one that is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity

BETWEEN = re.compile(
    r"(?:-?ish)?[ ,，、/\\]*(?:杠|斜杠|over|on|和|比|低压|舒张压|diastolic|bottom|lower)?[ :：是]*"
)
LOWER = re.compile(r"(?:低压|舒张压|diastolic|lower|bottom)[^\d]{0,6}$")
LEAST_APART = 10  # mmHg; a pulse pressure below it is no pair that anybody reads aloud


def upper_pressure(found: Sequence[Quantity], text: str, own: OwnWords) -> Sequence[Quantity]:
    """The first of "132 over 84", 高压135低压80; everything as it is without such a pair."""
    if own.question.unit != "mm[Hg]" or len(found) != 2:
        return found
    first, second = found
    named = LOWER.search(text[: second.start]) is not None
    beside = BETWEEN.fullmatch(text[first.end : second.start]) is not None
    if (named or beside) and first.value - second.value >= LEAST_APART:
        return [first]
    return found

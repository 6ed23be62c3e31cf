"""Weigh: one value out of all that were said, or a question back."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.question import Kind
from bot.core.reading.folding import Text
from bot.core.reading.measures import convert, suggestions
from bot.core.reading.numeric.pressure import upper_pressure
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.zero import doubts_zero

WIDE = 0.1  # of the value: a wider range is no measurement


def weigh(sure: Sequence[Quantity], text: Text, own: OwnWords, corrected: bool) -> Reading:
    """One value out of all that were said, or a question back."""
    question = own.question
    sure = upper_pressure(sure, text.folded, own)
    values: list[float] = []
    doubtful = False
    for one in sure:
        value = convert(_upper(one, own), one.unit, question)
        doubtful = doubtful or value is None or _one_sided(one, own) or one.loose
        doubtful = doubtful or _of_another_scale(one, own)
        meant = (value,) if value is not None else suggestions(one.value, question)
        values += list(one.half) if one.half else meant
        doubtful = doubtful or one.half is not None
    distinct = tuple(dict.fromkeys(values))
    span = text.span(sure[0].start, sure[-1].end)
    if len(values) > 2 and question.kind is Kind.COUNT and values[0] == sum(values[1:]):
        distinct = distinct[:1]  # "twice, once in the bath and once in bed"
    elif len(sure) > 1 and question.kind is Kind.COUNT:
        distinct = tuple(dict.fromkeys((*distinct, sum(values))))
        doubtful = True
    if len(distinct) > 1 and question.kind is Kind.MEASURE and question.unit != "Cel":
        doubtful = True
    spread = len(distinct) > 1 or any(one.low != one.value for one in sure)
    if spread and question.kind is Kind.COUNT and own.words.holds(text.folded, "dont_know"):
        doubtful = True  # "don't remember, could be one could be five"
    if doubtful or not distinct:
        return Reading(Outcome.ASK_BACK, span=span, candidates=distinct, correction=corrected)
    if max(distinct) == 0 and doubts_zero(text.folded, sure[0].start, sure[-1].end, own):
        return Reading(Outcome.ASK_BACK, span=span, candidates=distinct, correction=corrected)
    several = distinct if len(distinct) > 1 else ()
    value = max(distinct) if question.call_back_below is None else min(distinct)
    worst = [one for one in sure if convert(_upper(one, own), one.unit, question) == value]
    span = text.span(worst[0].start, worst[0].end)
    return Reading(Outcome.UNDERSTOOD, value, question.unit, span, several, correction=corrected)


def _upper(one: Quantity, own: OwnWords) -> float:
    """The clinically worse end of what was said: the lower one of saturation and satisfaction."""
    if own.question.unit == "%" or own.question.call_back_below is not None:
        return one.low
    if one.bound == "vague" and own.question.kind is Kind.SCALE:
        return one.value + 1
    return one.value


def _one_sided(one: Quantity, own: OwnWords) -> bool:
    """Whether "over 6" or "37度多" leaves the value open."""
    if own.question.kind is Kind.MEASURE or one.bound == "over":
        return bool(one.bound) or _too_wide(one, own)
    if one.bound == "under" and one.value == own.question.minimum:
        return True
    return one.bound == "vague" and own.question.kind is Kind.COUNT


def _of_another_scale(one: Quantity, own: OwnWords) -> bool:
    """ "4 out of 5" is no answer on a scale of 10."""
    question = own.question
    return question.kind is Kind.SCALE and one.whole not in (None, question.maximum)


def _too_wide(one: Quantity, own: OwnWords) -> bool:
    """Whether "70 or 80" leaves the value open; of temperatures and saturations the worse
    end counts."""
    wide = one.value - one.low > one.value * WIDE
    return wide and own.question.kind is Kind.MEASURE and own.question.unit not in ("Cel", "%")

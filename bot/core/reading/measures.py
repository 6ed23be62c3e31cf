"""Measures: a quantity as a value in the unit its question asks for."""

from __future__ import annotations

import math

from bot.core.question import Kind, Question
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import OTHER, Quantity

# Exact definitions: pound 0.45359237 kg, stone 14 lb, jin 0.5 kg; glucose 180.16 g/mol.
COUNTERS = ("{dose}", "{pad}", "{fall}", "{piece_of}")  # only when the question counts them
STARS = 5  # what five stars are the best of
FACTORS = {
    ("kg", "{jin}"): 0.5,
    ("kg", "[lb_av]"): 0.45359237,
    ("kg", "[stone_av]"): 6.35029318,
    ("kg", "g"): 0.001,
    ("mmol/L", "mg/dL"): 1 / 18.016,
    ("mL", "L"): 1000.0,
    ("L", "mL"): 0.001,
    ("h", "min"): 1 / 60,
    ("min", "h"): 60.0,
}


def fits(one: Quantity, text: str, own: OwnWords) -> bool:
    """Whether this number's unit allows it to answer the question at all."""
    question, unit = own.question, one.unit
    if unit is None:
        return True
    if unit == OTHER:
        return False
    if question.kind is Kind.SCALE:
        return unit == "{score}" or (unit == "{star}" and question.maximum == STARS)
    if question.kind is Kind.COUNT:
        said = text[one.start : one.end].lstrip("0123456789零一二两三四五六七八九十百 ")
        counted = unit in COUNTERS and bool(said) and said in own.said
        return unit in ("{time}", "{piece}", question.unit) or counted
    if unit in ("{degree}", "[degF]", "Cel"):
        return question.unit == "Cel"
    return unit == question.unit or (question.unit or "", unit) in FACTORS


def convert(value: float, unit: str | None, question: Question) -> float | None:
    """The value in the question's unit, or None when it is out of bounds.

    A temperature without a unit is Celsius or Fahrenheit by its size: the two
    ranges never meet. A rounded value keeps one decimal.
    """
    if question.unit == "Cel":
        return _temperature(value, unit, question)
    factor = FACTORS.get((question.unit or "", unit or ""))
    if factor is not None:
        value = round(value * factor, 1)
    if question.kind in (Kind.SCALE, Kind.COUNT):
        value = float(math.ceil(value))
    return value if _within(value, question) else None


def _temperature(value: float, unit: str | None, question: Question) -> float | None:
    if unit != "[degF]" and _within(value, question):
        return value
    celsius = round((value - 32) / 1.8, 1)
    if unit != "Cel" and value > 60 and _within(celsius, question):
        return celsius
    return None


def _within(value: float, question: Question) -> bool:
    low = -math.inf if question.minimum is None else question.minimum
    high = math.inf if question.maximum is None else question.maximum
    return low <= value <= high


def suggestions(value: float, question: Question) -> tuple[float, ...]:
    """What somebody may have meant by an impossible number: 385 and 3.85 are 38.5."""
    if question.kind is Kind.COUNT:
        return ()
    if question.kind is Kind.SCALE:
        top = question.maximum or 0
        tenth = value / 10
        meant = [tenth] if tenth == int(tenth) and 0 < tenth <= top else []
        return tuple(dict.fromkeys((*meant, *((float(top),) if top < value <= 2 * top else ()))))
    turned = float(f"{int(value):d}"[::-1]) + value % 1 if value < 1000 else value
    tried = (value / 10, value * 10, value / 100, turned, value)
    found = [convert(round(one, 2), None, question) for one in tried]
    return tuple(dict.fromkeys(one for one in found if one is not None))

"""Weigh a condition against the facts: True, False, or None for "cannot tell"."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Final

from bot.core.condition.facts import UNKNOWN, Facts
from bot.core.condition.tree import (
    PROCEDURE,
    TIER,
    All,
    AnyOf,
    Compare,
    Condition,
    Earlier,
    Has,
    Is,
    IsUnknown,
    Measure,
    Not,
    Past,
    Total,
)

SIGNS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
# 38.4 - 37.4 must count as a rise of 1.0; thermometers show one decimal, scales two.
DECIMALS: Final = 6


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether the condition holds; None when the facts do not say."""
    match condition:
        case All(parts=parts):
            return _all(holds(part, facts) for part in parts)
        case AnyOf(parts=parts):
            return _any(holds(part, facts) for part in parts)
        case Not(part=part):
            held = holds(part, facts)
            return None if held is None else not held
        case Earlier():
            return _earlier(condition, facts)
        case Compare():
            return _compare(condition, facts)
        case Total():
            return _total(condition, facts)
        case Is():
            return _is(condition, facts)
        case Has(question=question, options=options):
            chosen = _chosen(facts, question)
            return None if chosen is None else any(option in chosen for option in options)
        case IsUnknown(question=question):
            return facts.answers[question] is UNKNOWN if question in facts.answers else None


def _all(held: Iterable[bool | None]) -> bool | None:
    seen = list(held)
    if False in seen:
        return False
    return None if None in seen else True


def _any(held: Iterable[bool | None]) -> bool | None:
    seen = list(held)
    if True in seen:
        return True
    return None if None in seen else False


def _compare(test: Compare, facts: Facts) -> bool | None:
    left = _left_side(test, facts)
    return None if left is None else SIGNS[test.sign](round(left, DECIMALS), test.limit)


def _total(test: Total, facts: Facts) -> bool | None:
    """Added up. An answer that is not there can only add: nothing on a summed scale is below 0.

    So what is there may settle it alone, "3 or more" to yes and "less than 3" to no.
    """
    numbers = [_number(facts, one) for one in test.questions]
    known = sum(number for number in numbers if number is not None)
    held = SIGNS[test.sign](round(known, DECIMALS), test.limit)
    settled = held if test.sign in (">", ">=") else not held and test.sign in ("<", "<=")
    return held if None not in numbers or settled else None


def _left_side(test: Compare, facts: Facts) -> float | None:
    if test.measure is Measure.DAY:
        return facts.day
    if test.measure is Measure.DAYS_HOME:
        return facts.days_home
    now = _number(facts, test.question)
    if now is None or test.measure is Measure.ANSWER:
        return now
    before = _before(test, facts)
    if before is None:
        return None
    return now - before if test.measure is Measure.RISE else before - now


def _before(test: Compare, facts: Facts) -> float | None:
    """The number to compare with: the last one, or the furthest away in the days named."""
    known = [
        (index, number)
        for index in range(len(facts.earlier))
        if (number := _number(facts.as_of(index), test.question)) is not None
    ]
    if test.within_days is None:
        return known[-1][1] if known else None
    if facts.day is None:
        return None
    first_day = facts.day - test.within_days
    furthest = min if test.measure is Measure.RISE else max
    return furthest(
        (number for index, number in known if facts.earlier[index].day >= first_day), default=None
    )


def _number(facts: Facts, question: str) -> float | None:
    value = facts.answers.get(question)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def _is(test: Is, facts: Facts) -> bool | None:
    if test.name == TIER:
        return facts.tier == test.word
    if test.name == PROCEDURE:
        return facts.procedure == test.word
    value = facts.answers.get(test.name)
    if value is None or value is UNKNOWN:
        return None
    if isinstance(value, bool):
        return value is (test.word == "yes") if test.word in ("yes", "no") else None
    chosen = _chosen(facts, test.name)
    return None if chosen is None else test.word in chosen


def _chosen(facts: Facts, question: str) -> tuple[str, ...] | None:
    value = facts.answers.get(question)
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, tuple) else None


def _earlier(test: Earlier, facts: Facts) -> bool | None:
    past = range(len(facts.earlier))
    if test.past is Past.LAST_TIME:
        return holds(test.part, facts.as_of(past[-1])) if past else None
    if test.past is Past.EVER:
        return _any(holds(test.part, facts.as_of(index)) for index in past) if past else None
    if facts.day is None:
        return None
    day_before = [index for index in past if facts.earlier[index].day == facts.day - 1]
    before = [holds(test.part, facts.as_of(index)) for index in day_before]
    return _all((holds(test.part, facts), _any(before) if before else None))

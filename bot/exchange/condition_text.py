"""Condition text: a condition as it is written in a pathway file."""

from __future__ import annotations

from typing import Final

from bot.core.condition.tree import (
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
    Total,
)

DAYS: Final = {Measure.DAY: "day", Measure.DAYS_HOME: "days_home"}


def as_text(condition: Condition) -> str:
    """The condition in the words of `docs/how-to/write-a-pathway.md`."""
    match condition:
        case All(parts=parts):
            return " and ".join(_inner(one, AnyOf) for one in parts)
        case AnyOf(parts=parts):
            return " or ".join(as_text(one) for one in parts)
        case Not(part=Is(name=name, word=word)):
            return f"{name} is not {word}"
        case Not(part=Has() as part):
            return as_text(part).replace(" has ", " has not ", 1)
        case Not(part=part):
            return f"not ({as_text(part)})"
        case Is(name=name, word=word):
            return f"{name} is {word}"
        case Has(question=question, options=(option,)):
            return f"{question} has {option}"
        case Has(question=question, options=options):
            return f"{question} has any of ({', '.join(options)})"
        case IsUnknown(question=question):
            return f"unknown({question})"
        case Earlier(past=past, part=part):
            return f"{past.value}({as_text(part)})"
        case Compare():
            return _compared(condition)
        case Total(questions=parts, sign=sign, limit=limit, unit=unit):
            return f"sum({', '.join(parts)}) {sign} {limit:g} {unit}".rstrip()


def _inner(condition: Condition, looser: type) -> str:
    text = as_text(condition)
    return f"({text})" if isinstance(condition, looser) else text


def _compared(test: Compare) -> str:
    left = DAYS.get(test.measure, test.question)
    if test.measure in (Measure.RISE, Measure.DROP):
        within = f", {test.within_days} days" if test.within_days is not None else ""
        left = f"{test.measure.value}({test.question}{within})"
    return f"{left} {test.sign} {test.limit:g} {test.unit}".rstrip()

"""Review a condition before it runs: names, kinds, units, limits, and whether it can hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.condition.facts import UNKNOWN, Answered, EarlierCheckIn, Facts
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
    Leaf,
    Measure,
    Not,
    Total,
    leaves,
    names,
    questions,
)
from bot.core.condition.weigh import holds
from bot.core.question import Kind, Question

NUMERIC: Final = frozenset({Kind.SCALE, Kind.COUNT, Kind.MEASURE})
CHOOSING: Final = frozenset({Kind.CHOICE, Kind.CHOICES})
# How people write a unit, and the UCUM code that answers are stored with.
UNITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("C", "°C", "℃", "Cel"), "Cel"),
    **dict.fromkeys(("F", "°F", "[degF]"), "[degF]"),
    **dict.fromkeys(("ml", "mL"), "mL"),
    **dict.fromkeys(("points", "{score}"), "{score}"),
    **dict.fromkeys(("doses", "{dose}"), "{dose}"),
    **dict.fromkeys(("times", "{time}"), "{time}"),
    **dict.fromkeys(("pads", "{pad}"), "{pad}"),
    **{unit: unit for unit in ("kg", "g", "h", "d", "mmol/L", "cm", "mg", "%", "mm[Hg]", "/min")},
}
# More combinations than this are not tried; the answer is then "cannot tell".
MOST_TRIES: Final = 20_000
# A scale of at most this many steps is tried whole where it is added up.
MOST_STEPS: Final = 30


@dataclass(frozen=True)
class Doubt:
    """One thing wrong with a condition. `word` is what was not found, `known` what there is."""

    kind: str
    what: str
    word: str = ""
    known: tuple[str, ...] = ()
    serious: bool = True


def review(
    condition: Condition,
    asked: Mapping[str, Question],
    *,
    tiers: Sequence[str],
    procedures: Sequence[str],
) -> Iterator[Doubt]:
    """Everything doubtful about the names, kinds, units and limits in a condition."""
    for leaf in leaves(condition):
        if isinstance(leaf, Is) and leaf.name == TIER:
            yield from _word(leaf.word, tiers, "unknown_tier", "no risk tier")
        elif isinstance(leaf, Is) and leaf.name == PROCEDURE:
            yield from _word(leaf.word, procedures, "unknown_procedure", "no procedure")
        else:
            yield from _leaf(leaf, asked)


def can_hold(
    condition: Condition, asked: Mapping[str, Question], contacts: Iterable[Facts]
) -> bool | None:
    """Whether some answers make it true in one of the contacts; None when too many to try.

    A contact brings its day, tier and procedure; its `answers` name the
    questions asked there (their values do not matter).
    """
    tries = 0
    for contact in contacts:
        there = [name for name in questions(condition) if name in contact.answers]
        choices = [_samples(condition, asked[name]) for name in there]
        before = choices if _looks_back(condition) else []
        for now in itertools.product(*choices):
            for past in itertools.product(*before):
                tries += 1
                if tries > MOST_TRIES:
                    return None
                if holds(condition, _facts(contact, there, now, past)) is True:
                    return True
    return False


def _facts(
    contact: Facts,
    names: Sequence[str],
    now: Sequence[Answered],
    past: Sequence[Answered],
) -> Facts:
    facts = contact.with_answers(dict(zip(names, now, strict=True)))
    if not past or facts.day is None:
        return facts
    earlier = EarlierCheckIn(facts.day - 1, dict(zip(names, past, strict=True)))
    return Facts(facts.answers, facts.day, facts.days_home, facts.tier, facts.procedure, (earlier,))


def _looks_back(condition: Condition) -> bool:
    match condition:
        case Earlier():
            return True
        case Not(part=part):
            return _looks_back(part)
        case All(parts=parts) | AnyOf(parts=parts):
            return any(_looks_back(part) for part in parts)
        case Compare(measure=measure):
            return measure in (Measure.RISE, Measure.DROP)
        case _:
            return False


def _samples(condition: Condition, question: Question) -> list[Answered]:
    """Answers worth trying: around every limit, every option, and no usable answer."""
    mine = [leaf for leaf in leaves(condition) if question.id in names(leaf)]
    if question.kind in NUMERIC:
        return [*_numbers(mine, question), UNKNOWN]
    if question.kind is Kind.YES_NO:
        return [True, False, UNKNOWN]
    options = [option.value for option in question.options]
    if question.kind is Kind.CHOICE:
        return [*options, UNKNOWN]
    if question.kind is Kind.CHOICES:
        pairs = [tuple(pair) for pair in itertools.combinations(options, 2)]
        return [(), *((one,) for one in options), *pairs, UNKNOWN]
    return ["words", UNKNOWN]


def _numbers(tests: Sequence[Leaf], question: Question) -> list[float]:
    low = question.minimum if question.minimum is not None else -1e6
    high = question.maximum if question.maximum is not None else 1e6
    if any(isinstance(test, Total) for test in tests) and high - low <= MOST_STEPS:
        return [float(one) for one in range(int(low), int(high) + 1)]
    limits = [test.limit for test in tests if isinstance(test, Compare)]
    near = [limit + step for limit in limits for step in (-0.1, 0.0, 0.1)]
    return sorted({low, high, *(value for value in near if low <= value <= high)})


def _word(word: str, known: Sequence[str], kind: str, what: str) -> Iterator[Doubt]:
    if word not in known:
        yield Doubt(kind, f"{what} '{word}'", word, tuple(known))


def _leaf(leaf: Leaf, asked: Mapping[str, Question]) -> Iterator[Doubt]:
    missing = [name for name in names(leaf) if name not in asked]
    for name in missing:
        yield Doubt("unknown_question", f"no question '{name}'", name, tuple(asked))
    if missing or not names(leaf):
        return
    if isinstance(leaf, Total):
        yield from _total(leaf, [asked[name] for name in leaf.questions])
        return
    checks: Mapping[type, Callable[..., Iterator[Doubt]]] = {Compare: _compare, Is: _is, Has: _has}
    if check := checks.get(type(leaf)):
        yield from check(leaf, asked[names(leaf)[0]])


def _total(test: Total, parts: Sequence[Question]) -> Iterator[Doubt]:
    """A sum of different things, or of a scale that goes below 0, would mean nothing."""
    first = parts[0]
    for one in parts:
        if one.kind is not Kind.SCALE:
            what = f"'{one.id}' is answered with {_answers(one)}; a sum adds scales"
            yield Doubt("sum_of_unlike", what)
        elif (one.unit, one.minimum, one.maximum) != (first.unit, first.minimum, first.maximum):
            what = f"'{one.id}' and '{first.id}' are not on the same scale and cannot be added"
            yield Doubt("sum_of_unlike", what)
        elif (one.minimum or 0) < 0:
            yield Doubt("sum_of_unlike", f"'{one.id}' goes below 0 and cannot be added")
    yield from _unit(test, first)
    low, high = (len(parts) * (limit or 0) for limit in (first.minimum, first.maximum))
    if not low <= test.limit <= high:
        what = f"{test.limit:g} is outside of what the sum can be ({low:g}-{high:g})"
        yield Doubt("limit_out_of_range", what)


def _compare(test: Compare, question: Question) -> Iterator[Doubt]:
    if question.kind not in NUMERIC:
        what = f"'{question.id}' is answered with {_answers(question)}, not with a number"
        yield Doubt("wrong_comparison", what)
        return
    yield from _unit(test, question)
    low, high = question.minimum, question.maximum
    if low is None or high is None or test.measure is not Measure.ANSWER:
        return
    if not low <= test.limit <= high:
        what = f"{test.limit:g} is outside of what '{question.id}' can be ({low:g}-{high:g})"
        yield Doubt("limit_out_of_range", what)


def _unit(test: Compare | Total, question: Question) -> Iterator[Doubt]:
    unit = question.unit or ""
    if test.unit and UNITS.get(test.unit) is None:
        yield Doubt("unknown_unit", f"no unit '{test.unit}'", test.unit, tuple(UNITS))
    elif test.unit and UNITS[test.unit] != unit:
        what = f"'{question.id}' is stored in {unit or 'no unit'}, the limit is in {test.unit}"
        yield Doubt("unit_clash", what)
    elif not test.unit and question.kind is Kind.MEASURE:
        what = f"the limit {test.limit:g} for '{question.id}' has no unit"
        yield Doubt("unit_missing", what, unit, serious=False)


def _is(test: Is, question: Question) -> Iterator[Doubt]:
    if question.kind is Kind.YES_NO:
        yield from _word(test.word, ("yes", "no"), "unknown_option", f"'{question.id}' is never")
    elif question.kind in CHOOSING:
        known = [option.value for option in question.options]
        yield from _word(test.word, known, "unknown_option", f"'{question.id}' has no option")
    else:
        what = f"'{question.id}' is answered with {_answers(question)}, not with a word"
        yield Doubt("wrong_comparison", what)


def _has(test: Has, question: Question) -> Iterator[Doubt]:
    if question.kind not in CHOOSING:
        what = f"'{question.id}' is answered with {_answers(question)}; 'has' is for options"
        yield Doubt("wrong_comparison", what)
        return
    known = [option.value for option in question.options]
    for option in test.options:
        yield from _word(option, known, "unknown_option", f"'{question.id}' has no option")


def _answers(question: Question) -> str:
    if question.kind in NUMERIC:
        return "a number"
    names: Mapping[Kind, str] = {
        Kind.YES_NO: "yes or no",
        Kind.CHOICE: "an option",
        Kind.CHOICES: "options",
        Kind.DATE: "a date",
    }
    return names.get(question.kind, "words")

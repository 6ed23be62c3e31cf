"""Exploring: answers aimed at one rule or question, so that no branch is missed by luck.

Explorers are not counted in messages, alerts or forecasts. What even they do
not reach is named in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from bot.core.condition import UNKNOWN, Answered, Condition, Facts
from bot.core.condition.tree import (
    PROCEDURE,
    TIER,
    All,
    AnyOf,
    Compare,
    Earlier,
    Has,
    Is,
    IsUnknown,
    Measure,
    Not,
    Total,
)
from bot.core.condition.weigh import SIGNS
from bot.core.pathway import Pathway
from bot.core.question import Kind, Question
from bot.core.simulation.grades import NONE, GradeBook

Way = TypeVar("Way")
STEPS: Final = (0.0, 0.1, 1.0, -0.1, -1.0)


@dataclass
class Aim:
    """The answers that would make a condition true: now, and at the contact before."""

    now: dict[str, Answered] = field(default_factory=dict)
    before: dict[str, Answered] = field(default_factory=dict)
    tier: str = ""
    procedure: str = ""


def aim_at(condition: Condition, pathway: Pathway, turn: int) -> Aim:
    """Answers for this condition, and for the questions that must be asked before it.

    Where several ways lead there, each `turn` takes the next one.
    """
    aim = Aim()
    _Aiming(pathway, turn, aim).take(condition, wanted=True, into=aim.now)
    seen: set[str] = set()
    while waiting := [one for one in {**aim.before, **aim.now} if one not in seen]:
        seen.update(waiting)
        for question in waiting:
            ask_when = pathway.ask_when.get(question)
            if ask_when is not None:
                kept = dict(aim.now)
                _Aiming(pathway, turn, aim).take(ask_when, wanted=True, into=aim.now)
                aim.now |= kept
    return aim


class _Aiming:
    """Walks through one condition and notes what would make it true."""

    def __init__(self, pathway: Pathway, turn: int, aim: Aim) -> None:
        self.pathway, self.turn, self.aim = pathway, turn, aim

    def pick(self, ways: Sequence[Way]) -> Way:
        return ways[self.turn % len(ways)]

    def take(self, condition: Condition, *, wanted: bool, into: dict[str, Answered]) -> None:
        match condition:
            case All(parts=parts) | AnyOf(parts=parts):
                every = isinstance(condition, All) is wanted
                for part in parts if every else (self.pick(parts),):
                    self.take(part, wanted=wanted, into=into)
            case Not(part=part):
                self.take(part, wanted=not wanted, into=into)
            case Earlier(part=part):
                self.take(part, wanted=wanted, into=self.aim.before)
                if condition.past.value == "two_days":
                    self.take(part, wanted=wanted, into=into)
            case Compare():
                self._compare(condition, wanted, into)
            case Total():
                self._total(condition, wanted, into)
            case Is(name=name, word=word):
                self._is(name, word, wanted, into)
            case Has(question=question, options=options):
                self._has(question, options, wanted, into)
            case IsUnknown(question=question):
                if wanted:
                    into[question] = UNKNOWN

    def _compare(self, test: Compare, wanted: bool, into: dict[str, Answered]) -> None:
        question = self.pathway.questions.get(test.question)
        if question is None or (not wanted and test.measure is not Measure.ANSWER):
            return
        low, high = question.minimum or 0.0, question.maximum or 0.0
        if test.measure is not Measure.ANSWER:
            start = min(high, max(low, (low + high) / 2 - test.limit))
            move = test.limit + 1 if test.sign in (">", ">=", "=") else 0.0
            first, then = (start, start + move)
            if test.measure is Measure.DROP:
                first, then = then, first
            self.aim.before[question.id] = _number(question, first)
            into[question.id] = _number(question, then)
            return
        fits = [
            value
            for step in STEPS
            if low <= (value := round(test.limit + step, 1)) <= high
            and SIGNS[test.sign](value, test.limit) is wanted
        ]
        if fits:
            into[question.id] = _number(question, fits[0])

    def _total(self, test: Total, wanted: bool, into: dict[str, Answered]) -> None:
        """Answers that add up to the nearest total that does; the first questions take most."""
        parts = [one for name in test.questions if (one := self.pathway.questions.get(name))]
        low = sum(one.minimum or 0.0 for one in parts)
        high = sum(one.maximum or 0.0 for one in parts)
        for step in (0, 1, -1):
            left = test.limit + step
            if not low <= left <= high or SIGNS[test.sign](left, test.limit) is not wanted:
                continue
            left -= low
            for one in parts:
                least, most = one.minimum or 0.0, one.maximum or 0.0
                more = min(left, most - least)
                into[one.id], left = _number(one, least + more), left - more
            return

    def _is(self, name: str, word: str, wanted: bool, into: dict[str, Answered]) -> None:
        if name in (TIER, PROCEDURE):
            if wanted and name == TIER:
                self.aim.tier = word
            elif wanted:
                self.aim.procedure = word
            return
        question = self.pathway.questions.get(name)
        if question is not None and question.kind is Kind.YES_NO:
            into[name] = (word == "yes") is wanted
        elif question is not None and question.kind is Kind.CHOICE:
            others = [one.value for one in question.options if one.value != word]
            into[name] = word if wanted else self.pick(others)
        elif wanted:
            self._has(name, (word,), True, into)

    def _has(
        self, name: str, options: tuple[str, ...], wanted: bool, into: dict[str, Answered]
    ) -> None:
        question = self.pathway.questions.get(name)
        if question is None:
            return
        if question.kind is Kind.CHOICE:
            rest = [one.value for one in question.options if (one.value in options) is wanted]
            into[name] = self.pick(rest) if rest else UNKNOWN
            return
        had = into.get(name)
        chosen = had if isinstance(had, tuple) and had != (NONE,) else ()
        if wanted:
            into[name] = tuple(dict.fromkeys((*chosen, self.pick(options))))
        elif not chosen:
            into[name] = (NONE,)


def _number(question: Question, value: float) -> float:
    value = min(question.maximum or value, max(question.minimum or 0.0, value))
    return value if question.kind is Kind.MEASURE else int(value)


class Explorer:
    """Gives the aimed answers, calm ones to everything else.

    When the aim looks back, every other contact prepares for the next.
    """

    def __init__(self, pathway: Pathway, aim: Aim, book: GradeBook) -> None:
        self._pathway, self._aim, self._book = pathway, aim, book
        self._answers = aim.now

    def begin(self, contact: int) -> None:
        first = bool(self._aim.before) and contact % 2 == 0
        self._answers = {**self._aim.now, **self._aim.before} if first else self._aim.now

    def answer(self, question: Question, facts: Facts) -> Answered:
        if question.id in self._answers:
            return self._answers[question.id]
        grades = self._book.of(question, facts)
        return grades[min(grades)][0]

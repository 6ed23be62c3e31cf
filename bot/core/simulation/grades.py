"""Grades: for each question, the answers worth giving and the level each calls for alone.

The pathway itself decides: an answer is calm when its own rules say so. A question that is
added up with others is graded as if those were answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.core.condition import Answered, Facts
from bot.core.condition.tree import Compare, Measure, Total, leaves
from bot.core.pathway import Pathway
from bot.core.question import Kind, Question
from bot.core.triage import triage
from bot.core.triage_level import TriageLevel

Grades = Mapping[TriageLevel, tuple[Answered, ...]]
NONE: Final = "none"  # the option that says "none of these"
MOST_NUMBERS: Final = 30
WORDS: Final = "-"  # own words say nothing to a rule
# What measures are in people who are well. They only dress invented patients.
ORDINARY: Final[Mapping[str, tuple[float, float]]] = {
    "Cel": (36.3, 37.1),
    "kg": (52.0, 84.0),
    "mmol/L": (4.8, 6.9),
    "mm[Hg]": (112.0, 128.0),
}


class GradeBook:
    """Grades of one pathway, worked out once per question, day, tier and procedure."""

    def __init__(self, pathway: Pathway) -> None:
        self._pathway = pathway
        self._known: dict[tuple[object, ...], Grades] = {}

    def of(self, question: Question, facts: Facts) -> Grades:
        """The answers to this question by the level that they call for on this day."""
        key = (question.id, facts.day, facts.days_home, facts.tier, facts.procedure)
        if key not in self._known:
            self._known[key] = self._grade(question, facts)
        return self._known[key]

    def _grade(self, question: Question, facts: Facts) -> Grades:
        alone = Facts(
            day=facts.day,
            days_home=facts.days_home,
            tier=facts.tier,
            procedure=facts.procedure,
        )
        alike = {question.id} | {
            name
            for rule in self._pathway.rules
            for test in leaves(rule.when)
            if isinstance(test, Total) and question.id in test.questions
            for name in test.questions
        }
        found: dict[TriageLevel, list[Answered]] = {}
        for answer in answers_to(question, self._pathway):
            level = triage(self._pathway, alone.with_answers(dict.fromkeys(alike, answer))).level
            found.setdefault(level, []).append(answer)
        return {level: tuple(answers) for level, answers in found.items()}


def answers_to(question: Question, pathway: Pathway) -> tuple[Answered, ...]:
    """Answers worth giving: every option, both words, and numbers around every limit."""
    options = [option.value for option in question.options]
    match question.kind:
        case Kind.YES_NO:
            return (False, True)
        case Kind.CHOICE:
            return tuple(options)
        case Kind.CHOICES:
            return tuple((one,) for one in options)
        case Kind.SCALE | Kind.COUNT | Kind.MEASURE:
            return _numbers(question, pathway)
        case _:
            return (WORDS,)


def _numbers(question: Question, pathway: Pathway) -> tuple[Answered, ...]:
    low, high = question.minimum or 0.0, question.maximum or 0.0
    if question.kind is not Kind.MEASURE and high - low <= MOST_NUMBERS:
        return tuple(range(int(low), int(high) + 1))
    limits = {
        test.limit
        for rule in pathway.rules
        for test in leaves(rule.when)
        if isinstance(test, Compare)
        and test.question == question.id
        and test.measure is Measure.ANSWER
    }
    near = {round(limit + step, 1) for limit in limits for step in (-0.1, 0.0, 0.1, 0.6)}
    ordinary = ORDINARY.get(question.unit or "", ())
    return tuple(sorted(one for one in {*near, *ordinary} if low <= one <= high)) or (low,)

"""Answering: what an invented patient says to a question on a day of her course."""

from __future__ import annotations

from math import exp
from random import Random
from typing import Final, Protocol

from bot.core.condition import UNKNOWN, Answered, Facts
from bot.core.question import Kind, Question
from bot.core.simulation.assumptions import Assumptions
from bot.core.simulation.grades import NONE, ORDINARY, GradeBook, Grades
from bot.core.simulation.people import Person
from bot.core.simulation.personas import Illness
from bot.core.triage_level import TriageLevel

FEVER_UNIT: Final = "Cel"
PAIN: Final = "pain"
STEADY_UNITS: Final = ("kg", "mmol/L", "mm[Hg]")  # people keep theirs, a little up and down
WOBBLE: Final = 0.2
WORRYING: Final = (
    TriageLevel.WITHIN_48_HOURS,
    TriageLevel.WITHIN_48_HOURS,
    TriageLevel.SAME_DAY,
    TriageLevel.SAME_DAY,
    TriageLevel.EMERGENCY,
)


class Answerer(Protocol):
    """Whoever answers for one patient."""

    def begin(self, contact: int) -> None:
        """Another check-in begins, the first is 0."""

    def answer(self, question: Question, facts: Facts) -> Answered:
        """What she says now."""


class Patient:
    """Answers as her persona's course goes; calm otherwise, with the usual small troubles."""

    def __init__(self, person: Person, taken: Assumptions, book: GradeBook, chance: Random) -> None:
        self._persona, self._taken, self._book, self._chance = person.persona, taken, book, chance
        self._own: dict[str, float] = {}

    def begin(self, contact: int) -> None:
        """Nothing to prepare: her course depends on the day alone."""

    def answer(self, question: Question, facts: Facts) -> Answered:
        if self._chance.random() < self._taken.unclear_answer * self._persona.unclear:
            return UNKNOWN
        ill = self._persona.illness
        day = facts.day or 0
        if ill is not None and ill.from_day <= day < ill.from_day + ill.lasts_days:
            sign = _sign_of(ill, question, self._chance)
            if sign is not None:
                return sign
        grades = self._book.of(question, facts)
        return self._trouble(grades, day) or self._calm(question, grades, day)

    def _trouble(self, grades: Grades, day: int) -> Answered | None:
        """Now and then something mild, and rarely something that worries."""
        factor = self._persona.worries
        if self._chance.random() < self._taken.worrying_answer * factor:
            return self._one_of(grades.get(self._chance.choice(WORRYING), ()))
        fading = exp(-day / self._taken.mild_fades_after_days)
        if self._chance.random() < self._taken.mild_answer * factor * fading:
            return self._one_of(grades.get(TriageLevel.SELF_CARE, ()))
        return None

    def _one_of(self, answers: tuple[Answered, ...]) -> Answered | None:
        return self._chance.choice(answers) if answers else None

    def _calm(self, question: Question, grades: Grades, day: int) -> Answered:
        calm = grades[min(grades)]
        if question.unit in ORDINARY:
            return self._measured(question)
        if question.kind in (Kind.SCALE, Kind.COUNT, Kind.MEASURE):
            return _better_with_time(calm, grades, day)
        return calm[0] if (NONE,) not in calm else (NONE,)

    def _measured(self, question: Question) -> float:
        low, high = ORDINARY[question.unit or ""]
        if question.unit not in STEADY_UNITS:
            return round(self._chance.uniform(low, high), 1)
        own = self._own.setdefault(question.id, self._chance.uniform(low, high))
        return round(own + self._chance.uniform(-WOBBLE, WOBBLE), 1)


def _better_with_time(calm: tuple[Answered, ...], grades: Grades, day: int) -> Answered:
    """From the edge of what is calm towards its good end, one step in about five days."""
    every = [one for answers in grades.values() for one in _plain(answers)]
    steps = sorted(_plain(calm))
    good_end_is_low = not every or steps[0] <= min(every)
    ordered = steps if good_end_is_low else steps[::-1]
    return ordered[max(0, len(ordered) - 1 - day // 5)] if len(ordered) < len(every) else ordered[0]


def _plain(answers: tuple[Answered, ...]) -> list[float]:
    return [one for one in answers if isinstance(one, (int, float))]


def _sign_of(ill: Illness, question: Question, chance: Random) -> Answered | None:
    """What of this illness shows in this question, if anything."""
    shown = [one.value for one in question.options if one.value in ill.options]
    if question.kind is Kind.CHOICES and shown:
        return tuple(shown[: chance.randint(1, 2)])
    if question.kind is Kind.CHOICE and shown:
        return shown[0]
    if question.id in ill.yes_to:
        return True
    if question.unit == FEVER_UNIT and ill.fever is not None:
        return round(chance.uniform(*ill.fever), 1)
    if question.kind is Kind.SCALE and ill.pain_rise and question.id.startswith(PAIN):
        high = int(question.maximum or 0)
        return min(high, ill.pain_rise + chance.randint(1, 3))
    return None

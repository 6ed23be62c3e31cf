"""Pathway: the planned follow-up for one operation, as the care team wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum

from bot.core.condition import Answered, Condition, Facts, holds
from bot.core.errors import NotFound
from bot.core.question import Question
from bot.core.shared import Shared
from bot.core.triage_level import TriageLevel
from bot.core.words import Words

TIERS = ("low", "medium", "high")


class Anchor(StrEnum):
    """The day from which a check-in is counted."""

    SURGERY = "surgery"
    DISCHARGE = "discharge"


class Late(StrEnum):
    """What becomes of a check-in that could not be sent in time."""

    SKIP_AND_TELL_NURSE = "skip_and_tell_nurse"
    SEND_ANYWAY = "send_anyway"
    NEXT_WINDOW = "next_window"  # the same hours of the next day, unless another one comes first
    SKIP = "skip"  # only for reminders: nobody needs to know


# A check-in is never just left out: silence of ours is no sign that all is well (H06).
LATE_CHECK_IN = (Late.SKIP_AND_TELL_NURSE, Late.SEND_ANYWAY, Late.NEXT_WINDOW)
LATE_REMINDER = (Late.SKIP, Late.SKIP_AND_TELL_NURSE)


@dataclass(frozen=True)
class SilenceLadder:
    """No answer: remind once, then make a nurse task of this level."""

    remind_after: timedelta
    nurse_after: timedelta
    level: TriageLevel


@dataclass(frozen=True)
class Lateness:
    """How late a check-in may still go out, and what happens after that."""

    send_within: timedelta
    otherwise: Late


@dataclass(frozen=True)
class Repeat:
    """A check-in that comes again every so many days, so many times in all."""

    every_days: int
    times: int


@dataclass(frozen=True)
class CheckInPlan:
    """One planned contact: when it goes out, to whom, and what it asks."""

    id: str
    day: int
    anchor: Anchor
    opens: time
    closes: time
    questions: tuple[str, ...]
    tiers: tuple[str, ...]
    silence: SilenceLadder
    lateness: Lateness
    intro: Words | None = None
    repeat: Repeat | None = None


@dataclass(frozen=True)
class Rule:
    """A sign that worries the care team: condition, level, and words for both sides."""

    id: str
    when: Condition
    level: TriageLevel
    tell: Words  # to the patient: what to do
    reason: Words  # to the nurse: what it may be
    source: tuple[str, ...]
    when_text: str = ""  # the condition as it was written
    note: str = ""


@dataclass(frozen=True)
class Teaching:
    """What the patient is told without being asked, between two days after surgery."""

    id: str
    from_day: int
    to_day: int
    words: Words
    source: tuple[str, ...] = ()


class ReminderKind(StrEnum):
    """Whether the hour matters: a late word about a medicine may lead to a second dose."""

    MEDICINE = "medicine"  # to be taken at this hour
    APPOINTMENT = "appointment"  # a visit, stitches, a prescription: to be arranged


# For files that were written before a reminder could say how late it may come.
REMINDERS_LATE = {
    ReminderKind.MEDICINE: Lateness(timedelta(hours=4), Late.SKIP),
    ReminderKind.APPOINTMENT: Lateness(timedelta(hours=48), Late.SKIP_AND_TELL_NURSE),
}


@dataclass(frozen=True)
class Reminder:
    """A medicine, a re-check or an appointment to remember on a day at a local time."""

    id: str
    day: int
    anchor: Anchor
    at: time
    words: Words
    kind: ReminderKind = ReminderKind.APPOINTMENT
    lateness: Lateness = REMINDERS_LATE[ReminderKind.APPOINTMENT]
    tiers: tuple[str, ...] = TIERS
    repeat: Repeat | None = None


@dataclass(frozen=True)
class Case:
    """An example that must come out as written: these answers on this day, this level."""

    id: str
    facts: Facts
    level: TriageLevel
    rules: tuple[str, ...] = ()  # rules that must fire; empty: none may
    unclear: tuple[str, ...] = ()
    check_in: str = ""


@dataclass(frozen=True)
class Pathway:
    """One operation's follow-up. Frozen: an episode keeps the version it started on.

    `if_unknown` says what an unclear answer counts as, where the care team
    decided otherwise than "doubt goes up" (see triage). `answers` holds what
    the care team says about a topic; shared answers are already merged in.
    `stands_in_for` names the version that an episode is on and that cannot be
    read any more; empty for the version itself.
    """

    id: str
    version: str
    number: int
    title: Words
    procedures: tuple[str, ...]
    respondent: str
    check_ins: tuple[CheckInPlan, ...]
    questions: Mapping[str, Question]
    ask_when: Mapping[str, Condition]
    if_unknown: Mapping[str, TriageLevel]
    rules: tuple[Rule, ...]
    teaching: tuple[Teaching, ...]
    reminders: tuple[Reminder, ...]
    answers: Mapping[str, Words]
    cases: tuple[Case, ...]
    shared: Shared
    stands_in_for: str = ""

    def check_in(self, plan_id: str) -> CheckInPlan:
        """The plan with this id; NotFound when this version has none.

        A stand-in may not know what was planned by the version it stands in for: then
        its fullest check-in is asked, so that nothing is left out.
        """
        for plan in self.check_ins:
            if plan.id == plan_id:
                return plan
        if self.stands_in_for and self.check_ins:
            return replace(max(self.check_ins, key=lambda one: len(one.questions)), id=plan_id)
        raise NotFound(f"pathway {self.id} has no check-in '{plan_id}'")

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; NotFound when this version has none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise NotFound(f"pathway {self.id} has no rule '{rule_id}'")

    def reminder(self, reminder_id: str) -> Reminder | None:
        """The reminder with this id; None when this version has none."""
        return next((one for one in self.reminders if one.id == reminder_id), None)

    def lesson(self, teaching_id: str) -> Teaching | None:
        """What is taught under this id; None when this version has none."""
        return next((one for one in self.teaching if one.id == teaching_id), None)

    def teaching_on(self, day: int) -> tuple[Teaching, ...]:
        """What may be taught on this day after surgery."""
        return tuple(one for one in self.teaching if one.from_day <= day <= one.to_day)


@dataclass(frozen=True)
class Library:
    """Every pathway in force, found by its id or by a procedure code."""

    pathways: Mapping[str, Pathway]
    shared: Shared
    version: str
    by_procedure: Mapping[str, str] = field(default_factory=dict)

    def pathway(self, pathway_id: str) -> Pathway:
        """The pathway with this id."""
        try:
            return self.pathways[pathway_id]
        except KeyError:
            known = ", ".join(sorted(self.pathways))
            raise NotFound(f"no pathway '{pathway_id}'. Known: {known}") from None

    def for_procedure(self, code: str) -> Pathway | None:
        """The pathway that serves this procedure code, if any."""
        found = self.by_procedure.get(code.strip())
        return None if found is None else self.pathways[found]


def next_question(
    pathway: Pathway,
    plan: CheckInPlan,
    answered: Mapping[str, Answered],
    *,
    facts: Facts | None = None,
) -> Question | None:
    """The first question of the check-in that is still open; None when it is complete.

    A question with an `ask_when` is asked only when that surely holds. Where an
    unclear answer leaves it open, the unclear answer itself goes to a nurse.
    `facts` brings the day, tier, procedure and earlier check-ins.
    """
    known = (facts or Facts()).with_answers(answered)
    for question_id in plan.questions:
        if question_id in answered:
            continue
        ask_when = pathway.ask_when.get(question_id)
        if ask_when is None or holds(ask_when, known) is True:
            return pathway.questions[question_id]
    return None


def open_questions(
    pathway: Pathway,
    plan: CheckInPlan,
    answered: Mapping[str, Answered],
    *,
    facts: Facts | None = None,
) -> tuple[Question, ...]:
    """Every question of the check-in that could still be answered, the next one first.

    One message may answer several of them; those that wait for another answer
    are included, those that are surely skipped are not.
    """
    known = (facts or Facts()).with_answers(answered)
    return tuple(
        pathway.questions[question_id]
        for question_id in plan.questions
        if question_id not in answered
        and (
            (ask_when := pathway.ask_when.get(question_id)) is None
            or holds(ask_when, known) is not False
        )
    )

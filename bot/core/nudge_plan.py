"""Nudge plan: when each reminder and each piece of teaching of a pathway is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.nudge import NudgeKind
from bot.core.pathway import Anchor, Pathway, Reminder, ReminderKind, Teaching
from bot.core.schedule import ONE_DAY, Timetable, moment_on, utc_of

# When teaching comes that no check-in has said: after the morning's check-in, and an hour
# when people are up (project's own choice).
TEACHING_AT: Final = time(10)
MIDNIGHT: Final = time(0)


@dataclass(frozen=True)
class DueNudge:
    """One nudge of one patient: what, which turn, from when and until when, in UTC."""

    kind: NudgeKind
    plan_id: str
    occurrence: int
    due_at: datetime
    send_until: datetime


def plan_nudges(pathway: Pathway, patient: Timetable) -> tuple[DueNudge, ...]:
    """Every nudge that can still come in time, in order of time.

    What falls on a day in hospital, or was over before enrolment, is left out.
    """
    zone = ZoneInfo(patient.zone)
    found = [*_reminders(pathway, patient, zone), *_teaching(pathway, patient, zone)]
    found = [one for one in found if one.send_until > max(one.due_at, patient.enrolled_at)]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.kind, one.plan_id)))


def _reminders(pathway: Pathway, patient: Timetable, zone: ZoneInfo) -> Iterator[DueNudge]:
    for plan in pathway.reminders:
        if patient.tier not in plan.tiers:
            continue
        first = patient.discharge_on if plan.anchor is Anchor.DISCHARGE else patient.surgery_on
        for turn in range(plan.repeat.times if plan.repeat else 1):
            every = plan.repeat.every_days if plan.repeat else 0
            day = first + (plan.day + turn * every) * ONE_DAY
            if day < patient.discharge_on:
                continue
            due_at = moment_on(day, _hour(plan, pathway, patient), zone)
            until = due_at + plan.lateness.send_within
            yield DueNudge(NudgeKind.REMINDER, plan.id, turn + 1, due_at, until)


def _hour(plan: Reminder, pathway: Pathway, patient: Timetable) -> time:
    """A medicine keeps its hour; an appointment is read when the patient likes to read."""
    preferred = patient.preferred_time
    if plan.kind is ReminderKind.MEDICINE or preferred is None:
        return plan.at
    return plan.at if pathway.shared.quiet.hold(preferred) else preferred


def _teaching(pathway: Pathway, patient: Timetable, zone: ZoneInfo) -> Iterator[DueNudge]:
    """One piece a day, each on its first free day; what cannot wait shares a day."""
    enrolled_on = patient.enrolled_at.astimezone(zone).date()
    taken: set[date] = set()
    for one in sorted(pathway.teaching, key=lambda one: (one.from_day, one.to_day, one.id)):
        last = patient.surgery_on + one.to_day * ONE_DAY
        begins = patient.surgery_on + one.from_day * ONE_DAY
        first = max(begins, patient.discharge_on, enrolled_on)
        if first > last:
            continue
        day = next((day for day in _days(first, last) if day not in taken), first)
        taken.add(day)
        yield _lesson(one, pathway, patient, zone, day, last)


def _lesson(
    one: Teaching, pathway: Pathway, patient: Timetable, zone: ZoneInfo, day: date, last: date
) -> DueNudge:
    quiet, at = pathway.shared.quiet, patient.preferred_time or TEACHING_AT
    due_at = moment_on(day, quiet.ends if quiet.hold(at) else at, zone)
    return DueNudge(
        NudgeKind.TEACHING,
        one.id,
        1,
        max(due_at, patient.enrolled_at),
        utc_of(last + ONE_DAY, MIDNIGHT, zone),
    )


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def next_morning(now: datetime, zone: str) -> datetime:
    """When teaching that gives way today comes instead: the next day, at its usual hour."""
    place = ZoneInfo(zone)
    return moment_on(now.astimezone(place).date() + ONE_DAY, TEACHING_AT, place)

"""Schedule: when each check-in of a pathway is due for one patient.

Local times become UTC here and nowhere else. An hour that the clocks skip
becomes the first moment after the gap, an hour that comes twice its first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.pathway import Anchor, CheckInPlan, Pathway

FIRST_DAY: Final = 1  # "within 24 h of discharge": the day after it at the latest
ONE_DAY: Final = timedelta(days=1)


class Standing(StrEnum):
    """What becomes of a check-in that the pathway plans."""

    PLANNED = "planned"
    CATCH_UP = "catch_up"  # the newest one missed before enrolment: goes out next
    MISSED = "missed"  # its window had closed before enrolment: kept, never sent
    IN_HOSPITAL = "in_hospital"  # falls on a day before discharge: never sent
    SAME_DAY = "same_day"  # another check-in goes out on that local day


@dataclass(frozen=True)
class DueCheckIn:
    """One check-in of one patient: its plan, its turn, and its window in UTC."""

    plan_id: str
    occurrence: int
    due_at: datetime
    window_end: datetime
    standing: Standing = Standing.PLANNED

    @property
    def goes_out(self) -> bool:
        return self.standing in (Standing.PLANNED, Standing.CATCH_UP)


@dataclass(frozen=True)
class Timetable:
    """The dates and habits of one patient that a schedule depends on."""

    surgery_on: date
    discharge_on: date
    zone: str
    tier: str
    enrolled_at: datetime
    preferred_time: time | None = None


def plan_check_ins(
    pathway: Pathway,
    *,
    surgery_on: date,
    discharge_on: date,
    zone: str,
    tier: str,
    enrolled_at: datetime,
    preferred_time: time | None = None,
) -> tuple[DueCheckIn, ...]:
    """Every check-in of one patient in order of time, those that will not go out marked."""
    return _plan(
        pathway, Timetable(surgery_on, discharge_on, zone, tier, enrolled_at, preferred_time)
    )


def _plan(pathway: Pathway, patient: Timetable) -> tuple[DueCheckIn, ...]:
    zone = ZoneInfo(patient.zone)
    due = [
        _due(plan, occurrence, patient, zone)
        for plan in pathway.check_ins
        if patient.tier in plan.tiers
        for occurrence in range(1, (plan.repeat.times if plan.repeat else 1) + 1)
    ]
    due.sort(key=lambda one: (one.due_at, one.plan_id))
    due = _mark_hospital_days(due, patient, zone)
    due = _mark_missed(pathway, due, patient, zone)
    return tuple(sorted(_mark_same_day(due, zone), key=lambda one: (one.due_at, one.plan_id)))


def utc_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC when a local clock shows this time on this day."""
    local = datetime.combine(day, at)
    first = local.replace(tzinfo=zone, fold=0)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    if before is None or after is None or before >= after:
        return first.astimezone(UTC)
    # The clocks skip this time: `after` is larger. The moment they jump lies between.
    late = (local - before).replace(tzinfo=UTC)
    early = (local - after).replace(tzinfo=UTC)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == after:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def moment_on(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The same, on the next day where a zone leaves this whole day out."""
    moment = utc_of(day, at, zone)
    shown = moment.astimezone(zone).date()
    return moment if shown == day else utc_of(shown, at, zone)


def in_quiet_hours(now: datetime, zone: str, pathway: Pathway) -> bool:
    """Whether it is night for the patient: nothing unasked goes out."""
    return pathway.shared.quiet.hold(now.astimezone(ZoneInfo(zone)).time())


def next_opening(now: datetime, zone: str, pathway: Pathway) -> datetime:
    """`now` when it is not quiet, otherwise the end of the quiet hours."""
    if not in_quiet_hours(now, zone, pathway):
        return now
    place, ends = ZoneInfo(zone), pathway.shared.quiet.ends
    day = now.astimezone(place).date()
    opening = utc_of(day, ends, place)
    while opening < now:
        day += ONE_DAY
        opening = utc_of(day, ends, place)
    return opening


def next_window(
    plan: CheckInPlan, occurrence: int, zone: str, now: datetime
) -> tuple[datetime, datetime]:
    """The next window of the plan's hours that opens from now on: from and to, in UTC."""
    place = ZoneInfo(zone)
    day = now.astimezone(place).date()
    while (again := _window(plan, occurrence, day, place, None)).due_at < now:
        day += ONE_DAY
    return again.due_at, again.window_end


def moved(at: datetime, old: str, new: str) -> datetime:
    """The moment when clocks of the new zone show what those of the old one show at `at`."""
    local = at.astimezone(ZoneInfo(old))
    return utc_of(local.date(), local.time(), ZoneInfo(new))


def _due(plan: CheckInPlan, occurrence: int, patient: Timetable, zone: ZoneInfo) -> DueCheckIn:
    anchor = patient.discharge_on if plan.anchor is Anchor.DISCHARGE else patient.surgery_on
    later = (occurrence - 1) * (plan.repeat.every_days if plan.repeat else 0)
    day = anchor + timedelta(days=plan.day + later)
    first = plan.anchor is Anchor.DISCHARGE and plan.day <= FIRST_DAY
    # The first contact must come within 24 h of discharge, so it does not wait
    # for the hour that the patient likes best.
    preferred = None if first else patient.preferred_time
    return _window(plan, occurrence, day, zone, preferred)


def _window(
    plan: CheckInPlan, occurrence: int, day: date, zone: ZoneInfo, preferred: time | None
) -> DueCheckIn:
    at = preferred if preferred and plan.opens <= preferred < plan.closes else plan.opens
    due_at = moment_on(day, at, zone)
    window_end = utc_of(due_at.astimezone(zone).date(), plan.closes, zone)
    return DueCheckIn(plan.id, occurrence, due_at, window_end)


def _with(one: DueCheckIn, standing: Standing) -> DueCheckIn:
    return DueCheckIn(one.plan_id, one.occurrence, one.due_at, one.window_end, standing)


def _mark_hospital_days(
    due: list[DueCheckIn], patient: Timetable, zone: ZoneInfo
) -> list[DueCheckIn]:
    """A contact counted from surgery may fall on a day when the patient is still on the ward."""
    return [
        _with(one, Standing.IN_HOSPITAL)
        if one.due_at.astimezone(zone).date() < patient.discharge_on
        else one
        for one in due
    ]


def _mark_missed(
    pathway: Pathway, due: list[DueCheckIn], patient: Timetable, zone: ZoneInfo
) -> list[DueCheckIn]:
    """Windows that closed before enrolment: the newest goes out next, the others are kept."""
    late = [
        index
        for index, one in enumerate(due)
        if one.standing is Standing.PLANNED and one.window_end <= patient.enrolled_at
    ]
    for index in late[:-1]:
        due[index] = _with(due[index], Standing.MISSED)
    if late:
        newest = due[late[-1]]
        due[late[-1]] = _catch_up(pathway.check_in(newest.plan_id), newest, patient, zone)
    return due


def _catch_up(
    plan: CheckInPlan, missed: DueCheckIn, patient: Timetable, zone: ZoneInfo
) -> DueCheckIn:
    """The next window of the same hours that has not closed yet."""
    day = patient.enrolled_at.astimezone(zone).date()
    again = _window(plan, missed.occurrence, day, zone, patient.preferred_time)
    while again.window_end <= patient.enrolled_at:
        day += ONE_DAY
        again = _window(plan, missed.occurrence, day, zone, patient.preferred_time)
    return _with(again, Standing.CATCH_UP)


def _mark_same_day(due: list[DueCheckIn], zone: ZoneInfo) -> list[DueCheckIn]:
    """One check-in a day: a planned one stands before one that catches up."""
    taken: dict[date, DueCheckIn] = {}
    marked: list[DueCheckIn] = []
    for one in sorted(due, key=lambda one: one.standing is Standing.CATCH_UP):
        day = one.due_at.astimezone(zone).date()
        if one.goes_out and day in taken:
            marked.append(_with(one, Standing.SAME_DAY))
            continue
        if one.goes_out:
            taken[day] = one
        marked.append(one)
    return marked

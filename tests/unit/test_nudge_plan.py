"""The plan of reminders and teaching: the right local hour in every zone and week of change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.nudge import NudgeKind
from bot.core.nudge_plan import TEACHING_AT, DueNudge, next_morning, plan_nudges
from bot.core.pathway import (
    REMINDERS_LATE,
    Anchor,
    Pathway,
    Reminder,
    ReminderKind,
    Repeat,
    Teaching,
)
from bot.core.schedule import Timetable, in_quiet_hours, utc_of
from bot.pathfiles.load import load_library
from tests import builders as b
from tests.unit.pathway_desk import PATHWAYS
from tests.unit.test_schedule_everywhere import A_DAY

DAY = timedelta(days=1)
DROPS = Reminder(
    "drops",
    1,
    Anchor.DISCHARGE,
    time(9),
    b.words("Take your drops."),
    kind=ReminderKind.MEDICINE,
    lateness=REMINDERS_LATE[ReminderKind.MEDICINE],
    repeat=Repeat(every_days=1, times=7),
)
VISIT = Reminder("visit", 10, Anchor.SURGERY, time(11), b.words("Your visit is due."))
LESSONS = tuple(
    Teaching(name, first, last, b.words(f"{name}."))
    for name, first, last in (("cooling", 1, 6), ("chairs", 1, 42), ("stitches", 7, 14))
)


def a_pathway(*reminders: Reminder, teaching: tuple[Teaching, ...] = ()) -> Pathway:
    return b.a_pathway(reminders=reminders, teaching=teaching)


def habits(
    discharge_on: date,
    zone: str = "Asia/Shanghai",
    *,
    stay: int = 3,
    enrolled: time = time(8),
    preferred: time | None = None,
) -> Timetable:
    return Timetable(
        surgery_on=discharge_on - stay * DAY,
        discharge_on=discharge_on,
        zone=zone,
        tier="medium",
        enrolled_at=utc_of(discharge_on, enrolled, ZoneInfo(zone)),
        preferred_time=preferred,
    )


def local(one: DueNudge, zone: str = "Asia/Shanghai") -> datetime:
    return one.due_at.astimezone(ZoneInfo(zone))


@settings(max_examples=400, deadline=None)
@given(A_DAY)
def test_a_daily_reminder_keeps_its_local_hour_whatever_the_clocks_do(
    where: tuple[str, date],
) -> None:
    zone, day = where
    due = plan_nudges(a_pathway(DROPS), habits(day, zone))
    assert [one.occurrence for one in due] == list(range(1, 8))
    assert {local(one, zone).time() for one in due} == {time(9)}, "nine is never skipped anywhere"
    assert len({one.due_at for one in due}) >= 6, "a zone may leave one whole day out"
    assert all(one.send_until - one.due_at == timedelta(hours=4) for one in due)


@settings(max_examples=400, deadline=None)
@given(A_DAY, st.times(), st.sampled_from([None, time(7), time(18, 30), time(23)]))
def test_nothing_is_planned_at_night_twice_or_before_she_is_home(
    where: tuple[str, date], enrolled: time, preferred: time | None
) -> None:
    zone, day = where
    pathway = a_pathway(DROPS, VISIT, teaching=LESSONS)
    patient = habits(day, zone, enrolled=enrolled, preferred=preferred)
    due = plan_nudges(pathway, patient)
    assert list(due) == sorted(due, key=lambda one: (one.due_at, one.kind, one.plan_id))
    keys = [(one.kind, one.plan_id, one.occurrence) for one in due]
    assert len(set(keys)) == len(keys)
    for one in due:
        assert local(one, zone).date() >= day
        assert one.due_at < one.send_until
        assert one.send_until > patient.enrolled_at
        # What she missed on the day of enrolment comes at once, so maybe at night: it waits.
        assert one.due_at == patient.enrolled_at or not in_quiet_hours(one.due_at, zone, pathway)


def test_a_medicine_keeps_its_hour_and_an_appointment_comes_when_she_likes_to_read() -> None:
    due = plan_nudges(a_pathway(DROPS, VISIT), habits(date(2026, 3, 5), preferred=time(18, 30)))
    assert {local(one).time() for one in due if one.plan_id == "drops"} == {time(9)}
    (visit,) = [one for one in due if one.plan_id == "visit"]
    assert local(visit) == datetime(2026, 3, 12, 18, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_wish_to_be_written_to_at_night_is_not_followed() -> None:
    due = plan_nudges(a_pathway(VISIT), habits(date(2026, 3, 5), preferred=time(23)))
    assert [local(one).time() for one in due] == [time(11)]


def test_one_piece_of_teaching_a_day_and_each_in_its_days() -> None:
    patient = habits(date(2026, 3, 5))
    due = plan_nudges(a_pathway(teaching=LESSONS), patient)
    days = {one.plan_id: (local(one).date() - patient.surgery_on).days for one in due}
    assert days == {"cooling": 3, "chairs": 4, "stitches": 7}
    assert {local(one).time() for one in due} == {TEACHING_AT}


def test_teaching_that_cannot_wait_shares_its_day() -> None:
    short = tuple(replace(one, from_day=4, to_day=4) for one in LESSONS)
    due = plan_nudges(a_pathway(teaching=short), habits(date(2026, 3, 5)))
    assert [local(one).date() for one in due] == [date(2026, 3, 6)] * 3


def test_a_reminder_for_a_day_in_hospital_or_before_enrolment_is_never_sent() -> None:
    early = replace(VISIT, day=2)
    assert plan_nudges(a_pathway(early), habits(date(2026, 3, 5))) == ()
    at_nine = replace(DROPS, day=0, repeat=None)
    assert plan_nudges(a_pathway(at_nine), habits(date(2026, 3, 5), enrolled=time(13, 30))) == ()
    assert plan_nudges(a_pathway(at_nine), habits(date(2026, 3, 5), enrolled=time(12, 30))) != ()


def test_only_her_risk_tier_is_reminded() -> None:
    assert plan_nudges(a_pathway(replace(VISIT, tiers=("high",))), habits(date(2026, 3, 5))) == ()


@settings(max_examples=200, deadline=None)
@given(A_DAY, st.times())
def test_what_gives_way_today_comes_tomorrow_by_day(where: tuple[str, date], at: time) -> None:
    now = utc_of(where[1], at, ZoneInfo(where[0]))
    later = next_morning(now, where[0])
    assert now < later <= now + timedelta(hours=62)
    assert not in_quiet_hours(later, where[0], b.a_pathway())


def test_every_reminder_and_lesson_of_every_pathway_is_planned_for_somebody() -> None:
    for pathway in load_library(PATHWAYS).pathways.values():
        found = {
            (one.kind, one.plan_id)
            for tier in ("low", "medium", "high")
            for one in plan_nudges(
                pathway, replace(habits(date(2026, 3, 5), stay=0, enrolled=time(0)), tier=tier)
            )
        }
        wanted = {(NudgeKind.REMINDER, one.id) for one in pathway.reminders}
        wanted |= {(NudgeKind.TEACHING, one.id) for one in pathway.teaching}
        assert found == wanted, pathway.id

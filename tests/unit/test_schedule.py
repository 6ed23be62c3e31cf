"""The schedule: the right local hour in every zone, nothing at night, nothing lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.schedule import (
    DueCheckIn,
    Standing,
    in_quiet_hours,
    next_opening,
    plan_check_ins,
    utc_of,
)
from bot.pathfiles.load import load_library

PATHWAY = load_library(Path(__file__).resolve().parents[2] / "pathways").pathway(
    "hip_knee_replacement"
)
# Zones with clock changes, odd offsets, a skipped day, and changes at midnight.
ZONES = [
    *("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut"),
    *("America/St_Johns", "Pacific/Chatham", "Antarctica/Troll", "Asia/Tehran"),
]


def plan(
    *,
    surgery_on: date = date(2026, 3, 2),
    discharge_on: date = date(2026, 3, 5),
    zone: str = "Asia/Shanghai",
    tier: str = "medium",
    enrolled_at: datetime | None = None,
    preferred_time: time | None = None,
) -> tuple[DueCheckIn, ...]:
    at = enrolled_at or utc_of(discharge_on, time(8), ZoneInfo(zone))
    return plan_check_ins(
        PATHWAY,
        surgery_on=surgery_on,
        discharge_on=discharge_on,
        zone=zone,
        tier=tier,
        enrolled_at=at,
        preferred_time=preferred_time,
    )


def test_nine_contacts_in_the_first_year_for_medium_risk_and_one_in_each_of_four_more() -> None:
    due = [one.plan_id for one in plan() if one.goes_out]
    first_year = [f"day_{day}" for day in (1, 3, 7, 14, 28, 42, 90, 180, 365)]
    assert due == first_year + 4 * ["yearly"]


@pytest.mark.parametrize(("tier", "contacts"), [("low", 11), ("medium", 13), ("high", 19)])
def test_the_risk_tier_changes_how_often_we_ask(tier: str, contacts: int) -> None:
    assert sum(one.goes_out for one in plan(tier=tier)) == contacts


def test_the_first_contact_comes_within_a_day_of_discharge() -> None:
    first = plan(preferred_time=time(18))[0]
    assert first.plan_id == "day_1"
    assert first.due_at == datetime(2026, 3, 6, 1, tzinfo=UTC)  # 09:00 in Shanghai


def test_later_contacts_come_at_the_hour_the_patient_likes() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    later = [one.due_at.astimezone(zone).time() for one in plan(preferred_time=time(18))[1:]]
    assert set(later) == {time(18)}


def test_a_preferred_hour_outside_of_the_window_is_not_used() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert {one.due_at.astimezone(zone).time() for one in plan(preferred_time=time(23))} == {
        time(9)
    }


def test_enrolled_late_the_newest_missed_contact_goes_out_and_older_ones_are_marked() -> None:
    late = datetime(2026, 3, 20, 2, tzinfo=UTC)
    by_plan = {one.plan_id: one for one in plan(enrolled_at=late)}
    assert by_plan["day_1"].standing is Standing.MISSED
    assert by_plan["day_7"].standing is Standing.MISSED
    assert by_plan["day_14"].standing is Standing.CATCH_UP
    assert by_plan["day_14"].window_end > late
    assert by_plan["day_28"].standing is Standing.PLANNED


def test_a_contact_on_the_ward_is_marked_and_not_sent() -> None:
    long_stay = plan(surgery_on=date(2026, 3, 2), discharge_on=date(2026, 3, 20))
    standing = {one.plan_id: one.standing for one in long_stay}
    assert standing["day_14"] is Standing.IN_HOSPITAL
    assert standing["day_1"] is Standing.PLANNED


def test_two_contacts_never_go_out_on_one_local_day() -> None:
    # Discharged on day 7: day 7 from discharge is day 14 from surgery.
    due = plan(surgery_on=date(2026, 3, 2), discharge_on=date(2026, 3, 9))
    days = [one.due_at.date() for one in due if one.goes_out]
    assert len(days) == len(set(days))
    assert Standing.SAME_DAY in {one.standing for one in due}


def test_an_hour_that_does_not_exist_becomes_the_first_one_after_it() -> None:
    # London, 29 March 2026: 01:00 to 02:00 does not exist.
    assert utc_of(date(2026, 3, 29), time(1, 30), ZoneInfo("Europe/London")) == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )


def test_an_hour_that_comes_twice_is_its_first() -> None:
    # London, 25 October 2026: 01:30 comes at 00:30 and again at 01:30 UTC.
    assert utc_of(date(2026, 10, 25), time(1, 30), ZoneInfo("Europe/London")) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_day_that_does_not_exist_moves_to_the_next_one() -> None:
    # Samoa had no 30 December 2011.
    due = plan(surgery_on=date(2011, 12, 27), discharge_on=date(2011, 12, 29), zone="Pacific/Apia")
    local = due[0].due_at.astimezone(ZoneInfo("Pacific/Apia"))
    assert (local.date(), local.time()) == (date(2011, 12, 31), time(9))


def test_the_night_is_quiet_and_ends_in_the_morning() -> None:
    night = datetime(2026, 3, 5, 19, tzinfo=UTC)  # 03:00 in Shanghai
    assert in_quiet_hours(night, "Asia/Shanghai", PATHWAY)
    assert next_opening(night, "Asia/Shanghai", PATHWAY) == datetime(2026, 3, 6, 0, tzinfo=UTC)


def test_by_day_there_is_nothing_to_wait_for() -> None:
    noon = datetime(2026, 3, 5, 4, tzinfo=UTC)
    assert not in_quiet_hours(noon, "Asia/Shanghai", PATHWAY)
    assert next_opening(noon, "Asia/Shanghai", PATHWAY) == noon


MOMENTS = st.integers(0, 30 * 365 * 24 * 60).map(
    lambda minutes: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    surgery_on=st.dates(date(2005, 1, 1), date(2034, 1, 1)),
    stay=st.integers(0, 30),
    tier=st.sampled_from(["low", "medium", "high"]),
    late=st.integers(0, 400),
    hour=st.one_of(st.none(), st.times()),
)
def test_whatever_the_zone_nothing_is_lost_doubled_or_sent_at_night(
    zone: str, surgery_on: date, stay: int, tier: str, late: int, hour: time | None
) -> None:
    discharge_on = surgery_on + timedelta(days=stay)
    enrolled_at = utc_of(discharge_on, time(12), ZoneInfo(zone)) + timedelta(days=late)
    due = plan(
        surgery_on=surgery_on,
        discharge_on=discharge_on,
        zone=zone,
        tier=tier,
        enrolled_at=enrolled_at,
        preferred_time=hour,
    )
    planned = [
        one.id
        for one in PATHWAY.check_ins
        if tier in one.tiers
        for _ in range(one.repeat.times if one.repeat else 1)
    ]
    assert sorted(one.plan_id for one in due) == sorted(planned)
    going = [one for one in due if one.goes_out]
    days = [one.due_at.astimezone(ZoneInfo(zone)).date() for one in going]
    assert len(days) == len(set(days))
    for one in going:
        assert one.due_at < one.window_end
        assert one.window_end > enrolled_at
        assert not in_quiet_hours(one.due_at, zone, PATHWAY)
    missed = [one for one in due if one.standing is Standing.MISSED]
    caught_up = any(one.standing in (Standing.CATCH_UP, Standing.SAME_DAY) for one in due)
    assert caught_up or not missed


@settings(max_examples=300, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES))
def test_the_next_opening_is_never_at_night_and_never_more_than_a_day_away(
    now: datetime, zone: str
) -> None:
    opening = next_opening(now, zone, PATHWAY)
    assert now <= opening <= now + timedelta(hours=25)
    assert not in_quiet_hours(opening, zone, PATHWAY)


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2005, 1, 1), date(2034, 12, 31)), st.times(), st.sampled_from(ZONES))
def test_a_local_time_becomes_the_first_moment_that_is_not_before_it(
    day: date, at: time, zone: str
) -> None:
    moment = utc_of(day, at, ZoneInfo(zone))
    wanted = datetime.combine(day, at)
    seen = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert seen == wanted or seen > wanted
    if seen != wanted:
        just_before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        assert just_before.replace(tzinfo=None) < wanted

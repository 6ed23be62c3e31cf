"""The schedule in every zone there is, above all in the weeks when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.schedule import in_quiet_hours, moved, next_opening, next_window, utc_of
from tests import builders as b

ZONES = sorted(available_timezones())
PATHWAY, PLAN = b.a_pathway(), b.a_plan()  # 09:00 to 20:00, quiet from 21:00 to 08:00
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEAR = 2026


@cache
def changes() -> tuple[tuple[str, date], ...]:
    """Every (zone, day) of one year on which the clocks change."""
    noons = [datetime(YEAR, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(366)]
    found = []
    for name in ZONES:
        offsets = [noon.astimezone(ZoneInfo(name)).utcoffset() for noon in noons]
        pairs = pairwise(offsets)
        found += [(name, noons[n + 1].date()) for n, (one, two) in enumerate(pairs) if one != two]
    return tuple(found)


IN_A_WEEK_OF_CHANGE = st.builds(
    lambda change, days: (change[0], change[1] + timedelta(days=days)),
    st.deferred(lambda: st.sampled_from(changes())),
    st.integers(-4, 3),
)
ANY_DAY = st.tuples(st.sampled_from(ZONES), st.dates(date(YEAR, 1, 1), date(YEAR + 4, 12, 31)))
A_DAY = st.one_of(IN_A_WEEK_OF_CHANGE, ANY_DAY)


def test_clocks_change_in_many_zones() -> None:
    assert len({zone for zone, _ in changes()}) > 100


@settings(max_examples=400, deadline=None)
@given(A_DAY, st.times())
def test_a_gap_is_its_end_and_a_fold_its_first(where: tuple[str, date], at: time) -> None:
    zone, wanted = ZoneInfo(where[0]), datetime.combine(where[1], at)
    moment = utc_of(where[1], at, zone)
    seen = moment.astimezone(zone).replace(tzinfo=None)
    assert seen >= wanted
    if seen > wanted:  # skipped: a second earlier, no clock has shown it yet
        before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < wanted
    else:  # shown twice: an earlier moment that shows the same does not exist
        earlier = [moment - n * timedelta(minutes=15) for n in range(1, 13)]
        assert all(one.astimezone(zone).replace(tzinfo=None) != wanted for one in earlier)


@settings(max_examples=400, deadline=None)
@given(A_DAY, st.times())
def test_the_next_opening_is_a_day_time_and_nothing_before_it_was(
    where: tuple[str, date], at: time
) -> None:
    now = utc_of(where[1], at, ZoneInfo(where[0]))
    opening = next_opening(now, where[0], PATHWAY)
    assert now <= opening <= now + 26 * HOUR
    assert not in_quiet_hours(opening, where[0], PATHWAY)
    if opening > now:
        assert in_quiet_hours(opening - timedelta(seconds=1), where[0], PATHWAY)


@settings(max_examples=400, deadline=None)
@given(A_DAY, st.times())
def test_the_next_window_lies_ahead_within_two_days_and_by_day(
    where: tuple[str, date], at: time
) -> None:
    now = utc_of(where[1], at, ZoneInfo(where[0]))
    due_at, ends = next_window(PLAN, 1, where[0], now)
    assert now <= due_at < ends
    assert due_at <= now + 50 * HOUR  # a zone may leave a whole day out
    assert due_at.astimezone(ZoneInfo(where[0])).time() == PLAN.opens
    assert not in_quiet_hours(due_at, where[0], PATHWAY)


@settings(max_examples=400, deadline=None)
@given(A_DAY, st.sampled_from(ZONES), st.integers(9 * 60, 20 * 60 - 1))
def test_who_moves_keeps_her_local_hours_and_order_and_is_not_woken(
    where: tuple[str, date], to: str, minute: int
) -> None:
    old, at = where[0], time(minute // 60, minute % 60)
    due = [utc_of(where[1] + n * DAY, at, ZoneInfo(old)) for n in range(4)]
    there = [moved(one, old, to) for one in due]
    assert len(set(there)) == len(set(due)), "none is lost, none becomes another"
    assert there == sorted(there)
    for one, before in zip(there, due, strict=True):
        assert not in_quiet_hours(one, to, PATHWAY)
        local = one.astimezone(ZoneInfo(to)).replace(tzinfo=None)
        assert local >= before.astimezone(ZoneInfo(old)).replace(tzinfo=None)

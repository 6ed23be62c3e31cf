"""The simulator's silence ladder takes the same steps as the service, and sees what goes wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.core.pathway import Pathway
from bot.core.schedule import utc_of
from bot.core.simulation import report, simulate
from bot.core.simulation.ladder import OpenCheckIn, Rung
from bot.pathfiles.load import load_library
from tests.unit.pathway_desk import PATHWAYS

SHANGHAI = "Asia/Shanghai"


def in_shanghai(_at: datetime) -> str:
    return SHANGHAI


@cache
def gallbladder() -> Pathway:
    return load_library(PATHWAYS).pathway("lap_cholecystectomy")


def at(hour: int, *, day: int = 2) -> datetime:
    return utc_of(datetime(2026, 3, day).date(), time(hour), ZoneInfo(SHANGHAI))  # noqa: DTZ001


def waiting(*, opened: datetime, next_opens: datetime | None = None) -> OpenCheckIn:
    """Reminded after 3 hours, a nurse 8 hours later."""
    return OpenCheckIn(gallbladder().check_in("day_1"), opened, opened, next_opens)


def test_a_reminder_waits_for_the_morning() -> None:
    rung = waiting(opened=at(19)).next_rung(gallbladder(), in_shanghai)
    assert rung == (at(8, day=3), Rung.REMIND)


def test_a_reminder_waits_for_the_morning_of_a_new_time_zone() -> None:
    """Eight in Shanghai is night in New York, where she is by then."""
    moves_at = at(20)

    def moves(moment: datetime) -> str:
        return "America/New_York" if moment >= moves_at else SHANGHAI

    reminded, _ = waiting(opened=at(19)).next_rung(gallbladder(), moves)
    assert reminded.astimezone(ZoneInfo("America/New_York")).hour >= 8
    assert reminded >= at(22)


def test_a_nurse_is_told_at_any_hour() -> None:
    one = waiting(opened=at(9))
    one.reminded_at = at(18)
    assert one.next_rung(gallbladder(), in_shanghai) == (at(2, day=3), Rung.NURSE)


def test_silence_counts_from_the_last_word() -> None:
    one = waiting(opened=at(9))
    one.reminded_at, one.heard_at = at(12), at(13)
    assert one.next_rung(gallbladder(), in_shanghai) == (at(21), Rung.NURSE)


def test_an_answer_at_the_last_moment_counts() -> None:
    event = waiting(opened=at(9)).next_event(gallbladder(), in_shanghai, answer=at(12), words=None)
    assert event == (at(12), Rung.ANSWER)


def test_the_next_check_in_ends_the_one_before() -> None:
    one = waiting(opened=at(9), next_opens=at(11))
    event = one.next_event(gallbladder(), in_shanghai, answer=None, words=None)
    assert event == (at(11), Rung.NEXT_OPENS)


def test_a_ladder_longer_than_the_gap_is_named_as_a_warning() -> None:
    plans = tuple(
        replace(plan, silence=replace(plan.silence, nurse_after=timedelta(days=5)))
        for plan in gallbladder().check_ins
    )
    slow = replace(gallbladder(), check_ins=plans)
    usual, spoilt = (
        report(simulate(pathway, patients=30, days=20, seed=1))["check_ins"]["overtaken"]
        for pathway in (gallbladder(), slow)
    )
    assert spoilt > usual


def test_a_check_in_planned_before_dawn_waits_for_the_end_of_the_quiet_hours() -> None:
    plans = tuple(replace(plan, opens=time(5)) for plan in gallbladder().check_ins)
    early = replace(gallbladder(), check_ins=plans)
    found = report(simulate(early, patients=15, days=20, seed=1))
    assert found["messages"]["in_quiet_hours"] == 0
    first = next(one for one in found["transcripts"] if one["persona"] == "silent_elder")
    assert first["lines"][0]["at"].endswith("08:00")


def test_a_check_in_that_waits_too_long_is_missed_and_a_nurse_is_told() -> None:
    plans = tuple(
        replace(
            plan, opens=time(5), lateness=replace(plan.lateness, send_within=timedelta(hours=1))
        )
        for plan in gallbladder().check_ins
    )
    found = report(simulate(replace(gallbladder(), check_ins=plans), patients=12, days=9, seed=1))
    assert found["check_ins"]["missed"] > 0
    told = sum(found["alerts"]["per_kind"]["late_check_in"].values())
    assert told == found["check_ins"]["missed"]

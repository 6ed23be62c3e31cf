"""The weekly test page: the real way, a real deadline, and never a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core.conversation import Outbound, Priority
from bot.core.drill_time import DrillTime, read_drill_time
from bot.core.errors import AftercareError
from bot.services.nurse_message import nurse_message
from bot.settings import read_settings
from bot.wiring import make_drill_time
from bot.workflows.at_once import run_due
from tests.builders import an_inbound, wang_and_her_ward
from tests.fakes import World, a_world, the_phrases

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE_ON_TUESDAY = DrillTime(1, time(9))  # START


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = a_world(tmp_path)
    made.parts = replace(made.parts, house=replace(made.parts.house, drill=NINE_ON_TUESDAY))
    made.add(*wang_and_her_ward())
    return made


def pages(world: World, name: str) -> list[Outbound]:
    found = world.rows("outbound", conversation_id=f"chat-{name}", order_by="seq")
    return [one for one in found if one.key.startswith("drill:")]


def press(world: World, name: str) -> None:
    button = pages(world, name)[0].buttons[0][0][0]
    message = an_inbound("", id=f"in-{name}", conversation_id=f"chat-{name}", button=button)
    with world.record.transaction() as tx:
        chat = tx.conversations.get(f"chat-{name}")
        nurse_message(tx, world.parts, conversation=chat, message=message)


def test_the_first_on_the_rota_gets_it_before_everything_else_and_answers(world: World) -> None:
    run_due(world.parts)
    (page,) = pages(world, "chen")
    assert (page.priority, page.state) == (Priority.NURSE_PAGE, "sent")
    assert page.text == "staff_drill.en minutes=5"
    world.clock.advance(seconds=40)
    press(world, "chen")
    assert world.said_to("chat-chen")[-1] == "staff_drill_thanks.en seconds=40"
    drill = world.get("drills", "2026-W11")
    assert (drill.answered_by, drill.next_step_at) == ("nurse-chen", None)
    world.clock.advance(minutes=30)
    run_due(world.parts)
    assert pages(world, "liu") == [], "answered: nobody else is disturbed"


def test_nobody_answers_so_the_next_is_told_and_in_the_end_it_was_missed(world: World) -> None:
    for _ in range(4):
        run_due(world.parts)
        world.clock.advance(minutes=5)
    assert [len(pages(world, name)) for name in ("chen", "liu", "zhao")] == [1, 1, 1]
    assert world.get("drills", "2026-W11").missed_at is not None
    press(world, "liu")
    assert world.get("drills", "2026-W11").answered_by == "nurse-liu"
    press(world, "zhao")
    assert world.said_to("chat-zhao")[-1] == "staff_drill_done.en"


def test_a_test_is_no_case_and_counts_nowhere(world: World) -> None:
    test_nobody_answers_so_the_next_is_told_and_in_the_end_it_was_missed(world)
    for name in ("escalations", "notifications", "causes", "tasks"):
        assert world.rows(name) == []
    for language, mark in (("zh", "测试"), ("en", "TEST")):
        text = the_phrases().say("staff_drill", language, minutes=5)
        assert mark in text
        assert "患者" in text or "not a patient" in text


def test_its_results_stand_in_the_audit(world: World) -> None:
    run_due(world.parts)
    press(world, "chen")
    found = [(one.action, one.who) for one in world.rows("audit", about="2026-W11")]
    assert sorted(found) == [("drill.answered", "nurse-chen"), ("drill.sent", "system")]


def test_there_is_one_a_week(world: World) -> None:
    run_due(world.parts)
    press(world, "chen")
    for _ in range(7 * 24):
        world.clock.advance(hours=1)
        run_due(world.parts)
    assert [one.id for one in world.rows("drills")] == ["2026-W11", "2026-W12"]


def test_whoever_has_no_chat_is_passed_over(world: World) -> None:
    with world.record.transaction() as tx:
        for name in ("chen", "liu"):
            chat = tx.conversations.get(f"chat-{name}")
            tx.conversations.swap(chat, replace(chat, unreachable=True))
    run_due(world.parts)
    assert [len(pages(world, name)) for name in ("chen", "liu", "zhao")] == [0, 0, 1]


def test_an_empty_rota_is_a_missed_test_at_once(world: World) -> None:
    with world.record.transaction() as tx:
        for shift in tx.shifts.find():
            tx.shifts.swap(shift, replace(shift, ends_at=shift.starts_at))
    run_due(world.parts)
    assert world.get("drills", "2026-W11").missed_at == world.clock.now()


def test_a_test_that_is_hours_late_is_left_out(world: World) -> None:
    world.clock.advance(hours=4)
    run_due(world.parts)
    assert world.rows("drills") == []


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (datetime(2026, 3, 10, 0, 59, tzinfo=UTC), None),
        (datetime(2026, 3, 10, 1, 0, tzinfo=UTC), "2026-W11"),
        (datetime(2026, 3, 10, 4, 59, tzinfo=UTC), "2026-W11"),
        (datetime(2026, 3, 10, 5, 0, tzinfo=UTC), None),
        (datetime(2026, 3, 9, 2, 0, tzinfo=UTC), None),
        (datetime(2026, 12, 29, 1, 30, tzinfo=UTC), "2026-W53"),
    ],
)
def test_it_is_due_at_its_hour_and_a_little_after(at: datetime, week: str | None) -> None:
    assert NINE_ON_TUESDAY.week(at, SHANGHAI) == week


def test_a_late_sunday_test_reaches_into_monday_as_last_weeks() -> None:
    late = DrillTime(6, time(23))
    monday = datetime(2026, 3, 9, 1, 0, tzinfo=SHANGHAI)
    assert late.week(monday, SHANGHAI) == "2026-W10"
    assert late.week(monday + timedelta(hours=3), SHANGHAI) is None


def test_its_time_is_read_or_refused() -> None:
    assert read_drill_time("Tue 10:00") == DrillTime(1, time(10))
    assert read_drill_time("off") is None
    for wrong in ("10:00", "xyz 10:00", "tue 25:00", "tue", ""):
        with pytest.raises(ValueError, match=r"."):
            read_drill_time(wrong)
    with pytest.raises(AftercareError, match="AFTERCARE_DRILL"):
        make_drill_time(read_settings({"AFTERCARE_DRILL": "daily"}))

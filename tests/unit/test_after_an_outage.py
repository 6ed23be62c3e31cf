"""After an outage: one message and not a burst, nothing stale, nothing at night, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Mode, OutboundState, Priority
from bot.core.errors import DeliveryFailed, NotFound
from bot.core.pathway import Late, Lateness
from bot.services.move_time_zone import NoSuchZone, move_time_zone
from bot.services.outbox import put
from bot.services.ports import EngineReply
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.unit.patient_desk import her_world, lead, sends
from tests.unit.test_check_ins_due import play_engine

HOUR = timedelta(hours=1)
SORRY = "late_reply.zh"


def a_ward(folder: Path, late: Late = Late.SKIP_AND_TELL_NURSE, *days: int) -> World:
    plans = tuple(
        replace(b.a_plan(f"day_{day}", day=day), lateness=Lateness(4 * HOUR, late))
        for day in days or (7,)
    )
    world = her_world(folder, b.a_pathway(check_ins=plans))
    world.add(*b.wang_and_her_ward())
    play_engine(world)
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_ward(tmp_path)


def planned(world: World, id: str = "check-in-wang", **over: Any) -> None:
    given: dict[str, Any] = {
        "state": CheckInState.PLANNED,
        "opened_at": None,
        "conversation_id": None,
    }
    world.add(replace(b.a_check_in(**{**given, **over}), id=id))


def check_in(world: World, id: str = "check-in-wang") -> CheckIn:
    found: CheckIn = world.get("check_ins", id)
    return found


def test_a_question_leaves_although_the_clock_moves_while_we_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood = world.clock.now
    reads = count()

    def moving() -> datetime:
        return stood() + timedelta(microseconds=next(reads))

    monkeypatch.setattr(world.clock, "now", moving)
    planned(world)
    run_due(world.parts)
    assert any(one.startswith("How is") for one in world.said_to("chat-wang"))


def provider_is_down(world: World) -> Any:
    good = world.sender.send

    def down(_message: Any) -> str:
        raise DeliveryFailed("down")

    world.sender.send = down  # type: ignore[method-assign]
    return good


def said(world: World) -> list[str]:
    return [one.text for one in world.sender.sent if one.address == "wang"]


def test_a_check_in_and_its_reminder_that_waited_become_one_question(world: World) -> None:
    planned(world)
    good = provider_is_down(world)
    run_due(world.parts)
    for _hour in range(5):  # the reminder and the question again are queued meanwhile
        world.clock.advance(hours=1)
        run_due(world.parts)
    world.sender.send = good  # type: ignore[method-assign]
    world.clock.advance(minutes=2)
    run_due(world.parts)
    assert said(world) == ["check_in_greeting.zh name=王秀英", "How is pain_rest?（中文）"]
    waiting = world.rows("outbound", state__in=(OutboundState.QUEUED, OutboundState.SENDING))
    assert waiting == []


def test_a_question_is_not_sent_when_its_check_in_is_over(world: World) -> None:
    planned(world)
    good = provider_is_down(world)
    run_due(world.parts)
    now = check_in(world)
    with world.record.transaction() as tx:
        tx.check_ins.swap(now, replace(now, state=CheckInState.STOPPED))
    world.sender.send = good  # type: ignore[method-assign]
    world.clock.advance(minutes=2)
    run_due(world.parts)
    assert said(world) == []


def test_a_question_held_up_until_night_waits_for_the_morning(world: World) -> None:
    world.clock.at = datetime(2026, 3, 10, 12, 50, tzinfo=UTC)  # 20:50 in Shanghai
    planned(world, due_at=world.clock.at)
    good = provider_is_down(world)
    run_due(world.parts)
    world.sender.send = good  # type: ignore[method-assign]
    for _step in range(40):  # 21:00 to 07:40
        world.clock.advance(minutes=16.2)
        run_due(world.parts)
        assert said(world) == []
    world.clock.at = datetime(2026, 3, 11, 0, 0, tzinfo=UTC)
    run_due(world.parts)
    assert said(world) == ["check_in_greeting.zh name=王秀英", "How is pain_rest?（中文）"]


def test_advice_and_a_nurses_words_go_out_at_night_and_however_late(world: World) -> None:
    world.clock.at = datetime(2026, 3, 10, 15, tzinfo=UTC)  # 23:00
    good = provider_is_down(world)
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "120", key="a", priority=Priority.URGENT_ADVICE)
        put(tx, world.parts, "chat-wang", "我是护士", key="n", kind="nurse")
    world.clock.advance(hours=3)
    world.sender.send = good  # type: ignore[method-assign]
    run_due(world.parts)
    assert said(world) == ["120", "我是护士"]


def test_answers_that_waited_become_one_message_with_an_apology(world: World) -> None:
    good = provider_is_down(world)
    with world.record.transaction() as tx:
        for number, text in enumerate(("洗澡要等拆线。", "可以吃鱼。", "洗澡要等拆线。")):
            put(tx, world.parts, "chat-wang", text, key=str(number))
    for _hour in range(3):
        run_due(world.parts)
        world.clock.advance(hours=1)
    world.sender.send = good  # type: ignore[method-assign]
    run_due(world.parts)
    assert said(world) == [f"{SORRY}\n\n洗澡要等拆线。\n\n可以吃鱼。"]


def test_what_may_have_arrived_already_is_not_changed(world: World) -> None:
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "一", key="1")
    world.sender.failures.append(DeliveryFailed("unknown"))
    run_due(world.parts)
    world.clock.advance(hours=2)
    run_due(world.parts)
    assert said(world) == ["一"]


def test_answers_too_long_for_one_message_are_still_all_said(world: World) -> None:
    with world.record.transaction() as tx:
        for number in range(4):
            put(tx, world.parts, "chat-wang", str(number) * 1400, key=str(number))
    world.clock.advance(hours=2)
    run_due(world.parts)
    assert len(said(world)) == 2
    assert all(str(number) * 1400 in "".join(said(world)) for number in range(4))


def test_an_answer_to_what_she_wrote_hours_ago_begins_with_an_apology(world: World) -> None:
    world.dialogue.turn = lambda **_: (EngineReply("可以。"), EngineReply("还有吗？"))  # type: ignore[method-assign]
    sends(world, "能洗澡吗")
    world.clock.advance(hours=2)
    run_due(world.parts)
    assert said(world) == [f"{SORRY}\n\n可以。", "还有吗？"]


def test_an_answer_in_time_has_no_apology(world: World) -> None:
    world.dialogue.turn = lambda **_: (EngineReply("可以。"),)  # type: ignore[method-assign]
    sends(world, "能洗澡吗")
    world.clock.advance(minutes=20)
    run_due(world.parts)
    assert said(world) == ["可以。"]


def test_nobody_is_reminded_of_what_she_has_not_read_and_silence_counts_from_the_asking(
    world: World,
) -> None:
    planned(world)
    good = provider_is_down(world)
    for _hour in range(5):
        run_due(world.parts)
        world.clock.advance(hours=1)
    world.sender.send = good  # type: ignore[method-assign]
    run_due(world.parts)  # 14:00: asked at last
    for _hour in range(3):
        world.clock.advance(hours=1)
        run_due(world.parts)
    assert not any("reminder" in one for one in said(world))
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert any("reminder" in one for one in said(world))


def test_a_question_that_never_left_is_a_nurses_in_time(world: World) -> None:
    planned(world)
    provider_is_down(world)
    for _step in range(13 * 6):
        run_due(world.parts)
        world.clock.advance(minutes=10)
    assert check_in(world).state is CheckInState.SILENT
    assert "silence" in [one.kind for one in world.rows("tasks")]


# --- Lateness, for each check-in as it was declared ---------------------------------------


def test_next_window_of_a_night_is_the_morning_that_has_come(tmp_path: Path) -> None:
    world = a_ward(tmp_path, Late.NEXT_WINDOW)
    planned(world, due_at=START - 6 * HOUR)
    run_due(world.parts)
    assert (check_in(world).due_at, check_in(world).state) == (START, CheckInState.OPEN)


def test_next_window_of_an_evening_is_tomorrow(tmp_path: Path) -> None:
    world = a_ward(tmp_path, Late.NEXT_WINDOW)
    planned(world)
    world.clock.advance(hours=6)
    run_due(world.parts)
    assert check_in(world).due_at == START + timedelta(days=1)
    assert said(world) == []
    world.clock.at = START + timedelta(days=1)
    run_due(world.parts)
    assert check_in(world).state is CheckInState.OPEN
    assert [one.kind for one in world.rows("tasks")] == []


def test_next_window_gives_way_to_a_check_in_that_comes_anyway(tmp_path: Path) -> None:
    world = a_ward(tmp_path, Late.NEXT_WINDOW, 7, 8)
    planned(world)
    planned(
        world,
        "tomorrow",
        plan_id="day_8",
        due_at=START + timedelta(days=1),
        window_end=START + timedelta(days=1, hours=11),
    )
    world.clock.advance(hours=6)
    run_due(world.parts)
    assert check_in(world).state is CheckInState.MISSED
    assert [one.kind for one in world.rows("tasks")] == ["late_check_in"]


# --- Moved to another zone ------------------------------------------------------------------


def test_who_moves_to_london_is_asked_at_nine_in_london(world: World) -> None:
    tomorrow = START + timedelta(days=1)
    planned(world, due_at=tomorrow, window_end=tomorrow + 10 * HOUR)
    moved = move_time_zone(
        world.parts, hospital_id="H-wang", zone="Europe/London", by="command line"
    )
    assert moved == 1
    assert check_in(world).due_at == datetime(2026, 3, 11, 9, tzinfo=UTC)
    assert check_in(world).window_end == datetime(2026, 3, 11, 19, tzinfo=UTC)
    assert world.get("patients", "patient-wang").time_zone == "Europe/London"
    assert [one.details for one in world.rows("audit", action="patient.move")]


def test_moving_there_and_back_changes_nothing_and_twice_is_once(world: World) -> None:
    planned(world, due_at=START + timedelta(days=1))
    before = check_in(world)
    for zone in ("Europe/London", "Europe/London", "Asia/Shanghai"):
        move_time_zone(world.parts, hospital_id="H-wang", zone=zone, by="x")
    assert check_in(world) == before


def test_a_zone_or_patient_that_does_not_exist_changes_nothing(world: World) -> None:
    with pytest.raises(NoSuchZone):
        move_time_zone(world.parts, hospital_id="H-wang", zone="Mars/Olympus", by="x")
    with pytest.raises(NotFound):
        move_time_zone(world.parts, hospital_id="H-nobody", zone="Europe/London", by="x")


def test_in_the_new_zone_the_night_is_the_new_night(world: World) -> None:
    world.clock.at = START + timedelta(days=1) - HOUR
    planned(world, due_at=START + timedelta(days=1))
    move_time_zone(world.parts, hospital_id="H-wang", zone="America/New_York", by="x")
    for _hour in range(12):  # 20:00 to 08:00 in New York
        run_due(world.parts)
        assert said(world) == []
        world.clock.advance(hours=1)
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert said(world)


def test_a_chat_that_a_nurse_took_over_meanwhile_gets_no_stale_question(world: World) -> None:
    planned(world)
    good = provider_is_down(world)
    run_due(world.parts)
    lead(world, Mode.NURSE, nurse_id="nurse-chen", epoch=1)
    world.sender.send = good  # type: ignore[method-assign]
    world.clock.advance(hours=2)
    run_due(world.parts)
    assert said(world) == []

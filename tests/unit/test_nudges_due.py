"""Reminders and teaching go out: once, by day, in one message, never stale or out of place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.conversation import Mode, OutboundState, Priority
from bot.core.errors import DeliveryFailed
from bot.core.nudge import Nudge, NudgeKind, NudgeState
from bot.core.pathway import Late, Lateness
from bot.core.patient import EpisodeState, Role
from bot.core.triage_level import TriageLevel
from bot.services.deliver import deliver
from bot.services.finish_check_in import finish_check_in
from bot.services.hand_back import hand_back
from bot.services.move_time_zone import move_time_zone
from bot.services.nudges_due import tend_nudge
from bot.services.outbox import put
from bot.services.start_episode import start_episode
from bot.services.take_over import take_over
from bot.services.whom import whom
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.unit.escalation_desk import raise_it
from tests.unit.patient_desk import her_world, lead, says
from tests.unit.test_nudge_plan import DROPS, LESSONS, VISIT

HOUR = timedelta(hours=1)
CHAT = "chat-wang"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Mrs Wang at 09:00 on day 6, on a pathway that reminds and teaches."""
    pathway = b.a_pathway(check_ins=(), reminders=(DROPS, VISIT), teaching=LESSONS)
    world = her_world(tmp_path, pathway)
    world.add(*b.wang_and_her_ward())
    return world


def a_nudge(plan_id: str = "drops", occurrence: int = 1, **over: Any) -> Nudge:
    due_at = over.pop("due_at", START)
    given: dict[str, Any] = {
        "kind": NudgeKind.REMINDER,
        "send_until": due_at + 4 * HOUR,
        "look_at": due_at,
        **over,
    }
    id = f"nudge-{plan_id}-{occurrence}"
    return Nudge(id, "episode-wang", plan_id=plan_id, occurrence=occurrence, due_at=due_at, **given)


def a_lesson(plan_id: str, **over: Any) -> Nudge:
    given = {"kind": NudgeKind.TEACHING, "send_until": START + 72 * HOUR, **over}
    return a_nudge(plan_id, **given)


def states(world: World) -> dict[str, NudgeState]:
    return {one.id.removeprefix("nudge-"): one.state for one in world.rows("nudges")}


def change(world: World, name: str, id: str, **to: Any) -> None:
    with world.record.transaction() as tx:
        rows = getattr(tx, name)
        before = rows.get(id)
        rows.swap(before, replace(before, **to))


def test_a_reminder_goes_out_in_its_hour_once_and_as_bulk(world: World) -> None:
    world.add(a_nudge())
    for _ in range(3):
        run_due(world.parts)
        tend_nudge(world.parts, "nudge-drops-1")
    assert world.said_to(CHAT) == ["Take your drops.（中文）"]
    (sent,) = world.rows("outbound")
    assert (sent.priority, sent.state, sent.check_in_id) == (
        *(Priority.CHECK_IN, OutboundState.SENT),
        None,
    )
    assert states(world) == {"drops-1": NudgeState.TOLD}


def test_a_worker_that_dies_before_the_commit_leaves_nothing_and_the_next_sends_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put_and_die(*given: Any, **named: Any) -> None:
        put(*given, **named)
        raise MemoryError

    world.add(a_nudge())
    with monkeypatch.context() as dying:
        dying.setattr("bot.services.nudges_due.put", put_and_die)
        with pytest.raises(MemoryError):
            tend_nudge(world.parts, "nudge-drops-1")
    assert world.said_to(CHAT) == []
    run_due(world.parts)
    assert world.said_to(CHAT) == ["Take your drops.（中文）"]


def test_a_crash_after_the_commit_loses_nothing(world: World) -> None:
    world.add(a_nudge())
    tend_nudge(world.parts, "nudge-drops-1")  # and nobody starts what it woke
    assert world.sender.sent == []
    run_due(world.parts)
    assert [one.text for one in world.sender.sent] == ["Take your drops.（中文）"]


def test_it_is_not_sent_before_its_hour(world: World) -> None:
    world.add(a_nudge(due_at=START + HOUR))
    assert run_due(world.parts) == 0
    tend_nudge(world.parts, "nudge-drops-1")
    assert world.said_to(CHAT) == []


def test_starting_an_episode_writes_each_reminder_and_lesson_once(world: World) -> None:
    with world.record.transaction() as tx:
        who = whom(tx, world.parts, tx.conversations.get(CHAT))
        assert who is not None
        start_episode(tx, world.parts, who)
    found = {(one.kind, one.plan_id, one.occurrence) for one in world.rows("nudges")}
    assert (NudgeKind.REMINDER, "visit", 1) in found
    assert {plan for kind, plan, _ in found if kind is NudgeKind.TEACHING} == {
        *("cooling", "chairs", "stitches")
    }


def test_a_newer_operation_ends_the_reminders_of_the_earlier_one(world: World) -> None:
    world.add(a_nudge(due_at=START + HOUR))
    world.add(b.an_episode("two", patient_id="patient-wang", surgery_on=START.date()))
    with world.record.transaction() as tx:
        who = whom(tx, world.parts, tx.conversations.get(CHAT))
        assert who is not None
        assert who.episode.id == "episode-two"
        start_episode(tx, world.parts, who)
    assert world.get("nudges", "nudge-drops-1").state is NudgeState.CANCELLED


def test_several_at_once_are_one_message_and_of_one_reminder_only_the_newest(world: World) -> None:
    world.add(*(a_nudge(occurrence=n, due_at=START - (3 - n) * HOUR) for n in (1, 2, 3)))
    world.add(a_nudge("visit", send_until=START + 48 * HOUR))
    run_due(world.parts)
    assert world.said_to(CHAT) == ["Take your drops.（中文）\n\nYour visit is due.（中文）"]
    assert states(world) == {
        "drops-1": NudgeState.SKIPPED,
        "drops-2": NudgeState.SKIPPED,
        "drops-3": NudgeState.TOLD,
        "visit-1": NudgeState.TOLD,
    }


def test_a_medicine_a_day_late_is_not_sent_and_nobody_is_troubled(world: World) -> None:
    world.add(a_nudge(due_at=START - 24 * HOUR))
    run_due(world.parts)
    assert world.said_to(CHAT) == []
    assert states(world) == {"drops-1": NudgeState.SKIPPED}
    assert world.rows("tasks") == []


def test_an_appointment_that_came_too_late_is_a_nurses_task_once(world: World) -> None:
    assert VISIT.lateness == Lateness(48 * HOUR, Late.SKIP_AND_TELL_NURSE)
    world.add(a_nudge("visit", due_at=START - 49 * HOUR, send_until=START - HOUR))
    run_due(world.parts)
    tend_nudge(world.parts, "nudge-visit-1")
    (task,) = world.rows("tasks")
    assert (task.kind, task.patient_id) == ("late_reminder", "patient-wang")
    assert task.text == "Your visit is due.（中文）"
    assert world.said_to(CHAT) == []


def test_nothing_goes_out_at_night_and_it_comes_in_the_morning(world: World) -> None:
    world.clock.at = datetime(2026, 3, 10, 14, tzinfo=UTC)  # 22:00 in Shanghai
    world.add(a_nudge("visit", due_at=world.clock.at, send_until=world.clock.at + 48 * HOUR))
    assert run_due(world.parts) == 1
    assert run_due(world.parts) == 0
    world.clock.advance(hours=10)
    run_due(world.parts)
    assert world.said_to(CHAT) == ["Your visit is due.（中文）"]


def emergency(world: World) -> Callable[[], None]:
    case = raise_it(world)
    run_due(world.parts)

    def over() -> None:
        change(world, "escalations", case.id, state="closed", closed_at=world.clock.at)

    return over


def taken_over(world: World) -> Callable[[], None]:
    lead(world, Mode.NURSE, nurse_id="nurse-chen")
    return lambda: lead(world, Mode.BOT, nurse_id=None)


def check_in_open(world: World) -> Callable[[], None]:
    later = START + 4 * HOUR
    world.add(b.a_check_in(follow_up_at=START + HOUR, window_end=later))
    return lambda: change(world, "check_ins", "check-in-wang", state="completed", ended_at=START)


@pytest.mark.parametrize("hold", [emergency, taken_over, check_in_open])
def test_it_waits_for_a_better_moment_and_then_comes(
    world: World, hold: Callable[[World], Callable[[], None]]
) -> None:
    over = hold(world)
    before = world.said_to(CHAT)
    world.add(a_nudge())
    run_due(world.parts)
    assert world.said_to(CHAT) == before
    assert states(world) == {"drops-1": NudgeState.PLANNED}
    over()
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert world.said_to(CHAT)[-1] == "Take your drops.（中文）"


@pytest.mark.parametrize("hold", [emergency, taken_over])
def test_a_medicine_held_for_too_long_is_not_sent_at_all(
    world: World, hold: Callable[[World], Callable[[], None]]
) -> None:
    over = hold(world)
    world.add(a_nudge())
    for _ in range(26):
        run_due(world.parts)
        world.clock.advance(minutes=10)
    over()
    run_due(world.parts)
    assert "Take your drops.（中文）" not in world.said_to(CHAT)
    assert states(world) == {"drops-1": NudgeState.SKIPPED}


def test_a_case_that_is_no_emergency_holds_nothing_back(world: World) -> None:
    raise_it(world, level=TriageLevel.SAME_DAY)
    world.add(a_nudge())
    run_due(world.parts)
    assert world.said_to(CHAT)[-1] == "Take your drops.（中文）"


def test_after_stop_nothing_more_is_sent(world: World) -> None:
    says(world, "退订")
    said = world.said_to(CHAT)
    world.add(a_nudge())
    run_due(world.parts)
    assert world.said_to(CHAT) == said
    assert states(world) == {"drops-1": NudgeState.CANCELLED}


@pytest.mark.parametrize("state", [EpisodeState.FINISHED, EpisodeState.CANCELLED])
def test_after_the_end_of_the_follow_up_nothing_is_sent(world: World, state: EpisodeState) -> None:
    change(world, "episodes", "episode-wang", state=state)
    world.add(a_nudge())
    run_due(world.parts)
    assert world.said_to(CHAT) == []
    assert states(world) == {"drops-1": NudgeState.CANCELLED}


def only_her_son(world: World, language: str = "zh") -> None:
    lead(world, Mode.STOPPED)
    world.add(b.a_contact("son", of="wang"), b.a_chat("son", language=language))
    assert world.get("contacts", "contact-son").role is Role.CAREGIVER


@pytest.mark.parametrize("language", ["zh", "en"])
def test_her_caregiver_is_asked_to_pass_it_on(world: World, language: str) -> None:
    only_her_son(world, language)
    world.add(a_nudge())
    run_due(world.parts)
    words = {"zh": "Take your drops.（中文）", "en": "Take your drops."}[language]
    assert world.said_to("chat-son") == [f"nudge_caregiver.{language} name=王秀英 text={words}"]


def test_words_written_for_a_parent_are_not_passed_on(tmp_path: Path) -> None:
    pathway = b.a_pathway(check_ins=(), reminders=(DROPS,), respondent="parent")
    world = her_world(tmp_path, pathway)
    world.add(*b.wang_and_her_ward())
    only_her_son(world)
    world.add(a_nudge())
    run_due(world.parts)
    assert world.said_to("chat-son") == ["Take your drops.（中文）"]


def test_teaching_gives_way_to_a_reminder_and_comes_the_next_morning(world: World) -> None:
    world.add(a_nudge(), a_lesson("chairs"), a_lesson("stitches"))
    run_due(world.parts)
    assert world.said_to(CHAT) == ["Take your drops.（中文）"]
    said = []
    for _ in range(2):
        world.clock.at = (world.clock.at + 24 * HOUR).replace(hour=2, minute=0)  # 10:00 there
        run_due(world.parts)
        said.append(len(world.said_to(CHAT)))
    assert said == [2, 3], "one a day"


def test_teaching_on_its_last_day_does_not_give_way(world: World) -> None:
    world.add(a_nudge(), a_lesson("cooling", send_until=START + 15 * HOUR))
    run_due(world.parts)
    assert world.said_to(CHAT) == ["Take your drops.（中文）\n\ncooling.（中文）"]


def test_a_check_in_says_what_is_to_be_taught_today_so_no_message_of_its_own_comes(
    tmp_path: Path,
) -> None:
    world = her_world(tmp_path, b.a_pathway(teaching=LESSONS))
    world.add(*b.wang_and_her_ward())
    world.add(b.a_check_in(current_question="pain_rest", follow_up_at=START + 4 * HOUR))
    world.add(a_lesson("chairs", due_at=START + HOUR, send_until=START + 72 * HOUR))
    with world.record.transaction() as tx:
        chat = tx.conversations.get(CHAT)
        who = whom(tx, world.parts, chat)
        check_in = tx.check_ins.get("check-in-wang")
        assert chat is not None
        assert who is not None
        assert check_in is not None
        (said,) = finish_check_in(tx, world.parts, chat, who, check_in)
    assert "chairs.（中文）" in said.text
    assert states(world) == {"chairs-1": NudgeState.TOLD}


def test_what_waited_for_its_provider_is_taken_back_and_not_sent_stale(world: World) -> None:
    world.add(a_nudge())
    world.sender.failures.extend(DeliveryFailed("down") for _ in range(20))
    run_due(world.parts)
    world.clock.advance(hours=5)
    world.sender.failures.clear()
    run_due(world.parts)
    assert world.sender.sent == []
    assert states(world) == {"drops-1": NudgeState.SKIPPED}
    (gone,) = world.rows("outbound")
    assert gone.state is OutboundState.CANCELLED


def test_an_emergency_while_it_waited_for_its_provider_holds_it_back(world: World) -> None:
    world.add(a_nudge("visit", send_until=START + 48 * HOUR))
    world.sender.failures.append(DeliveryFailed("down"))
    tend_nudge(world.parts, "nudge-visit-1")
    deliver(world.parts, CHAT)
    over = emergency(world)
    world.clock.advance(minutes=5)
    deliver(world.parts, CHAT)
    assert not any("visit" in one.text for one in world.sender.sent)
    over()
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert [one.text for one in world.sender.sent if "visit" in one.text] == [
        "Your visit is due.（中文）"
    ]


def test_a_reminder_that_waits_when_a_nurse_takes_over_comes_after_she_has_ended(
    world: World,
) -> None:
    world.add(a_nudge("visit", send_until=START + 48 * HOUR))
    world.sender.failures.append(DeliveryFailed("down"))
    run_due(world.parts)
    take_over(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    world.clock.advance(minutes=5)
    run_due(world.parts)
    assert not any("visit" in one.text for one in world.sender.sent)
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    world.clock.advance(minutes=10)
    run_due(world.parts)
    assert [one.text for one in world.sender.sent if "visit" in one.text] == [
        "Your visit is due.（中文）"
    ]


def test_what_a_provider_may_have_taken_is_not_planned_again(world: World) -> None:
    world.add(a_nudge("visit", send_until=START + 48 * HOUR))
    world.sender.failures.append(DeliveryFailed("unknown"))
    run_due(world.parts)
    take_over(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    assert states(world) == {"visit-1": NudgeState.TOLD}


def test_when_she_stops_her_caregiver_gets_what_still_waited(world: World) -> None:
    world.add(b.a_contact("son", of="wang"), b.a_chat("son"))
    world.add(a_nudge("visit", send_until=START + 48 * HOUR))
    world.sender.failures.append(DeliveryFailed("down"))
    tend_nudge(world.parts, "nudge-visit-1")
    deliver(world.parts, CHAT)
    says(world, "退订")
    assert [one for one in world.said_to("chat-son") if "visit" in one] == [
        "nudge_caregiver.zh name=王秀英 text=Your visit is due.（中文）"
    ]


def test_who_travels_is_reminded_at_her_hour_there(world: World) -> None:
    due = START + 24 * HOUR
    world.add(a_nudge(due_at=due))
    move_time_zone(world.parts, hospital_id="H-wang", zone="Europe/London", by="nurse-chen")
    there = world.get("nudges", "nudge-drops-1")
    assert there.due_at == there.look_at == due + 8 * HOUR
    assert there.send_until == there.due_at + 4 * HOUR


def test_an_episode_of_before_there_were_reminders_gets_only_what_lies_ahead(
    tmp_path: Path,
) -> None:
    pathway = b.a_pathway(reminders=(DROPS, VISIT), teaching=LESSONS)
    world = her_world(tmp_path, pathway)
    world.add(*b.wang_and_her_ward())
    planned = {"state": "planned", "opened_at": None, "conversation_id": None}
    world.add(b.a_check_in(**planned))
    run_due(world.parts)
    due = [(one.plan_id, one.occurrence) for one in world.rows("nudges", order_by="due_at")]
    # Day 6: "stitches" begins tomorrow; what began earlier was said with check-ins.
    drops = [("drops", n) for n in range(3, 8)]
    assert due == [*drops[:3], ("stitches", 1), *drops[3:], ("visit", 1)]
    assert all(one.send_until > START for one in world.rows("nudges"))

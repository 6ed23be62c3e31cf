"""Deliver: in order, at most marked as twice, and never given up without a nurse (P8)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.conversation import Mode, Outbound, OutboundState, Priority
from bot.core.errors import DeliveryFailed
from bot.core.message import Outgoing
from bot.services import deliver as module
from bot.services.deliver import deliver
from bot.services.outbox import put
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.fakes import FakeSender, World
from tests.unit.patient_desk import her_world, lead

CANARY = "CANARY您的伤口"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = her_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    return world


def queue(world: World, *texts: str, **over: Any) -> list[str]:
    with world.record.transaction() as tx:
        made = [put(tx, world.parts, "chat-wang", one, key=one, **over) for one in texts]
    return [one for one in made if one]


def sent(world: World) -> list[str]:
    return [one.text for one in world.sender.sent]


def only(world: World) -> Outbound:
    (found,) = world.rows("outbound")
    return found  # type: ignore[no-any-return]


def test_messages_go_out_in_the_order_they_were_said(world: World) -> None:
    queue(world, "一", "二", "三")
    deliver(world.parts, "chat-wang")
    assert sent(world) == ["一", "二", "三"]


def test_the_same_key_is_said_once(world: World) -> None:
    queue(world, "一")
    queue(world, "一")
    deliver(world.parts, "chat-wang")
    assert sent(world) == ["一"]


def test_urgent_words_overtake(world: World) -> None:
    queue(world, "一", "二")
    queue(world, "请拨打 120", priority=Priority.URGENT_ADVICE, kind="system")
    deliver(world.parts, "chat-wang")
    assert sent(world) == ["请拨打 120", "一", "二"]


def test_a_page_of_our_own_is_woken_when_its_message_stands_in_the_record(world: World) -> None:
    seen: list[str] = []

    class Page(FakeSender):
        own_page = True

        def send(self, message: Outgoing) -> str:
            seen.append(only(world).state)
            raise OSError("nobody looks at it")

    parts = replace(world.parts, senders={"telegram": Page()})
    queue(world, "一")
    deliver(parts, "chat-wang")
    deliver(parts, "chat-wang")
    assert seen == [OutboundState.SENT]
    assert not only(world).possible_duplicate


@pytest.mark.parametrize("reason", ["down", "unknown", "too_fast"])
def test_a_provider_that_does_not_take_it_is_tried_again_in_order(
    world: World, reason: str
) -> None:
    queue(world, "一", "二")
    world.sender.failures.append(DeliveryFailed(reason, retry_after=30))
    run_due(world.parts)
    assert sent(world) == []
    world.clock.advance(seconds=31)
    run_due(world.parts)
    assert sent(world) == ["一", "二"]
    doubted = [one.possible_duplicate for one in world.rows("outbound", order_by="seq")]
    assert doubted == [reason == "unknown", False]


def test_too_fast_waits_as_long_as_the_provider_says(world: World) -> None:
    queue(world, "一")
    world.sender.failures.append(DeliveryFailed("too_fast", retry_after=300))
    run_due(world.parts)
    world.clock.advance(seconds=299)
    run_due(world.parts)
    assert sent(world) == []
    world.clock.advance(seconds=1)
    run_due(world.parts)
    assert sent(world) == ["一"]


def test_what_is_refused_goes_to_a_nurse_and_the_next_goes_on(world: World) -> None:
    queue(world, CANARY, "二")
    world.sender.failures.append(DeliveryFailed("refused"))
    run_due(world.parts)
    assert sent(world) == ["二"]
    (task,) = world.rows("tasks")
    assert (task.kind, task.text) == ("dead_letter", CANARY)


def test_a_blocked_chat_is_one_task_and_not_one_for_each_message(world: World) -> None:
    queue(world, "一", "二", "三")
    world.sender.failures.extend([DeliveryFailed("blocked")] * 3)
    run_due(world.parts)
    assert world.get("conversations", "chat-wang").unreachable
    assert [one.kind for one in world.rows("tasks")] == ["unreachable"]
    assert {one.state for one in world.rows("outbound")} == {OutboundState.DEAD}


def test_advice_that_a_blocked_chat_missed_is_told_to_a_nurse(world: World) -> None:
    queue(world, CANARY, priority=Priority.URGENT_ADVICE, kind="system")
    world.sender.failures.append(DeliveryFailed("blocked"))
    run_due(world.parts)
    assert sorted(one.kind for one in world.rows("tasks")) == ["dead_letter", "unreachable"]


def test_a_nurses_own_words_that_did_not_arrive_come_back_to_a_nurse(world: World) -> None:
    queue(world, CANARY, kind="nurse")
    world.sender.failures.append(DeliveryFailed("blocked"))
    run_due(world.parts)
    assert CANARY in [one.text for one in world.rows("tasks", kind="dead_letter")]


def test_who_blocks_us_a_second_time_is_a_second_task(world: World) -> None:
    for text in ("一", "二"):
        lead(world, Mode.BOT, unreachable=False)
        queue(world, text)
        world.sender.failures.append(DeliveryFailed("blocked"))
        run_due(world.parts)
    assert [one.kind for one in world.rows("tasks")] == ["unreachable", "unreachable"]


def test_a_crash_between_send_and_mark_sends_once_more_and_marks_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(world, "一")
    send = world.sender.send

    def send_and_die(message: Any) -> str:
        send(message)
        raise KeyboardInterrupt  # kill -9 leaves no time to mark anything either

    with monkeypatch.context() as patched:
        patched.setattr(world.sender, "send", send_and_die)
        with pytest.raises(KeyboardInterrupt):
            deliver(world.parts, "chat-wang")
    assert only(world).state is OutboundState.SENDING
    run_due(world.parts)
    assert sent(world) == ["一"]  # in hand: nobody takes it yet
    world.clock.advance(seconds=61)
    run_due(world.parts)
    assert sent(world) == ["一", "一"]
    assert (only(world).state, only(world).possible_duplicate) == (OutboundState.SENT, True)


def test_a_sender_that_breaks_is_an_unknown_outcome_and_logs_no_words(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    queue(world, CANARY)

    def breaks(message: Any) -> str:
        raise RuntimeError(f"bad payload: {message.text}")

    good, world.sender.send = world.sender.send, breaks  # type: ignore[method-assign]
    run_due(world.parts)
    world.sender.send = good  # type: ignore[method-assign]
    world.clock.advance(seconds=61)
    run_due(world.parts)
    assert (only(world).state, only(world).possible_duplicate) == (OutboundState.SENT, True)
    for record in caplog.records:
        assert "CANARY" not in logging.Formatter().format(record) + repr(record.__dict__)


def test_the_words_of_the_chatbot_end_when_the_lead_changes(world: World) -> None:
    queue(world, "痛吗？")
    queue(world, "护士已知道", kind="system")
    lead(world, Mode.NURSE, nurse_id="nurse-chen", epoch=1)
    run_due(world.parts)
    assert sent(world) == ["护士已知道"]
    states = [one.state for one in world.rows("outbound", order_by="seq")]
    assert states == [OutboundState.CANCELLED, OutboundState.SENT]


def test_a_stopped_chat_gets_safety_and_nothing_else(world: World) -> None:
    lead(world, Mode.STOPPED)
    queue(world, "今天痛吗？")
    queue(world, "请拨打 120", kind="system", priority=Priority.URGENT_ADVICE)
    run_due(world.parts)
    assert sent(world) == ["请拨打 120"]


def test_after_a_day_an_ordinary_message_is_a_nurses(world: World) -> None:
    queue(world, "一")
    failing(world)
    for hours in (0, 12, 13):
        world.clock.advance(hours=hours)
        deliver(world.parts, "chat-wang")
    assert only(world).state is OutboundState.DEAD
    assert [one.kind for one in world.rows("tasks")] == ["dead_letter"]


def test_advice_is_never_given_up(world: World) -> None:
    queue(world, "一", priority=Priority.URGENT_ADVICE, kind="system")
    failing(world)
    for _day in range(5):
        world.clock.advance(days=1)
        deliver(world.parts, "chat-wang")
    assert only(world).state is OutboundState.QUEUED


def failing(world: World) -> None:
    def down(_message: Any) -> str:
        raise DeliveryFailed("down")

    world.sender.send = down  # type: ignore[method-assign]


def test_a_channel_that_is_not_set_up_keeps_the_message(world: World) -> None:
    world.add(b.a_chat("sms", channel="sms", contact_id=None))
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-sms", "一", key="k")
    deliver(world.parts, "chat-sms")
    assert only(world).state is OutboundState.QUEUED


def test_a_message_that_somebody_else_settled_is_not_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker was slow, not dead: it marks the message while the second claims it."""
    queue(world, "一")
    real = module._head
    seen: list[Any] = []

    def slow(tx: Any, conversation_id: str, urgent: bool) -> Any:
        head = real(tx, conversation_id, urgent)
        if head is not None and not seen:
            seen.append(head)
            tx.outbound.swap(head, replace(head, state=OutboundState.SENT, external_id="p"))
        return head

    monkeypatch.setattr(module, "_head", slow)
    deliver(world.parts, "chat-wang")
    assert sent(world) == []


def test_waiting_grows_but_never_beyond_a_minute(world: World) -> None:
    queue(world, "一")
    failing(world)
    waits = []
    for _try in range(9):
        deliver(world.parts, "chat-wang")
        until = only(world).not_before
        assert until is not None
        waits.append(until - world.clock.now())
        world.clock.at = until
    assert waits == sorted(waits)
    assert max(waits) == timedelta(seconds=60)

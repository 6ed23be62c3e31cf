"""Pace: a provider is never overrun, and a page never waits for twenty thousand check-ins."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import LIMITS
from bot.core.conversation import Priority
from bot.core.errors import DeliveryFailed
from bot.core.message import Outgoing
from bot.core.pace import Pace, chat_free_at, refused, room, used_once
from bot.services.deliver import deliver, page
from bot.services.find_due import find_due
from bot.services.outbox import put
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world

ACCOUNT = "telegram:ward"
PATIENTS = 60


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world(tmp_path, limits={"telegram": LIMITS})
    world.add(*b.wang_and_her_ward())
    return world


def many_check_ins(world: World, count: int = PATIENTS, texts: int = 1) -> None:
    for number in range(count):
        world.add(b.a_chat(f"p{number}", contact_id=None))
    with world.record.transaction() as tx:
        for number in range(count):
            for text in range(texts):
                key = f"check-in-{number}-{text}"
                put(tx, world.parts, f"chat-p{number}", key, key=key, priority=Priority.CHECK_IN)


def page_chen(world: World) -> None:
    with world.record.transaction() as tx:
        put(
            tx,
            world.parts,
            "chat-chen",
            "PAGE",
            key="page",
            priority=Priority.NURSE_PAGE,
            kind="page",
        )


def sent(world: World) -> list[str]:
    return [one.text for one in world.sender.sent]


def drain(world: World, *, seconds: float, every: float = 0.1) -> list[int]:
    """Work on virtual time; how many messages left in each step."""
    left = []
    for _step in range(round(seconds / every)):
        before = len(world.sender.sent)
        run_due(world.parts)
        left.append(len(world.sender.sent) - before)
        world.clock.advance(seconds=every)
    return left


def test_a_page_goes_ahead_of_every_check_in_of_every_chat(world: World) -> None:
    many_check_ins(world)
    run_due(world.parts)
    waiting = len(sent(world))
    assert waiting < PATIENTS
    page_chen(world)
    run_due(world.parts)
    assert sent(world)[waiting:] == ["PAGE"]


def test_many_pages_at_one_moment_all_leave_at_that_moment(world: World) -> None:
    many_check_ins(world)
    run_due(world.parts)
    before = len(sent(world))
    with world.record.transaction() as tx:
        for number in range(40):
            chat = f"chat-p{number}"
            put(tx, world.parts, chat, "120", key=f"u{number}", priority=Priority.URGENT_ADVICE)
    run_due(world.parts)
    assert sent(world)[before:] == ["120"] * 40


def test_in_no_second_does_the_provider_get_more_than_it_takes(world: World) -> None:
    many_check_ins(world, 80)
    left = drain(world, seconds=5)
    assert sum(left) == 80
    assert max(sum(left[at : at + 10]) for at in range(len(left))) <= 30
    assert sum(left[:30]) >= 3 * LIMITS.per_second, "and it is used as far as it goes"


def test_a_conversation_goes_ahead_of_check_ins(world: World) -> None:
    many_check_ins(world)
    run_due(world.parts)
    before = len(sent(world))
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "您好", key="hello")
    run_due(world.parts)
    assert sent(world)[before:] == ["您好"]


def test_one_chat_gets_a_short_burst_and_then_one_a_second_in_order(world: World) -> None:
    with world.record.transaction() as tx:
        for number in range(6):
            put(tx, world.parts, "chat-wang", str(number), key=str(number))
    run_due(world.parts)
    assert sent(world) == ["0", "1", "2"]
    drain(world, seconds=4, every=1)
    assert sent(world) == ["0", "1", "2", "3", "4", "5"]


def test_the_web_chat_is_not_limited(world: World) -> None:
    world.add(b.a_chat("web", channel="webchat", contact_id=None))
    with world.record.transaction() as tx:
        for number in range(50):
            put(tx, world.parts, "chat-web", str(number), key=str(number))
    run_due(world.parts)
    assert len(sent(world)) == 50


def test_the_web_chat_does_not_wait_behind_telegram(world: World) -> None:
    many_check_ins(world)
    run_due(world.parts)
    world.add(b.a_chat("web", channel="webchat", contact_id=None))
    before = len(sent(world))
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-web", "web", key="web", priority=Priority.CHECK_IN)
    run_due(world.parts)
    assert sent(world)[before:] == ["web"]


def test_one_chat_that_is_too_fast_holds_only_itself(world: World) -> None:
    many_check_ins(world, 6)
    world.sender.failures.append(DeliveryFailed("too_fast", retry_after=300))
    drain(world, seconds=3)
    assert len(sent(world)) == 5
    world.clock.advance(seconds=300)
    run_due(world.parts)
    assert len(sent(world)) == 6


def test_when_two_chats_are_too_fast_bulk_waits_and_a_page_does_not(world: World) -> None:
    many_check_ins(world, 20)
    world.sender.failures.extend([DeliveryFailed("too_fast", retry_after=60)] * 2)
    drain(world, seconds=3)
    held = len(sent(world))
    assert held <= 4, "those that had left before the second refusal"
    page_chen(world)
    run_due(world.parts)
    assert sent(world)[held:] == ["PAGE"]
    drain(world, seconds=50, every=5)
    assert len(sent(world)) == held + 1
    drain(world, seconds=15, every=0.5)
    assert len(sent(world)) == 21


def test_a_page_that_was_too_fast_keeps_its_own_time(world: World) -> None:
    page_chen(world)
    world.sender.failures.append(DeliveryFailed("too_fast", retry_after=300))
    run_due(world.parts)
    world.clock.advance(seconds=2)
    run_due(world.parts)
    assert sent(world) == ["PAGE"]


def test_two_workers_together_keep_one_pace(world: World) -> None:
    """The pace is in the record: who asks does not matter, only how often."""
    many_check_ins(world)
    for number in range(PATIENTS):
        deliver(world.parts, f"chat-p{number}")
    alone = len(sent(world))
    for number in range(PATIENTS):
        deliver(world.parts, f"chat-p{number}")
    assert len(sent(world)) == alone == 4


def test_what_is_held_back_is_not_due_so_nobody_spins(world: World) -> None:
    many_check_ins(world)
    run_due(world.parts)
    assert find_due(world.parts) == []


def test_a_page_does_not_take_ordinary_words_along(world: World) -> None:
    page_chen(world)
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-chen", "later", key="later", kind="system")
    page(world.parts, "chat-chen")
    assert sent(world) == ["PAGE"]
    assert ("deliver:telegram", "chat-chen") in world.woken


def test_a_hanging_provider_is_met_by_the_page_in_its_own_slot(world: World) -> None:
    """The chat itself is in hand of a slow call: the page goes all the same."""
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-chen", "slow", key="slow", kind="system")
    seen: list[str] = []

    def slow(message: Outgoing) -> str:
        seen.append(message.text)
        if message.text == "slow":
            page_chen(world)
            page(world.parts, "chat-chen")
        return "id"

    world.sender.send = slow  # type: ignore[method-assign]
    deliver(world.parts, "chat-chen")
    assert seen == ["slow", "PAGE"]


def test_the_less_urgent_the_less_room() -> None:
    pace: Any = Pace(ACCOUNT, START)
    rooms = []
    for _message in range(LIMITS.burst):
        rooms.append([room(pace, LIMITS, one, START) for one in Priority])
        pace = used_once(pace, LIMITS, START)
    assert rooms[0][2:] == [7, 4]
    assert rooms[4][2:] == [3, 0]
    assert rooms[-1][2:] == [0, 0]
    assert all(page > 1000 and advice > 1000 for page, advice, _, _ in rooms)


def test_an_old_refusal_does_not_make_a_new_one_everybodys() -> None:
    first = refused(Pace(ACCOUNT, START), "a", START + timedelta(seconds=5), START)
    later = START + timedelta(seconds=6)
    assert refused(first, "b", later + timedelta(seconds=5), later).held_until is None
    assert refused(first, "b", later, START).held_until == later


def test_a_chat_that_was_silent_may_burst_again() -> None:
    assert chat_free_at(None, LIMITS, START) == START
    assert chat_free_at(START + timedelta(seconds=2), LIMITS, START) == START
    assert chat_free_at(START + timedelta(seconds=3), LIMITS, START) == START + timedelta(seconds=1)

"""Lane: one worker at a time; who lost the lane writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.core.conversation import InboundState
from bot.services import lane
from bot.services.converse import converse, settle
from bot.services.ports import EngineReply
from tests import builders as b
from tests.fakes import World
from tests.unit.patient_desk import her_world, sends


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = her_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    return world


def _token(world: World) -> int:
    """Take the lane; 0 when it cannot be had."""
    claimed = lane.claim(world.parts, "chat-wang")
    return claimed[0] if claimed else 0


def test_a_lane_is_held_by_one_worker(world: World) -> None:
    sends(world, "您好")
    assert _token(world) == 1
    assert _token(world) == 0


def test_a_chat_that_does_not_exist_has_no_lane(world: World) -> None:
    assert lane.claim(world.parts, "nobody") is None


def test_nobody_takes_a_lane_in_which_nothing_waits(world: World) -> None:
    assert _token(world) == 0
    sends(world, "您好")
    assert _token(world) == 1


def test_a_lane_that_was_left_is_taken_over_when_its_lease_ends(world: World) -> None:
    sends(world, "您好")
    first = _token(world)
    world.clock.advance(seconds=44)
    assert _token(world) == 0
    world.clock.advance(seconds=1)
    assert (first, _token(world)) == (1, 2)


def test_who_lost_the_lane_cannot_go_on(world: World) -> None:
    sends(world, "您好")
    old = _token(world)
    world.clock.advance(seconds=46)
    assert _token(world)
    with pytest.raises(lane.LaneLost):
        lane.next_message(world.parts, "chat-wang", old)


def test_each_message_renews_the_lease(world: World) -> None:
    sends(world, "您好")
    token = _token(world)
    world.clock.advance(seconds=40)
    lane.next_message(world.parts, "chat-wang", token)
    world.clock.advance(seconds=40)
    assert _token(world) == 0


def test_an_empty_lane_is_given_back_at_once(world: World) -> None:
    sends(world, "您好")
    token = _token(world)
    (message,) = world.rows("inbound")
    with world.parts.record.transaction() as tx:
        settle(tx, world.parts, message)
    assert lane.next_message(world.parts, "chat-wang", token) is None
    sends(world, "在吗")
    assert _token(world) == token + 1


def test_the_answer_of_a_worker_that_was_too_slow_is_dropped(world: World) -> None:
    """Its engine hung for a minute; another worker has answered meanwhile."""
    said: list[str] = []

    def turn(**_asked: Any) -> tuple[EngineReply, ...]:
        said.append("turn")
        if len(said) == 1:
            world.clock.advance(seconds=60)
            converse(world.parts, "chat-wang")
            return (EngineReply("too late"),)
        return (EngineReply("in time"),)

    world.dialogue.turn = turn  # type: ignore[method-assign]
    sends(world, "您好")
    converse(world.parts, "chat-wang")
    assert world.said_to("chat-wang") == ["in time"]
    (message,) = world.rows("inbound")
    assert message.state is InboundState.DONE


def test_a_worker_that_failed_too_late_gives_nothing_to_a_nurse(world: World) -> None:
    said: list[str] = []

    def turn(**_asked: Any) -> tuple[EngineReply, ...]:
        said.append("turn")
        if len(said) == 1:
            world.clock.advance(seconds=60)
            converse(world.parts, "chat-wang")
            raise TimeoutError
        return (EngineReply("in time"),)

    world.dialogue.turn = turn  # type: ignore[method-assign]
    sends(world, "您好")
    converse(world.parts, "chat-wang")
    assert world.said_to("chat-wang") == ["in time"]
    assert world.rows("inbound")[0].attempts == 0

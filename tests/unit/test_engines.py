"""Several engines: a conversation stays with its own, and goes on with another when it is down."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.errors import EngineUnavailable
from bot.dialogue.engines import ALL_SECONDS, Engines
from bot.services.lane import LEASE
from bot.services.ports import EngineReply

CHATS = [f"chat-{n}" for n in range(100)]


class Watch:
    """A clock that only engines and tests move."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds


class Engine:
    """`takes`: seconds that a turn takes; None: the connection is refused at once."""

    def __init__(self, url: str, watch: Watch) -> None:
        self.url, self.watch, self.takes, self.heard = url, watch, 0.0, list[str]()

    def turn(self, *, conversation_id: str, seconds: float, **_more: Any):  # type: ignore[no-untyped-def]
        self.heard.append(conversation_id)
        if self.takes is None or self.takes > seconds:
            self.watch.seconds += 0 if self.takes is None else seconds
            raise EngineUnavailable(self.url)
        self.watch.seconds += self.takes
        return (EngineReply(self.url),)

    def why_not_ready(self) -> str | None:
        return "ConnectError" if self.takes is None else None


class Hall:
    def __init__(self, number: int) -> None:
        self.watch = Watch()
        self.each = [Engine(f"http://engine-{n}:5005", self.watch) for n in range(number)]
        self.all = Engines(self.each, monotonic=self.watch.now)  # type: ignore[arg-type]

    def turn(self, chat: str) -> str:
        said = self.all.turn(turn_id="t", conversation_id=chat, text="好", intent=None, metadata={})
        return said[0].text


def test_conversations_are_spread_and_each_stays_with_its_engine() -> None:
    hall = Hall(2)
    first = {chat: hall.turn(chat) for chat in CHATS}
    assert {chat: hall.turn(chat) for chat in CHATS} == first
    assert all(len(one.heard) > 60 for one in hall.each)


def test_every_worker_finds_the_same_engine_whatever_the_order_in_its_setting() -> None:
    hall = Hall(3)
    turned = Engines(hall.each[::-1], monotonic=hall.watch.now)  # type: ignore[arg-type]
    for chat in CHATS:
        said = turned.turn(turn_id="t", conversation_id=chat, text="好", intent=None, metadata={})
        assert said[0].text == hall.turn(chat)


def test_an_engine_that_is_down_costs_no_conversation_its_turn() -> None:
    hall = Hall(2)
    hall.each[0].takes = None
    assert {hall.turn(chat) for chat in CHATS} == {hall.each[1].url}
    assert len(hall.each[0].heard) == 1, "it is not asked again by everybody at once"


def test_an_engine_that_came_back_gets_its_conversations_back() -> None:
    hall = Hall(2)
    before = {chat: hall.turn(chat) for chat in CHATS}
    hall.each[0].takes = None
    for chat in CHATS:
        hall.turn(chat)
    hall.each[0].takes = 0.0
    hall.watch.seconds += 6
    assert {chat: hall.turn(chat) for chat in CHATS} == before


def test_engines_that_hang_are_given_up_before_the_lane_is_lost() -> None:
    hall = Hall(4)
    for one in hall.each:
        one.takes = 3600.0
    began = hall.watch.seconds
    with pytest.raises(EngineUnavailable):
        hall.turn("chat-1")
    assert hall.watch.seconds - began <= ALL_SECONDS < LEASE.total_seconds()


def test_when_one_engine_hangs_the_next_still_has_time_to_answer() -> None:
    hall = Hall(2)
    owner = hall.turn("chat-1")
    hung = next(one for one in hall.each if one.url == owner)
    hung.takes = 3600.0
    other = next(one for one in hall.each if one is not hung)
    other.takes = 8.0
    assert hall.turn("chat-1") == other.url


def test_one_ready_engine_is_enough_and_each_is_named() -> None:
    hall = Hall(2)
    assert hall.all.why_not_ready() is None
    hall.each[1].takes = None
    assert (hall.all.why_not_ready(), hall.all.each()) == (None, [None, "ConnectError"])
    hall.each[0].takes = None
    assert hall.all.why_not_ready() == "ConnectError"

"""Storage: transactions that are whole or not there, and writers that do not disturb each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.core.escalation import EscalationState
from bot.core.message import Incoming, Part
from bot.core.screening import RedFlag, Screening
from bot.core.triage_level import TriageLevel
from bot.services.converse import converse
from bot.services.receive import receive
from bot.storage.database import open_database
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlRecord
from tests import builders as b
from tests.fakes import World, a_world

BREATH = "我喘不过气"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Mrs Wang and her ward on a database of each kind."""
    engine = open_database(database_url)
    metadata.create_all(engine)
    (tmp_path / "beside").mkdir()
    world = a_world(tmp_path / "beside")
    record = SqlRecord(engine, lambda work, about: world.woken.append((work, about)))
    world.record, world.parts = record, replace(world.parts, record=record)
    world.add(*b.wang_and_her_ward())
    flag = RedFlag("dyspnoea", TriageLevel.EMERGENCY, BREATH, b.both("气促"))
    world.screen.found[BREATH] = Screening(BREATH, TriageLevel.EMERGENCY, red_flags=(flag,))
    yield world
    engine.dispose()


def from_wang(text: str, number: int = 1, **over: object) -> Incoming:
    given: dict[str, object] = {
        "channel": "telegram",
        "account": "ward",
        "external_id": f"update-{number}",
        "address": "wang",
        "part": Part.TEXT,
        "text": text,
    }
    return Incoming(**{**given, **over})  # type: ignore[arg-type]


def at_once(calls: list[object]) -> list[BaseException]:
    """Run the calls in threads that start together; what they raised."""
    gate, faults = threading.Barrier(len(calls)), []

    def run(call: object) -> None:
        gate.wait(timeout=20)
        try:
            call()  # type: ignore[operator]
        except BaseException as fault:
            faults.append(fault)

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))
    return faults


def test_one_delivery_taken_by_two_threads_is_one_message_with_one_case(world: World) -> None:
    calls = [lambda: receive(world.parts, from_wang(BREATH)) for _ in range(6)]
    assert at_once(calls) == []
    assert len(world.rows("inbound")) == 1
    assert len(world.rows("escalations")) == 1
    assert len(world.rows("causes")) == 1


def test_the_first_message_of_a_new_chat_from_two_threads_makes_one_chat(world: World) -> None:
    calls = [
        lambda n=n: receive(world.parts, from_wang("您好", n, address="new")) for n in range(6)
    ]
    assert at_once(calls) == []
    assert len(world.rows("conversations", address="new")) == 1
    said = world.rows("inbound", order_by="seq")
    assert [one.seq for one in said] == [1, 2, 3, 4, 5, 6]


def test_two_red_flags_at_one_moment_open_one_case(world: World) -> None:
    calls = [lambda n=n: receive(world.parts, from_wang(BREATH, n)) for n in range(4)]
    assert at_once(calls) == []
    (case,) = world.rows("escalations")
    assert case.state is EscalationState.OPEN
    assert len(world.rows("causes")) == 4


def test_messages_that_come_and_are_processed_at_once_keep_their_order(world: World) -> None:
    """Fifty messages from five threads, with four workers at the same lane."""

    def send(start: int) -> None:
        for number in range(start, start + 10):
            receive(world.parts, from_wang(f"第{number}句", number))
            converse(world.parts, "chat-wang")

    assert at_once([lambda n=n: send(n * 10) for n in range(5)]) == []
    converse(world.parts, "chat-wang")
    stored = [one.text for one in world.rows("inbound", order_by="seq")]
    heard = [turn["text"] for turn in world.dialogue.turns]
    assert len(stored) == 50
    assert heard == stored
    keys = [one.key.split(":")[0] for one in world.rows("outbound", order_by="seq")]
    assert keys == [one.id for one in world.rows("inbound", order_by="seq")]


def test_a_transaction_that_fails_leaves_nothing_and_wakes_nothing(world: World) -> None:
    def half_way() -> None:
        with world.record.transaction() as tx:
            tx.inbound.add(b.an_inbound())
            tx.wake("converse", "chat-wang")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        half_way()
    assert world.rows("inbound") == []
    assert world.woken == []


def test_an_error_of_the_database_does_not_repeat_what_the_patient_said(world: World) -> None:
    canary = "CANARY-喘不过气"
    world.add(b.an_inbound(canary))
    with pytest.raises(SQLAlchemyError) as caught, world.record.transaction() as tx:
        tx.inbound.add(b.an_inbound(canary))
    assert canary not in str(caught.value)

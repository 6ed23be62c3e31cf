"""Find due: the first of each queue, the urgent first, and one flood does not starve others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import InboundState, Outbound, Priority
from bot.services.find_due import AT_ONCE, CHECK_INS_AT_LEAST, CHECK_INS_AT_ONCE, find_due
from bot.services.outbox import put
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    return world


def hears(world: World, chat: str, seq: int = 1, **over: Any) -> None:
    given = {"conversation_id": chat, "seq": seq, "id": f"{chat}-{seq}", **over}
    world.add(b.an_inbound("你好", **given))


def due(world: World, work: str) -> list[str]:
    return [about for verb, about in find_due(world.parts) if verb.partition(":")[0] == work]


def test_a_flood_from_one_chat_takes_one_place(world: World) -> None:
    for seq in range(1, 2 * AT_ONCE):
        hears(world, "chat-wang", seq)
    world.add(b.a_chat("li", contact_id=None))
    hears(world, "chat-li", received_at=START + timedelta(minutes=1))
    assert due(world, "converse") == ["chat-wang", "chat-li"]


def test_a_flood_of_answers_to_one_chat_takes_one_place(world: World) -> None:
    world.add(b.a_chat("li", contact_id=None))
    with world.record.transaction() as tx:
        for number in range(2 * AT_ONCE):
            put(tx, world.parts, "chat-wang", "…", key=f"flood-{number}")
        put(tx, world.parts, "chat-li", "您好", key="li")
    assert sorted(due(world, "deliver")) == ["chat-li", "chat-wang"]


def test_who_stands_behind_a_message_that_waits_waits_too(world: World) -> None:
    hears(world, "chat-wang", 1, not_before=START + timedelta(seconds=6))
    hears(world, "chat-wang", 2)
    assert due(world, "converse") == []
    world.clock.advance(seconds=6)
    assert due(world, "converse") == ["chat-wang"]


def test_who_stands_behind_one_that_waits_waits_too_though_places_between_are_done(
    world: World,
) -> None:
    hears(world, "chat-wang", 1, not_before=START + timedelta(seconds=6))
    hears(world, "chat-wang", 2, state=InboundState.DONE)
    hears(world, "chat-wang", 3)
    hears(world, "chat-wang", 4)
    assert due(world, "converse") == []
    world.clock.advance(seconds=6)
    assert due(world, "converse") == ["chat-wang"]


def test_what_is_done_stands_in_nobodys_way(world: World) -> None:
    hears(world, "chat-wang", 1, state=InboundState.DONE)
    hears(world, "chat-wang", 2)
    assert due(world, "converse") == ["chat-wang"]


def test_what_a_patient_wrote_comes_before_a_check_in_in_her_chat_and_in_all(world: World) -> None:
    world.add(b.a_chat("li", contact_id=None))
    hears(world, "chat-li", part="check_in")
    hears(world, "chat-wang", received_at=START + timedelta(seconds=1))
    assert find_due(world.parts) == [("converse", "chat-wang"), ("converse_check_in", "chat-li")]


def test_after_an_outage_alerts_come_first_then_patients_then_check_ins(world: World) -> None:
    hears(world, "chat-wang")
    planned = {"state": CheckInState.PLANNED, "opened_at": None, "conversation_id": None}
    world.add(b.a_check_in(**planned))
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "问题", key="q")
        put(tx, world.parts, "chat-chen", "PAGE", key="p", priority=Priority.NURSE_PAGE)
    order = [work.partition(":")[0] for work, _ in find_due(world.parts)]
    assert order == ["page", "converse", "deliver", "check_in"]


def test_check_ins_give_way_to_patients_but_never_stop(world: World) -> None:
    for number in range(CHECK_INS_AT_ONCE + 10):
        name = f"n{number}"
        world.add(b.a_patient(name), b.an_episode(name), b.a_chat(name, contact_id=None))
        world.add(
            b.a_check_in(name, state=CheckInState.PLANNED, opened_at=None, conversation_id=None)
        )
    assert len(due(world, "check_in")) == CHECK_INS_AT_ONCE
    for number in range(CHECK_INS_AT_ONCE + 10):
        hears(world, f"chat-n{number}")
    assert len(due(world, "check_in")) == CHECK_INS_AT_LEAST


def test_a_message_from_before_there_were_paces_is_found(world: World) -> None:
    world.add(Outbound("o1", "chat-wang", 1, "k", Priority.CONVERSATION, "…", START))
    assert find_due(world.parts) == [("deliver:", "chat-wang")]


def test_the_first_message_of_a_new_account_is_found_after_a_crash(world: World) -> None:
    world.add(b.a_chat("new", account="another bot", contact_id=None))
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-new", "…", key="k")
    assert due(world, "deliver") == ["chat-new"]

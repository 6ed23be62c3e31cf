"""Outbox: what is put there will be delivered, once per key, in the order it was said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.conversation import Outbound
from bot.services.outbox import NewButton, numbers, phrase, put
from tests import builders as b
from tests.fakes import World, the_phrases
from tests.unit.patient_desk import her_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = her_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    return world


def test_a_key_is_used_once(world: World) -> None:
    with world.record.transaction() as tx:
        first = put(tx, world.parts, "chat-wang", "一", key="k")
        assert put(tx, world.parts, "chat-wang", "二", key="k") is None
    (row,) = world.rows("outbound")
    assert (row.id, row.text) == (first, "一")


def test_the_order_is_the_order_of_calls(world: World) -> None:
    with world.record.transaction() as tx:
        for text in "一二三":
            put(tx, world.parts, "chat-wang", text, key=text)
    rows: list[Outbound] = world.rows("outbound", order_by="seq")
    assert [(one.seq, one.text) for one in rows] == [(1, "一"), (2, "二"), (3, "三")]


def test_what_is_rolled_back_was_never_said_and_wakes_nobody(world: World) -> None:
    def half_way() -> None:
        with world.record.transaction() as tx:
            put(tx, world.parts, "chat-wang", "一", key="k")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        half_way()
    assert world.rows("outbound") == []
    assert world.woken == []


def test_delivery_is_woken_after_the_commit(world: World) -> None:
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "一", key="k")
        assert world.woken == []
    assert world.woken == [("deliver:telegram", "chat-wang")]


def test_a_chat_that_is_not_there_is_an_error_and_not_a_lost_message(world: World) -> None:
    with pytest.raises(LookupError), world.record.transaction() as tx:
        put(tx, world.parts, "nobody", "一", key="k")


def test_buttons_have_short_opaque_ids(world: World) -> None:
    offered = [[NewButton("好", "answer", {"value": "秘密"})]]
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "？", key="k", buttons=offered)
    (press,) = world.rows("buttons")
    (row,) = world.rows("outbound")
    assert row.buttons == [[[press.id, "好"]]]
    assert press.outbound_id == row.id
    assert len(press.id.encode()) <= 64
    assert "秘密" not in press.id


def test_every_blank_of_a_safety_phrase_is_filled(world: World) -> None:
    for key in ("emergency_unknown_person", "saved_nurse_will_look", "stopped_hint"):
        for language in ("zh", "en"):
            text = the_phrases().say(key, language, **numbers(world.parts))
            assert "{" not in text
            assert "120" in text
    assert phrase(world.parts, "stopped", "en") == "stopped.en"

"""Receive: whole or not at all, once, and a red flag has its case in the same commit (P1, P2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.conversation import ButtonPress, Mode
from bot.core.message import Incoming, Part, PresenceChange
from bot.core.screening import RedFlag, Screening
from bot.core.triage_level import TriageLevel
from bot.services import receive as module
from bot.services.receive import receive
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world

BREATH, COUGH = "我喘不过气", "有点怪"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    flag = RedFlag("dyspnoea", TriageLevel.EMERGENCY, BREATH, b.both("气促"))
    world.screen.found[BREATH] = Screening(BREATH, TriageLevel.EMERGENCY, red_flags=(flag,))
    world.screen.found[COUGH] = Screening(COUGH, TriageLevel.ROUTINE, ask=True)
    return world


def incoming(text: str = "您好", **over: Any) -> Incoming:
    given: dict[str, Any] = {
        "channel": "telegram",
        "account": "ward",
        "external_id": "update-1",
        "address": "wang",
        "part": Part.TEXT,
        "text": text,
    }
    return Incoming(**{**given, **over})


def everything(world: World) -> dict[str, int]:
    kinds = ("inbound", "outbound", "escalations", "causes", "notifications", "tasks", "audit")
    return {kind: len(world.rows(kind)) for kind in kinds}


STEPS = ("look_ahead", "conversation_of", "whom", "_inbound", "_act", "raise_escalation")


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_nothing_half(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(world)
    real = getattr(module, step)

    def dies(*args: Any, **more: Any) -> Any:
        real(*args, **more)
        raise RuntimeError("the process died here")

    with monkeypatch.context() as patched:
        patched.setattr(module, step, dies)
        with pytest.raises(RuntimeError):
            receive(world.parts, incoming(BREATH))
    assert everything(world) == before
    assert world.get("conversations", "chat-wang").last_seq == 0
    assert world.woken == []
    receive(world.parts, incoming(BREATH))  # the provider delivers it again
    assert len(world.rows("inbound")) == len(world.rows("escalations")) == 1


def test_a_red_flag_has_its_case_its_page_and_its_advice_in_the_same_commit(world: World) -> None:
    receive(world.parts, incoming(BREATH))
    (case,) = world.rows("escalations")
    assert case.level is TriageLevel.EMERGENCY
    assert [one.nurse_id for one in world.rows("notifications")] == ["nurse-chen"]
    assert "120" in world.said_to("chat-wang")[0]
    assert world.rows("outbound", conversation_id="chat-chen")
    assert world.dialogue.turns == []


def test_words_that_came_while_others_were_read_are_read_with_them(world: World) -> None:
    read: list[tuple[str, ...]] = []

    def slow(text: str, **where: Any) -> Screening:
        read.append(where["recent"])
        if len(read) == 1:
            receive(world.parts, incoming("I can't", external_id="update-0"))
        return world.parts.screen(text, **where)

    receive(replace(world.parts, screen=slow), incoming("breathe", external_id="update-1"))
    assert read == [(), ("I can't",)]
    assert [one.seq for one in world.rows("inbound", order_by="seq")] == [1, 2]


def test_the_same_delivery_again_changes_nothing(world: World) -> None:
    receive(world.parts, incoming(BREATH))
    before = everything(world)
    receive(world.parts, incoming(BREATH))
    assert everything(world) == before


def test_a_red_flag_in_a_caption_is_raised(world: World) -> None:
    receive(world.parts, incoming(BREATH, part=Part.PHOTO, media=("f",)))
    assert len(world.rows("escalations")) == 1


def test_a_red_flag_in_a_forwarded_or_edited_message_is_raised(world: World) -> None:
    receive(world.parts, incoming(BREATH, forwarded=True))
    assert len(world.rows("causes")) == 1
    receive(world.parts, incoming(BREATH, edited=True, external_id="update-2"))
    assert len(world.rows("causes")) == 2


def test_a_button_is_screened_by_its_title(world: World) -> None:
    world.add(ButtonPress("b1", "chat-wang", "answer", {}, START, BREATH))
    receive(world.parts, incoming("", part=Part.BUTTON, button="b1"))
    assert len(world.rows("escalations")) == 1


def test_a_button_of_another_chat_says_nothing_of_that_chat(world: World) -> None:
    world.add(b.a_patient("li"), b.a_contact("li"), b.an_episode("li"), b.a_chat("li"))
    world.add(ButtonPress("b1", "chat-li", "answer", {}, START, "李的秘密"))
    receive(world.parts, incoming("", part=Part.BUTTON, button="b1"))
    (message,) = world.rows("inbound")
    assert "李的秘密" not in message.text


def test_a_red_flag_of_somebody_unknown_gets_the_numbers_at_once(world: World) -> None:
    receive(world.parts, incoming(BREATH, address="stranger"))
    (said,) = world.rows("outbound")
    assert said.text == "emergency_unknown_person.zh"
    assert world.rows("escalations") == []


def test_a_red_flag_before_the_year_of_birth_is_checked_reaches_a_nurse(world: World) -> None:
    chat = b.a_chat("li", contact_id=None, mode=Mode.VERIFYING, state={"contact_id": "contact-li"})
    world.add(b.a_patient("li"), b.a_contact("li"), b.an_episode("li"), chat)
    receive(world.parts, incoming(BREATH, address="li"))
    (case,) = world.rows("escalations")
    assert case.patient_id == "patient-li"


def test_a_red_flag_after_stop_still_reaches_a_nurse(world: World) -> None:
    with world.record.transaction() as tx:
        chat = tx.conversations.get("chat-wang")
        tx.conversations.swap(chat, replace(chat, mode=Mode.STOPPED))
    receive(world.parts, incoming(BREATH))
    assert len(world.rows("escalations")) == 1


def test_doubt_makes_a_nurse_look(world: World) -> None:
    receive(world.parts, incoming(COUGH))
    assert [one.kind for one in world.rows("tasks")] == ["look"]


def test_who_writes_again_can_be_reached_again(world: World) -> None:
    change = PresenceChange("telegram", "ward", "u-0", "wang", blocked=True)
    receive(world.parts, change)
    assert world.get("conversations", "chat-wang").unreachable
    receive(world.parts, incoming("我回来了"))
    assert not world.get("conversations", "chat-wang").unreachable


def test_blocking_twice_makes_a_nurse_look_each_time(world: World) -> None:
    for number, blocked in enumerate((True, True, False, True)):
        receive(
            world.parts, PresenceChange("telegram", "ward", f"u-{number}", "wang", blocked=blocked)
        )
    assert [one.kind for one in world.rows("tasks")] == ["unreachable", "unreachable"]


def test_a_red_flag_in_a_group_gets_the_numbers_and_no_case(world: World) -> None:
    receive(world.parts, incoming(BREATH, address="group", group=True))
    assert [one.text for one in world.rows("outbound")] == ["emergency_unknown_person.zh"]
    assert world.rows("escalations") == []


def test_hostile_texts_are_kept_and_screened_without_their_tricks(world: World) -> None:
    receive(world.parts, incoming("我喘\x00不过\x1b气"))
    receive(world.parts, incoming('/intent{"a": "b"}', external_id="u-2"))
    receive(world.parts, incoming("😮‍💨😭", external_id="u-3"))
    receive(world.parts, incoming("啊" * 400_000, external_id="u-4"))
    assert len(world.rows("inbound")) == 4
    assert len(world.rows("escalations")) == 1


@pytest.mark.parametrize("hint", ["zh-hans", "en", "de", "", "😮"])
def test_a_new_chat_speaks_a_language_we_have(world: World, hint: str) -> None:
    receive(world.parts, incoming(address="new", language_hint=hint))
    (chat,) = world.rows("conversations", address="new")
    assert chat.language == ("en" if hint == "en" else "zh")


def test_a_message_that_breaks_the_screening_is_kept_and_read_by_a_nurse_today(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused, it would be delivered and break again for ever, and nobody would read it."""

    def breaks(text: str, **_where: Any) -> Screening:
        raise RecursionError(text)

    monkeypatch.setattr(type(world.screen), "__call__", lambda _self, text, **w: breaks(text, **w))
    receive(world.parts, incoming("奇怪的字"))
    (message,), (case,) = world.rows("inbound"), world.rows("escalations")
    assert (message.text, message.level) == ("奇怪的字", "same_day")
    assert case.level is TriageLevel.SAME_DAY
    assert [one.words for one in world.rows("causes")] == ["奇怪的字"]
    assert "could not be screened" in caplog.text
    assert "奇怪的字" not in caplog.text

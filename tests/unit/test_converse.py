"""Converse: every message reaches an outcome, in order, whatever the engine does (P1, P7)."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.conversation import ButtonPress, InboundState, Mode, Priority
from bot.core.errors import EngineUnavailable
from bot.core.escalation import EscalationState
from bot.core.message import Incoming, Part
from bot.core.screening import RedFlag, Screening
from bot.core.triage_level import TriageLevel
from bot.services import converse as module
from bot.services.converse import converse
from bot.services.receive import receive
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.fakes import World
from tests.unit.patient_desk import her_world, lead

CANARY = "CANARY我的伤口"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = her_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    return world


def says(world: World, text: str = CANARY, number: int = 1, **over: Any) -> None:
    given: dict[str, Any] = {
        "channel": "telegram",
        "account": "ward",
        "external_id": f"update-{number}",
        "address": "wang",
        "part": Part.TEXT,
        "text": text,
    }
    receive(world.parts, Incoming(**{**given, **over}))


def break_engine(world: World, fault: BaseException) -> None:
    def turn(**_asked: Any) -> Any:
        raise fault

    world.dialogue.turn = turn  # type: ignore[method-assign]


FAULTS = (RuntimeError(CANARY), ValueError(CANARY), KeyError(CANARY), TimeoutError(CANARY))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: type(one).__name__)
def test_after_three_tries_the_patient_is_told_and_a_nurse_has_it(
    world: World, fault: BaseException
) -> None:
    break_engine(world, fault)
    says(world)
    for seconds, attempts in ((0, 1), (2, 2)):
        world.clock.advance(seconds=seconds)
        run_due(world.parts)
        (message,) = world.rows("inbound")
        assert (message.state, message.attempts) == (InboundState.RECEIVED, attempts)
        assert world.said_to("chat-wang") == []
    world.clock.advance(seconds=6)
    run_due(world.parts)
    (message,) = world.rows("inbound")
    assert message.state is InboundState.FAILED
    assert world.said_to("chat-wang") == ["saved_nurse_will_look.zh"]
    (task,) = world.rows("tasks")
    assert (task.kind, task.text, task.patient_id) == ("not_processed", CANARY, "patient-wang")


def test_an_engine_that_hangs_keeps_nobody_waiting_for_more_than_45_seconds(world: World) -> None:
    """The client gives up after 20 s. Three such tries would be more than a minute."""

    def hangs(**_asked: Any) -> Any:
        world.clock.advance(seconds=20)
        raise EngineUnavailable("engine: ReadTimeout")

    world.dialogue.turn = hangs  # type: ignore[method-assign]
    says(world)
    began = world.clock.now()
    while not world.said_to("chat-wang"):
        run_due(world.parts)
        world.clock.advance(seconds=1)
    assert world.said_to("chat-wang") == ["saved_nurse_will_look.zh"]
    assert world.clock.now() - began <= timedelta(seconds=45)
    assert [one.kind for one in world.rows("tasks")] == ["not_processed"]


def test_the_words_under_a_photo_reach_the_nurse_when_the_engine_is_down(world: World) -> None:
    world.dialogue.down = True
    says(world, part=Part.PHOTO, media=("file-1",))
    for seconds in (0, 2, 6):
        world.clock.advance(seconds=seconds)
        run_due(world.parts)
    assert [one.text for one in world.rows("tasks", kind="not_processed")] == [CANARY]


def test_later_messages_go_on_in_order_when_the_engine_is_back(world: World) -> None:
    world.dialogue.down = True
    for number in range(4):
        says(world, f"第{number}句", number)
    for seconds in (0, 2, 6):
        world.clock.advance(seconds=seconds)
        converse(world.parts, "chat-wang")
    world.dialogue.down = False
    world.clock.advance(seconds=2)
    run_due(world.parts)
    assert [turn["text"] for turn in world.dialogue.turns] == ["第1句", "第2句", "第3句"]
    states = [one.state for one in world.rows("inbound", order_by="seq")]
    assert states == [InboundState.FAILED] + [InboundState.DONE] * 3


@pytest.mark.parametrize("step", ["commands", "without_words", "whom", "settle", "say_reply"])
def test_a_fault_of_our_own_ends_with_a_nurse_and_not_in_silence(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError(CANARY)

    if step == "commands":
        monkeypatch.setattr(module.commands, "hear", dies)
    elif step == "whom":
        monkeypatch.setattr(module, "open_check_in", dies)
    else:
        monkeypatch.setattr(module, step, dies)
    says(world)
    for seconds in (0, 2, 6):
        world.clock.advance(seconds=seconds)
        run_due(world.parts)
    assert [one.kind for one in world.rows("tasks")] == ["not_processed"]
    assert world.said_to("chat-wang") == ["saved_nurse_will_look.zh"]


def test_no_log_repeats_what_the_patient_said(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    break_engine(world, RuntimeError(f"could not parse {CANARY}"))
    says(world)
    for seconds in (0, 2, 6):
        world.clock.advance(seconds=seconds)
        run_due(world.parts)
    assert caplog.records
    for record in caplog.records:
        shown = logging.Formatter().format(record) + repr(record.__dict__)
        assert "CANARY" not in shown
        assert "王秀英" not in shown


def test_a_fault_is_logged_with_the_place_where_it_happened(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    break_engine(world, RuntimeError(CANARY))
    says(world)
    converse(world.parts, "chat-wang")
    (record,) = [one for one in caplog.records if one.levelname == "ERROR"]
    assert record.fault == "RuntimeError"
    assert "test_converse.py" in record.where


def test_the_lead_of_a_nurse_keeps_the_engine_out(world: World) -> None:
    lead(world, Mode.NURSE, nurse_id="nurse-chen")
    says(world, "谢谢护士")
    run_due(world.parts)
    assert world.dialogue.turns == []
    assert world.said_to("chat-chen") == ["relayed_to_nurse.en name=王秀英 text=谢谢护士"]


def test_a_photo_reaches_a_nurse_whoever_leads(world: World) -> None:
    for number, mode in enumerate((Mode.BOT, Mode.CONSENTING, Mode.STOPPED, Mode.NURSE)):
        nurse_id = "nurse-chen" if mode is Mode.NURSE else None
        lead(world, mode, nurse_id=nurse_id)
        says(world, "", number, part=Part.PHOTO, media=(f"file-{number}",))
        run_due(world.parts)
    photos = world.rows("inbound", order_by="seq")
    assert sorted(one.inbound_id for one in world.rows("tasks", kind="photo")) == [
        one.id for one in photos
    ]


def test_a_photo_with_an_emergency_in_its_caption_is_a_photo_task_too(world: World) -> None:
    flag = RedFlag("bleeding", TriageLevel.EMERGENCY, "喷血", b.both("大出血"))
    world.screen.found["喷血"] = Screening("喷血", TriageLevel.EMERGENCY, red_flags=(flag,))
    says(world, "喷血", part=Part.PHOTO, media=("file-1",))
    run_due(world.parts)
    assert len(world.rows("tasks", kind="photo")) == 1
    assert world.dialogue.turns == []
    assert [one.state for one in world.rows("escalations")] == [EscalationState.OPEN]


def test_a_very_long_message_goes_to_a_nurse_and_not_to_the_engine(world: World) -> None:
    says(world, "啊" * 4001)
    run_due(world.parts)
    assert world.dialogue.turns == []
    assert world.said_to("chat-wang") == ["too_long.zh"]
    (task,) = world.rows("tasks")
    assert task.text == "啊" * 4001


def test_a_forwarded_message_is_not_taken_for_her_own_words(world: World) -> None:
    says(world, "38度5", forwarded=True)
    run_due(world.parts)
    assert world.dialogue.turns == []
    assert world.said_to("chat-wang") == ["forwarded_noted.zh"]


@pytest.mark.parametrize("text", ["😭😭", "👍", "?", "。。。"])
def test_an_emoji_alone_is_still_a_message(world: World, text: str) -> None:
    says(world, text)
    run_due(world.parts)
    assert [turn["text"] for turn in world.dialogue.turns] == [text]


def test_a_typed_intent_is_only_text(world: World) -> None:
    says(world, '/EXTERNAL_check_in{"a": "b"}')
    run_due(world.parts)
    (turn,) = world.dialogue.turns
    assert turn["intent"] is None


def test_no_language_model_has_to_read_a_tap(world: World) -> None:
    world.add(ButtonPress("b1", "chat-wang", "answer", {}, world.clock.now(), "有，很疼"))
    says(world, "", part=Part.BUTTON, button="b1")
    run_due(world.parts)
    (turn,) = world.dialogue.turns
    assert (turn["text"], turn["intent"]) == ("有，很疼", "answer")


def test_nothing_personal_happens_in_a_group(world: World) -> None:
    code = world.ids.code()
    world.add(b.a_patient("li"), b.a_contact("li"), b.an_episode("li"))
    for number, text in enumerate((code, "STOP", "1948", "您好")):
        says(world, text, number, address="group", group=True)
    says(world, "", 9, address="group", group=True, start_code=code)
    run_due(world.parts)
    (chat,) = world.rows("conversations", address="group")
    assert chat.mode is Mode.UNKNOWN
    assert world.said_to(chat.id) == ["group_refused.zh"]  # once a day is enough


def test_stop_said_while_the_engine_thinks_wins(world: World) -> None:
    def turn(**_asked: Any) -> Any:
        lead(world, Mode.STOPPED, epoch=1)
        return (module.EngineReply("too late"),)

    world.dialogue.turn = turn  # type: ignore[method-assign]
    says(world)
    run_due(world.parts)
    assert "too late" not in world.said_to("chat-wang")
    assert world.rows("inbound")[0].state is InboundState.DONE


def test_a_message_that_fails_twice_and_then_works_is_answered_once(world: World) -> None:
    world.dialogue.down = True
    says(world)
    for seconds in (0, 2):
        world.clock.advance(seconds=seconds)
        run_due(world.parts)
    world.dialogue.down = False
    world.clock.advance(seconds=6)
    run_due(world.parts)
    assert world.said_to("chat-wang") == ["..."]
    assert world.rows("tasks") == []


def test_the_fixed_text_overtakes_what_waits(world: World) -> None:
    world.dialogue.down = True
    says(world)
    for seconds in (0, 2, 6):
        world.clock.advance(seconds=seconds)
        run_due(world.parts)
    (said,) = world.rows("outbound", conversation_id="chat-wang")
    assert said.priority is Priority.URGENT_ADVICE

"""Commands: STOP ends contact at once, START alone brings it back, LANGUAGE changes it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode, OutboundState
from bot.core.patient import Consent, EpisodeState
from bot.core.screening import RedFlag, Screening
from bot.core.triage_level import TriageLevel
from bot.services.converse import converse
from bot.services.outbox import put
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.unit.patient_desk import her_world, says, sends


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = her_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    world.add(Consent("c", "episode-wang", "contact-wang", "chat-wang", "1", "zh", "given", START))
    return world


def mode(world: World) -> Mode:
    found: Mode = world.get("conversations", "chat-wang").mode
    return found


@pytest.mark.parametrize("word", ["STOP", "stop", " 退订。", "“退订”", "ＳＴＯＰ", "退訂！"])
def test_stop_as_the_whole_message_ends_contact_before_the_engine(world: World, word: str) -> None:
    assert says(world, word) == ["stopped.zh"]
    assert mode(world) is Mode.STOPPED
    assert world.dialogue.turns == []
    assert world.get("episodes", "episode-wang").state is EpisodeState.ON_HOLD


@pytest.mark.parametrize("text", ["stop the bleeding", "伤口停止流血了", "别退订", "stop it"])
def test_stop_inside_a_sentence_is_no_command(world: World, text: str) -> None:
    says(world, text)
    assert mode(world) is Mode.BOT


def test_stop_twice_is_said_twice_but_done_once(world: World) -> None:
    says(world, "STOP")
    assert says(world, "STOP") == ["stopped_already.zh"]
    assert [one.decision for one in world.rows("consents", decision="withdrawn")] == ["withdrawn"]
    assert len(world.rows("tasks", kind="opted_out")) == 1


def test_stop_cancels_what_waits_and_ends_the_open_check_in(world: World) -> None:
    world.add(b.a_check_in())
    later = world.clock.now() + timedelta(minutes=1)
    with world.record.transaction() as tx:
        waiting = put(tx, world.parts, "chat-wang", "痛吗？", key="k", not_before=later)
    sends(world, "STOP")
    converse(world.parts, "chat-wang")
    assert world.get("outbound", waiting or "").state is OutboundState.CANCELLED
    assert world.get("check_ins", "check-in-wang").state is CheckInState.CANCELLED
    assert "痛吗？" not in [one.text for one in world.sender.sent]


def test_nothing_but_start_brings_a_stopped_chat_back(world: World) -> None:
    says(world, "STOP")
    for text in ("您好", "我想继续", "english", "同意", "1948"):
        says(world, text)
        assert mode(world) is Mode.STOPPED
    assert says(world, "START")[0].startswith("started_again")
    assert mode(world) is Mode.BOT
    assert world.get("episodes", "episode-wang").state is EpisodeState.ACTIVE


def test_a_red_flag_after_stop_is_answered_with_safety_and_raised(world: World) -> None:
    says(world, "STOP")
    flag = RedFlag("dyspnoea", TriageLevel.EMERGENCY, "喘", b.both("气促"))
    world.screen.found["喘"] = Screening("喘", TriageLevel.EMERGENCY, red_flags=(flag,))
    said = says(world, "喘")
    assert "120" in said[0]
    assert "120" in "".join(one.text for one in world.sender.sent)
    assert len(world.rows("escalations")) == 1


def test_the_caregiver_goes_on_when_the_patient_stops(world: World) -> None:
    world.add(b.a_contact("son", of="wang"), b.a_chat("son"))
    says(world, "STOP")
    assert world.get("episodes", "episode-wang").state is EpisodeState.ACTIVE


def test_start_while_nothing_is_stopped_is_answered(world: World) -> None:
    assert says(world, "恢复") == ["started_already.zh"]
    assert world.dialogue.turns == []


@pytest.mark.parametrize(
    ("word", "said"),
    [("LANGUAGE", "en"), ("语言", "en"), ("English", "en"), ("中文", "zh"), ("chinese", "zh")],
)
def test_language_is_switched_at_once(world: World, word: str, said: str) -> None:
    assert says(world, word)[0] == f"language_set.{said}"
    assert world.get("conversations", "chat-wang").language == said


def test_the_open_question_is_asked_again_in_the_new_language(world: World) -> None:
    world.add(b.a_check_in(current_question="pain_rest"))
    said = says(world, "LANGUAGE")
    assert said == ["language_set.en", "How is pain_rest?"]


def test_a_postponed_check_in_is_not_asked_again_by_a_change_of_language(world: World) -> None:
    later = world.clock.now().replace(hour=5)
    world.add(b.a_check_in(current_question="pain_rest", postponed_until=later, follow_up_at=later))
    assert says(world, "LANGUAGE") == ["language_set.en"]


@pytest.mark.parametrize("state", [Mode.UNKNOWN, Mode.VERIFYING, Mode.CONSENTING, Mode.STOPPED])
def test_language_works_before_anybody_is_enrolled_and_after_stop(
    world: World, state: Mode
) -> None:
    world.add(b.a_chat("new", contact_id=None, mode=state, state={"invitation_id": "x"}))
    assert says(world, "English", address="new") == ["language_set.en"]
    assert world.get("conversations", "chat-new").mode is state

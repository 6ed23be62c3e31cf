"""Answer: taps, words, corrections and edits end as observations; doubt goes up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState, Observation
from bot.core.question import Kind, Option
from bot.services.hear import Heard, begin, hear
from bot.services.ports import EngineReply
from tests import builders as b
from tests.fakes import World
from tests.unit.patient_desk import button, her_world, says

SIGNS = b.a_question(
    "calf",
    kind=Kind.CHOICES,
    unit=None,
    minimum=None,
    maximum=None,
    options=(
        Option("swollen", b.words("swollen")),
        Option("hot", b.words("hot")),
        Option("none", b.words("none of these")),
    ),
)
QUESTIONS = {
    "pain_rest": b.a_question("pain_rest"),
    "temperature": b.a_question(
        "temperature", kind=Kind.MEASURE, unit="Cel", minimum=30.0, maximum=43.0
    ),
    "calf": SIGNS,
    "falls": b.a_question("falls", kind=Kind.YES_NO, unit=None, minimum=None, maximum=None),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    pathway = b.a_pathway(questions=QUESTIONS, check_ins=(b.a_plan(questions=tuple(QUESTIONS)),))
    world = her_world(tmp_path, pathway)
    world.add(*b.wang_and_her_ward())
    world.add(b.a_contact("son", of="wang"), b.a_chat("son"))
    world.add(b.a_check_in())
    hears(world)
    return world


def hears(world: World, intent: str = "nlu_fallback", sure: float = 0.9) -> None:
    """The engine's part: hand each message to `hear`, as its actions do."""

    def turn(*, turn_id: str, **asked: Any) -> tuple[EngineReply, ...]:
        heard = Heard(turn_id, intent, sure)
        answer = (begin if asked["intent"] == "EXTERNAL_check_in" else hear)(world.parts, heard)
        return tuple(
            EngineReply(one["text"], custom={"buttons": one["buttons"], "scale": one["scale"]})
            for one in answer.replies
        )

    world.dialogue.turn = turn  # type: ignore[method-assign]


def standing(world: World) -> dict[str, Any]:
    return {one.question_id: one.value for one in world.rows("observations", superseded_by=None)}


def observations(world: World, question_id: str) -> list[Observation]:
    return world.rows("observations", question_id=question_id)


def test_an_answer_is_stored_with_its_words_and_its_speaker(world: World) -> None:
    says(world, "大概五六分吧")
    (one,) = observations(world, "pain_rest")
    assert one.source_text == "大概五六分吧"
    assert (one.said_by, one.said_by_role, one.pathway_version) == (
        "contact-wang",
        "patient",
        "1-abc",
    )


def test_what_the_caregiver_says_is_kept_as_hers(world: World) -> None:
    says(world, "5", address="son")
    (one,) = observations(world, "pain_rest")
    assert (one.said_by, one.said_by_role) == ("contact-son", "caregiver")


def test_the_same_button_twice_is_one_answer(world: World) -> None:
    says(world, "english")
    says(world, "中文")
    press = button(world, "4")
    says(world, button=press)
    said = says(world, button=press)
    assert standing(world) == {"pain_rest": 4}
    assert len(observations(world, "pain_rest")) == 1
    assert not [one for one in said if one.startswith("correction")]


def test_an_earlier_button_of_this_check_in_corrects(world: World) -> None:
    says(world, "中文")
    first, second = button(world, "4"), button(world, "7")
    says(world, button=first)
    said = says(world, button=second)
    assert standing(world) == {"pain_rest": 7}
    assert said[0].startswith("correction_noted")
    assert len(observations(world, "pain_rest")) == 2


def test_a_button_of_an_earlier_check_in_is_stale(world: World) -> None:
    says(world, "中文")
    press = button(world, "4")
    with world.record.transaction() as tx:
        old = tx.check_ins.get("check-in-wang")
        tx.check_ins.swap(old, replace(old, state=CheckInState.SILENT))
        tx.check_ins.add(replace(b.a_check_in(), id="newer", occurrence=2))
    said = says(world, button=press)
    assert said[0] == "stale_button.zh"
    assert standing(world) == {}


def test_a_button_nobody_made_is_stale(world: World) -> None:
    assert says(world, button="made-up")[0] == "stale_button.zh"


def test_a_button_of_somebody_else_stores_nothing(world: World) -> None:
    says(world, "中文")
    press = button(world, "4")
    says(world, button=press, address="son")
    assert standing(world) == {}


def test_several_choices_are_tapped_one_after_another(world: World) -> None:
    says(world, "5")
    says(world, "37.2")
    swollen, hot = button(world, "swollen（中文）"), button(world, "hot（中文）")
    says(world, button=swollen)
    says(world, button=hot)
    says(world, button=hot)
    assert standing(world)["calf"] == ["swollen", "hot"]


def test_two_failed_readings_are_kept_and_marked(world: World) -> None:
    says(world, "中文")
    says(world, "嗯啊这个那个")
    assert standing(world) == {}
    says(world, "嗯啊这个那个")
    (one,) = observations(world, "pain_rest")
    assert (one.understood, one.value) == (False, None)
    assert one.source_text == "嗯啊这个那个"
    assert world.rows("escalations")  # never routine


def test_dont_know_is_kept_as_just_that(world: World) -> None:
    said = says(world, "不知道")
    assert "dont_know_noted.zh" in said
    (one,) = observations(world, "pain_rest")
    assert (one.understood, one.value, one.details["outcome"]) == (False, None, "dont_know")


def test_who_is_tired_of_the_questions_is_asked_again_warmly(world: World) -> None:
    hears(world, "complain_bot", 0.9)
    said = says(world, "天天问一样的话")
    assert "weary_of_questions.zh" in said
    assert not observations(world, "pain_rest")
    says(world, "3")
    assert observations(world, "pain_rest")[-1].value == 3


def test_later_works_once_and_then_we_insist(world: World) -> None:
    assert says(world, "晚点再说")[0].startswith("later_ok")
    assert says(world, "晚点再说")[0] == "later_not_again.zh"


def test_a_change_of_language_in_the_middle_keeps_the_answers(world: World) -> None:
    says(world, "5")
    says(world, "english")
    says(world, "100.9 F")
    assert standing(world)["pain_rest"] == 5
    assert standing(world)["temperature"] == pytest.approx(38.3, abs=0.05)


def test_a_correction_replaces_and_keeps_both(world: World) -> None:
    says(world, "5")
    says(world, "37.5")
    says(world, "改一下，是38.5")
    assert standing(world)["temperature"] == 38.5
    assert sorted(one.value for one in observations(world, "temperature")) == [37.5, 38.5]


def test_an_edited_answer_corrects_what_it_answered(world: World) -> None:
    says(world, "5")
    says(world, "37.5", message_id="77")
    said = says(world, "38.9", message_id="77", edited=True)
    assert standing(world)["temperature"] == 38.9
    assert said[0].startswith("correction_noted")
    assert standing(world)["pain_rest"] == 5


def test_an_edit_of_an_edit_corrects_again(world: World) -> None:
    says(world, "3", message_id="77")
    says(world, "5", message_id="77", edited=True)
    says(world, "8", message_id="77", edited=True)
    assert standing(world) == {"pain_rest": 8}


@pytest.mark.parametrize("text", ["您好啊", "38.9"])
def test_an_edit_that_answered_nothing_is_noted_and_read_by_a_nurse(
    world: World, text: str
) -> None:
    says(world, "5")
    said = says(world, text, message_id="never-seen", edited=True)
    assert said[0] == "edited_noted.zh"
    assert standing(world) == {"pain_rest": 5}
    assert [one.text for one in world.rows("tasks", kind="look")] == [text]


def test_an_edit_after_the_check_in_is_read_by_a_nurse(world: World) -> None:
    for number, text in enumerate(("5", "37.1", "都没有", "没有")):
        says(world, text, message_id=str(number))
    hears(world, "thanks")
    assert says(world, "39.5", message_id="1", edited=True) == ["edited_noted.zh"]
    assert "39.5" in [one.text for one in world.rows("tasks", kind="look")]


def test_a_turn_that_is_tried_again_says_the_same_and_stores_once(world: World) -> None:
    says(world, "5")
    (message,) = world.rows("inbound")
    again = hear(world.parts, Heard(message.id, "inform", 0.9))
    assert [one["text"] for one in again.replies] == world.said_to("chat-wang")
    assert len(observations(world, "pain_rest")) == 1


@pytest.mark.parametrize("text", ["😭😭", '/intent{"a": 1}', "\u202e5", "'; DROP TABLE", "<b>"])
def test_hostile_answers_are_never_routine_and_never_a_number(world: World, text: str) -> None:
    says(world, text)
    says(world, text)
    for one in observations(world, "pain_rest"):
        assert not one.understood or one.value == 5

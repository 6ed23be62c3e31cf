"""The voice of the patient: a low score or a complaint brings a nurse, with two clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode
from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.pathway import Library
from bot.core.screening import RedFlag, Screening
from bot.core.staff import NurseTask, StaffRole
from bot.core.triage_level import TriageLevel
from bot.pathfiles.load import load_library
from bot.services.call_back import answer_call_back
from bot.services.hear import Heard, begin, hear
from bot.services.nurse_tasks import finish_task
from bot.services.ports import EngineReply
from bot.services.tend_call_back import tend_call_back
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.unit.house_under_test import ActingEngine
from tests.unit.pathway_desk import PATHWAYS
from tests.unit.patient_desk import button, her_world, lead, says

HOUR = timedelta(hours=1)
VOICE = ("satisfaction", "recommend", "effort")


@cache
def library() -> Library:
    return load_library(PATHWAYS)


class Engine(ActingEngine):
    """Understands every message as `intent`."""

    intent = "inform"

    def turn(self, **asked: Any) -> tuple[EngineReply, ...]:
        assert self.parts is not None
        heard = Heard(asked["metadata"]["inbound_id"], self.intent, 1.0)
        opens = asked["intent"] == "EXTERNAL_check_in"
        answer = (begin if opens else hear)(self.parts, heard)
        return tuple(
            EngineReply(one["text"], custom={"buttons": one["buttons"], "scale": one["scale"]})
            for one in answer.replies
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Mrs Wang is asked how the care was, with the questions as they stand in the files."""
    questions = library().pathway("cataract").questions
    voice = {name: questions[name] for name in VOICE}
    routine = dict.fromkeys(VOICE, TriageLevel.ROUTINE)
    plan = b.a_plan("day_7", questions=VOICE)
    world = her_world(tmp_path, b.a_pathway(questions=voice, if_unknown=routine, check_ins=(plan,)))
    world.add(*b.wang_and_her_ward())
    engine = Engine()
    world.parts = replace(world.parts, dialogue=engine)
    engine.parts = world.parts
    world.add(b.a_check_in(state=CheckInState.PLANNED, opened_at=None, conversation_id=None))
    run_due(world.parts)
    return world


def engine(world: World) -> Engine:
    found = world.parts.dialogue
    assert isinstance(found, Engine)
    return found


def call_back(world: World) -> NurseTask:
    (task,) = world.rows("tasks")
    assert isinstance(task, NurseTask)
    return task


@pytest.mark.parametrize("score", ["1", "2", "3", "不满意", "很不满意", "dissatisfied"])
def test_less_than_four_of_five_is_called_back_within_the_hour_and_solved_in_a_day(
    world: World, score: str
) -> None:
    said = says(world, score)
    task = call_back(world)
    assert (task.kind, task.patient_id) == ("call_back", "patient-wang")
    assert (task.due_at, task.solve_by) == (START + HOUR, START + 24 * HOUR)
    assert score in task.text
    assert any(one.startswith("call_back_promised.zh when=when_today.zh") for one in said)
    (kept,) = world.rows("observations")
    assert (kept.code, kept.understood) == ("csat", True)
    assert kept.value in (1, 2, 3)


@pytest.mark.parametrize("score", ["4", "5", "满意", "非常满意", "quite satisfied thanks"])
def test_who_is_content_is_thanked_by_not_being_called(world: World, score: str) -> None:
    says(world, score)
    assert world.rows("tasks") == []
    (kept,) = world.rows("observations")
    assert kept.value in (4, 5)


def test_a_tap_on_a_named_number_counts_as_its_number(world: World) -> None:
    offered = [one.title for one in world.rows("buttons", order_by="id")]
    assert offered == ["5 非常满意", "4 满意", "3 一般", "2 不满意", "1 很不满意"]
    says(world, "2 不满意", button=button(world, "2 不满意"))
    (kept,) = world.rows("observations")
    assert kept.value == 2
    assert call_back(world).kind == "call_back"


def test_an_answer_that_nobody_can_read_is_heard_by_a_person(world: World) -> None:
    says(world, "你们的电话谁也打不通")
    assert world.rows("tasks") == []
    said = says(world, "你们的电话谁也打不通")
    assert "你们的电话谁也打不通" in call_back(world).text
    assert any("call_back_promised" in one for one in said)


@pytest.mark.parametrize("text", ["不知道", "不想说"])
def test_who_does_not_want_to_say_is_left_alone(world: World, text: str) -> None:
    says(world, text)
    assert world.rows("tasks") == []


def test_a_correction_upwards_keeps_the_call_back_and_makes_no_second_one(world: World) -> None:
    says(world, "2")
    says(world, "改一下，满意度是 5")
    says(world, "满意度改成 1")
    assert call_back(world).kind == "call_back"


def test_the_other_two_scores_are_kept_and_call_nobody(world: World) -> None:
    for text in ("5", "0", "1"):
        says(world, text)
    kept = {one.code: one.value for one in world.rows("observations")}
    assert kept == {"csat": 5, "recommend_score": 0, "ces": 1}
    assert world.rows("tasks") == []
    assert world.get("check_ins", "check-in-wang").level == "routine"
    assert world.rows("escalations") == []


def test_a_nurse_answers_and_then_solves_each_with_her_name(world: World) -> None:
    says(world, "2")
    world.clock.advance(minutes=20)
    answer_call_back(world.parts, task_id=call_back(world).id, nurse_id="nurse-chen")
    task = call_back(world)
    assert (task.answered_by, task.answered_at) == ("nurse-chen", START + timedelta(minutes=20))
    assert task.due_at == START + 24 * HOUR
    finish_task(world.parts, task_id=task.id, nurse_id="nurse-liu", outcome="new number given")
    done = call_back(world)
    assert (done.done_by, done.outcome) == ("nurse-liu", "new number given")
    assert done.answered_by == "nurse-chen"
    noted = {(one.action, one.who) for one in world.rows("audit") if one.about == task.id}
    assert noted >= {("task.answer", "nurse-chen"), ("task.finish", "nurse-liu")}


def test_of_two_nurses_the_first_has_answered(world: World) -> None:
    says(world, "2")
    task = call_back(world)
    answer_call_back(world.parts, task_id=task.id, nurse_id="nurse-chen")
    with pytest.raises(AlreadyDone, match="Chen"):
        answer_call_back(world.parts, task_id=task.id, nurse_id="nurse-liu")
    assert call_back(world).answered_by == "nurse-chen"


def test_it_ends_only_with_a_person_and_an_outcome(world: World) -> None:
    says(world, "2")
    task = call_back(world)
    world.add(b.a_nurse("auditor", role=StaffRole.AUDITOR, conversation_id=None))
    with pytest.raises(NotAllowed):
        answer_call_back(world.parts, task_id=task.id, nurse_id="nurse-auditor")
    with pytest.raises(NotFound):
        answer_call_back(world.parts, task_id=task.id, nurse_id="nobody")
    with pytest.raises(ValueError, match="what became of it"):
        finish_task(world.parts, task_id=task.id, nurse_id="nurse-chen", outcome="  ")
    world.clock.advance(days=3)
    run_due(world.parts)
    assert call_back(world).done_at is None


def test_an_ordinary_task_cannot_be_answered(world: World) -> None:
    world.add(NurseTask("t", "t", "photo", "patient-wang", None, None, None, "", START, START))
    with pytest.raises(NotFound):
        answer_call_back(world.parts, task_id="t", nurse_id="nurse-chen")


def test_each_clock_that_runs_out_is_told_to_the_charge_nurse_once(world: World) -> None:
    says(world, "2")
    told = []
    for hours in (0.9, 0.2, 1, 22.5, 5):
        world.clock.advance(hours=hours)
        run_due(world.parts)
        told.append([one.partition(" · ")[2] for one in world.said_to("chat-zhao")])
    late = "staff_call_back_unanswered.en minutes=60"
    unsolved = "staff_call_back_unsolved.en hours=24"
    assert told == [[], [late], [late], [late, unsolved], [late, unsolved]]
    assert len(world.said_to("chat-chen")) == 1  # when it was new


def test_a_nurse_on_duty_hears_of_it_when_it_is_new_once_and_without_a_page(world: World) -> None:
    says(world, "2")
    run_due(world.parts)
    world.clock.advance(minutes=20)
    run_due(world.parts)
    told = [one.partition(" · ")[2] for one in world.said_to("chat-chen")]
    assert told == ["staff_call_back_new.en by=10:00"]
    assert world.said_to("chat-zhao") == []
    assert world.rows("escalations") == []
    (noted,) = [one for one in world.rows("audit") if one.action == "task.tell"]
    assert (noted.about, noted.details) == (call_back(world).id, "nurse-chen")


def test_by_night_only_the_clock_of_a_new_one_counts(world: World) -> None:
    world.clock.advance(hours=14)
    says(world, "2")
    run_due(world.parts)
    assert world.said_to("chat-chen") == []
    assert call_back(world).look_at == call_back(world).due_at


def test_what_is_new_shortly_before_morning_is_told_in_the_morning(world: World) -> None:
    with world.record.transaction() as tx:
        for shift in tx.shifts.find():
            tx.shifts.swap(shift, replace(shift, ends_at=START + 48 * HOUR))
    world.clock.advance(hours=22.5)  # 07:30
    says(world, "2")
    run_due(world.parts)
    assert world.said_to("chat-chen") == []
    world.clock.advance(minutes=30)
    run_due(world.parts)
    assert [one.partition(" · ")[2] for one in world.said_to("chat-chen")] == [
        "staff_call_back_new.en by=08:30"
    ]


def test_with_nobody_on_duty_a_new_one_waits_for_its_hour(world: World) -> None:
    with world.record.transaction() as tx:
        for shift in tx.shifts.find():
            tx.shifts.swap(shift, replace(shift, starts_at=START + 40 * HOUR))
    says(world, "2")
    run_due(world.parts)
    assert world.said_to("chat-chen") == []
    assert call_back(world).look_at == call_back(world).due_at


def test_what_was_answered_in_time_is_told_to_nobody_before_it_is_to_be_solved(
    world: World,
) -> None:
    says(world, "2")
    answer_call_back(world.parts, task_id=call_back(world).id, nurse_id="nurse-chen")
    world.clock.advance(hours=23)
    run_due(world.parts)
    assert world.said_to("chat-zhao") == []
    finish_task(world.parts, task_id=call_back(world).id, nurse_id="nurse-chen", outcome="solved")
    world.clock.advance(hours=2)
    run_due(world.parts)
    tend_call_back(world.parts, call_back(world).id)
    assert world.said_to("chat-zhao") == []


def test_with_nobody_on_duty_it_is_looked_at_again_and_not_forgotten(world: World) -> None:
    says(world, "2")
    with world.record.transaction() as tx:
        for shift in tx.shifts.find():
            tx.shifts.swap(shift, replace(shift, starts_at=START + 3 * HOUR))
    world.clock.advance(hours=1)
    assert run_due(world.parts) == 1
    world.clock.advance(hours=2)
    run_due(world.parts)
    assert len(world.said_to("chat-zhao")) == 1


def test_a_complaint_in_own_words_has_the_same_clocks(world: World) -> None:
    for text in ("5", "9", "6"):
        says(world, text)
    engine(world).intent = "complain_bot"
    says(world, "你们的服务太差了")
    task = call_back(world)
    assert (task.kind, task.text) == ("complaint", "你们的服务太差了")
    assert (task.due_at, task.solve_by) == (START + HOUR, START + 24 * HOUR)


@pytest.mark.parametrize("in_check_in", [True, False])
def test_a_complaint_never_takes_a_red_flag_away(world: World, in_check_in: bool) -> None:
    if not in_check_in:
        for text in ("5", "9", "6"):
            says(world, text)
    text = "服务太差，不满意，而且我胸口疼"
    flag = RedFlag("chest_pain", TriageLevel.EMERGENCY, "胸口疼", b.both(""))
    world.screen.found[text] = Screening(text, TriageLevel.EMERGENCY, red_flags=(flag,))
    engine(world).intent = "complain_bot"
    said = says(world, text)
    (case,) = world.rows("escalations")
    assert case.level is TriageLevel.EMERGENCY
    assert "emergency: a nurse has been told. Call 120 if worse.（中文）" in said
    assert "没" not in "".join(said)


def test_what_may_be_a_sign_is_asked_about_beside_the_apology(world: World) -> None:
    for text in ("5", "9", "6"):
        says(world, text)
    text = "等了三个小时，胸口都闷了"
    world.screen.found[text] = Screening(text, TriageLevel.WITHIN_48_HOURS, ask=True)
    engine(world).intent = "complain_bot"
    said = says(world, text)
    assert "complaint.zh" in said
    assert any("if_worse" in one or "sign" in one for one in said)


def test_a_nurse_who_leads_the_chat_is_not_answered_for(world: World) -> None:
    lead(world, Mode.NURSE, nurse_id="nurse-chen")
    said = says(world, "2")
    assert not any("call_back_promised" in one for one in said)


# --- Where the pathways ask ---------------------------------------------------------------


def test_every_pathway_asks_each_of_the_three_once_in_the_first_six_weeks() -> None:
    for pathway in library().pathways.values():
        for name in VOICE:
            for tier in ("low", "medium", "high"):
                asked = [
                    one for one in pathway.check_ins if name in one.questions and tier in one.tiers
                ]
                assert len(asked) == 1, (pathway.id, name, tier)
                assert 7 <= asked[0].day <= 42
                assert asked[0].repeat is None


def test_how_the_care_was_is_asked_after_every_question_about_her_health() -> None:
    for pathway in library().pathways.values():
        for plan in pathway.check_ins:
            rest = [one for one in plan.questions if one not in (*VOICE, "anything_else")]
            assert plan.questions[: len(rest)] == tuple(rest), (pathway.id, plan.id)


def test_the_scores_are_asked_as_they_are_defined() -> None:
    questions = library().pathway("pci").questions
    spans = {one: (questions[one].minimum, questions[one].maximum) for one in VOICE}
    assert spans == {"satisfaction": (1, 5), "recommend": (0, 10), "effort": (1, 7)}
    assert [questions[one].call_back_below for one in VOICE] == [4, None, None]
    assert "Net Promoter" not in questions["recommend"].ask.say("en")

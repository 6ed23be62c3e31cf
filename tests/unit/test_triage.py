"""Triage: the highest level wins, doubt goes up, and half a check-in is enough to act."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.condition import UNKNOWN, Answered, EarlierCheckIn, Facts
from bot.core.pathway import Library, Pathway, next_question, open_questions
from bot.core.triage import level_when_unclear, triage
from bot.core.triage_level import TriageLevel
from bot.pathfiles.load import load_library

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(PATHWAYS)


@pytest.fixture(scope="module")
def hip_knee(library: Library) -> Pathway:
    return library.pathway("hip_knee_replacement")


def on_day(day: int, **answers: Answered) -> Facts:
    return Facts(answers=answers, day=day, tier="medium")


def test_the_highest_level_wins_and_stands_first(hip_knee: Pathway) -> None:
    result = triage(hip_knee, on_day(3, temperature=38.5, mood="worried", danger=("chest_pain",)))
    assert result.level is TriageLevel.EMERGENCY
    assert result.worst is not None
    assert result.worst.rule.id == "chest_or_breath"
    assert {hit.rule.id for hit in result.hits} == {"chest_or_breath", "fever", "mood_worried"}


def test_a_hit_shows_the_answers_it_stands_on(hip_knee: Pathway) -> None:
    result = triage(hip_knee, on_day(7, leg=("swelling",), leg_raised=False))
    assert [hit.because for hit in result.hits if hit.rule.id == "leg_clot"] == [
        (("leg", ("swelling",)), ("leg_raised", False))
    ]


def test_half_a_check_in_is_enough_to_act(hip_knee: Pathway) -> None:
    assert triage(hip_knee, on_day(3, danger=("breathless",))).level is TriageLevel.EMERGENCY


def test_an_answer_that_is_not_there_yet_is_no_finding(hip_knee: Pathway) -> None:
    result = triage(hip_knee, on_day(7, leg=("swelling",)))
    assert (result.level, result.unclear) == (TriageLevel.ROUTINE, ())


def test_an_unclear_answer_is_never_routine(hip_knee: Pathway) -> None:
    for question in hip_knee.questions:
        if question in hip_knee.if_unknown:
            continue
        result = triage(hip_knee, on_day(7, **{question: UNKNOWN}))
        assert result.level >= TriageLevel.WITHIN_48_HOURS, question
        assert result.unclear == (question,)


def test_an_unclear_answer_about_a_red_flag_is_looked_at_today(hip_knee: Pathway) -> None:
    for question in ("danger", "wound", "leg", "leg_raised", "hip_out", "fall_hurt", "pain_rest"):
        assert triage(hip_knee, on_day(7, **{question: UNKNOWN})).level is TriageLevel.SAME_DAY


def test_an_unclear_answer_never_lowers_what_is_known(hip_knee: Pathway) -> None:
    result = triage(hip_knee, on_day(7, danger=("faint",), wound=UNKNOWN))
    assert result.level is TriageLevel.EMERGENCY


def test_no_thermometer_leads_to_another_question_instead_of_a_nurse(hip_knee: Pathway) -> None:
    assert level_when_unclear(hip_knee, "temperature") is TriageLevel.SELF_CARE
    plan = hip_knee.check_in("day_3")
    answered: dict[str, Answered] = {"danger": ("none",), "temperature": UNKNOWN}
    question = next_question(hip_knee, plan, answered)
    assert question is not None
    assert question.id == "feverish"


def test_no_fever_never_lowers_a_level(hip_knee: Pathway) -> None:
    with_fever = triage(hip_knee, on_day(3, danger=("rigors",), temperature=38.6))
    without = triage(hip_knee, on_day(3, danger=("rigors",), temperature=36.4))
    assert with_fever.level is without.level is TriageLevel.EMERGENCY


def test_the_record_names_pathway_and_version(hip_knee: Pathway) -> None:
    result = triage(hip_knee, on_day(3))
    assert (result.pathway_id, result.version) == (hip_knee.id, hip_knee.version)


def test_a_follow_up_is_asked_only_when_it_is_needed(hip_knee: Pathway) -> None:
    plan = hip_knee.check_in("day_3")
    before: dict[str, Answered] = {"danger": ("none",), "temperature": 36.8, "wound": ("none",)}
    quiet = next_question(hip_knee, plan, {**before, "leg": ("none",)})
    swollen = next_question(hip_knee, plan, {**before, "leg": ("swelling",)})
    assert quiet is not None
    assert quiet.id == "pain_rest"
    assert swollen is not None
    assert swollen.id == "leg_raised"


def test_a_knee_is_not_asked_about_its_hip(hip_knee: Pathway) -> None:
    plan = hip_knee.check_in("day_3")
    answered: dict[str, Answered] = dict.fromkeys(plan.questions, True)
    answered["walking"] = "cannot"
    del answered["hip_out"]
    knee, hip = Facts(procedure="knee_replacement"), Facts(procedure="hip_replacement")
    assert next_question(hip_knee, plan, answered, facts=knee) is None
    asked = next_question(hip_knee, plan, answered, facts=hip)
    assert asked is not None
    assert asked.id == "hip_out"


def test_a_check_in_ends_when_every_question_is_answered_or_skipped(hip_knee: Pathway) -> None:
    for plan in hip_knee.check_ins:
        answered: dict[str, Answered] = {}
        while (question := next_question(hip_knee, plan, answered)) is not None:
            assert question.id not in answered
            answered[question.id] = UNKNOWN
        assert set(answered) <= set(plan.questions)


def test_questions_that_wait_for_another_answer_are_still_open(hip_knee: Pathway) -> None:
    plan = hip_knee.check_in("day_3")
    open_ids = [question.id for question in open_questions(hip_knee, plan, {})]
    assert "leg_raised" in open_ids
    closed = open_questions(hip_knee, plan, {"leg": ("none",)})
    assert "leg_raised" not in [question.id for question in closed]


def test_pain_that_rises_by_two_is_seen_the_same_day(hip_knee: Pathway) -> None:
    before = (EarlierCheckIn(3, {"pain_rest": 1.0}),)
    facts = Facts({"pain_rest": 3.0}, day=7, tier="low", earlier=before)
    assert triage(hip_knee, facts).level is TriageLevel.SAME_DAY

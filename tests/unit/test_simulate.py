"""The simulator: real schedule, questions and rules, invented people, and one seed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.core.pathway import Pathway
from bot.core.screening import RedFlag, Screening
from bot.core.simulation import Assumptions, as_text, report, simulate
from bot.core.simulation.diary import Diary
from bot.core.simulation.people import invent, next_clock_change
from bot.core.simulation.personas import PERSONAS, shares
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.pathfiles.load import load_library
from tests.builders import both
from tests.unit.pathway_desk import PATHWAYS, write_library

PATIENTS, DAYS = 40, 35


@cache
def gallbladder() -> Pathway:
    return load_library(PATHWAYS).pathway("lap_cholecystectomy")


def shiver_is_an_emergency(text: str, _procedure: str, _day: int) -> Screening:
    if "39.1" not in text:
        return Screening(text, TriageLevel.ROUTINE)
    flag = RedFlag("sepsis_signs", TriageLevel.EMERGENCY, text, both(""))
    return Screening(text, TriageLevel.EMERGENCY, red_flags=(flag,))


@cache
def found() -> dict[str, Any]:
    return report(
        simulate(gallbladder(), patients=PATIENTS, days=DAYS, seed=1, screen=shiver_is_an_emergency)
    )


def scene(persona: str) -> str:
    one = next(one for one in found()["transcripts"] if one["persona"] == persona)
    return "\n".join(f"{line['at']} {line['who']}: {line['text']}" for line in one["lines"])


def test_the_same_seed_gives_the_same_result() -> None:
    again = [report(simulate(gallbladder(), patients=15, days=15, seed=7)) for _ in range(2)]
    assert json.dumps(again[0]) == json.dumps(again[1])


def test_another_seed_gives_another_result() -> None:
    one, other = (report(simulate(gallbladder(), patients=15, days=15, seed=s)) for s in (1, 2))
    assert one["messages"] != other["messages"]


def test_nothing_unasked_goes_out_at_night() -> None:
    assert found()["messages"]["in_quiet_hours"] == 0


def test_a_message_at_night_would_be_counted() -> None:
    person = invent(gallbladder(), Assumptions(), patients=1, seed=1)[0]
    diary = Diary(person, "en")
    diary.said(person.enrolled_at, night=True, unasked=True, messages=2)
    diary.said(person.enrolled_at, night=True, unasked=False)
    assert (diary.unasked_at_night, diary.replies_at_night) == (2, 1)


def test_every_check_in_has_one_end() -> None:
    counts = found()["check_ins"]
    ends = ("completed", "silent", "overtaken", "stopped", "missed", "cancelled")
    assert counts["planned"] == sum(counts[end] for end in ends) > PATIENTS
    unsent = counts["planned"] - counts["sent"]
    assert counts["missed"] <= unsent <= counts["missed"] + counts["cancelled"]


def test_silence_is_a_task_for_a_nurse() -> None:
    assert found()["check_ins"]["silent"] > 0
    told = sum(found()["alerts"]["per_kind"]["silence"].values())
    assert told == found()["check_ins"]["silent"]


def test_every_question_and_rule_is_named_once() -> None:
    reached = found()["reached"]
    for kind, names in (
        ("questions", list(gallbladder().questions)),
        ("rules", [rule.id for rule in gallbladder().rules]),
        ("check_ins", [plan.id for plan in gallbladder().check_ins]),
    ):
        part = reached[kind]
        told = [*part["by_patients"], *part["by_explorers_only"], *part["never"]]
        assert sorted(told) == sorted(names)
        assert set(part["why_never"]) == set(part["never"])


def test_a_rule_behind_an_emergency_is_named_with_the_reason() -> None:
    assert found()["reached"]["rules"]["why_never"]["fever_and_unwell"] == "emergency_first"


def test_a_question_that_nobody_asks_is_never_reached() -> None:
    pathway = gallbladder()
    plans = tuple(
        replace(plan, questions=tuple(one for one in plan.questions if one != "shoulder"))
        for plan in pathway.check_ins
    )
    changed = replace(pathway, check_ins=plans)
    reached = report(simulate(changed, patients=11, days=20, seed=1))["reached"]
    assert "shoulder" in reached["questions"]["never"]
    assert {"shoulder_early", "shoulder_late"} <= set(reached["rules"]["never"])


def test_a_check_in_after_the_last_day_says_so() -> None:
    reached = report(simulate(gallbladder(), patients=11, days=10, seed=1))["reached"]
    assert reached["check_ins"]["why_never"]["day_30"] == "after_last_day"


def test_a_fever_at_three_in_the_morning_reaches_a_nurse_at_once() -> None:
    told = scene("fever_at_3")
    assert "03:00 nurse: emergency: sepsis_signs" in told
    assert "call 120" in told.lower()


def test_after_stop_nothing_more_is_sent() -> None:
    assert "patient: STOP" in scene("stop_on_day_2")
    assert "opted_out" in scene("stop_on_day_2")
    assert found()["check_ins"]["cancelled"] > 0
    day = found()["alerts"]["per_kind"]["opted_out"]["within_48_hours"]
    assert day == 1


def test_an_infection_on_day_six_comes_to_a_nurse() -> None:
    row = next(one for one in found()["noticed"] if one["persona"] == "infection_day_6")
    assert row["noticed"] == row["patients"] > 0
    assert row["longest_days"] <= 6


def test_a_son_is_greeted_as_a_son() -> None:
    assert "caregiver:" in scene("son_answers")
    assert "questions about P." in scene("son_answers")


def test_the_clock_change_falls_into_the_follow_up() -> None:
    assert next_clock_change("Europe/London", date(2026, 3, 9)) == date(2026, 3, 29)
    assert next_clock_change("Asia/Shanghai", date(2026, 3, 9)) == date(2026, 3, 9)


def test_who_moves_is_written_to_by_day_in_the_new_zone() -> None:
    counts = found()["check_ins"]
    assert counts["outside_window"] > 0  # named, since the service keeps the old hour
    assert found()["messages"]["in_quiet_hours"] == 0


def test_every_persona_has_a_patient_and_a_transcript() -> None:
    ids = [one.id for one in PERSONAS]
    assert [one.id for one, _ in shares(PATIENTS)] == ids
    assert sum(count for _, count in shares(PATIENTS)) == PATIENTS
    assert [one["persona"] for one in found()["transcripts"]] == ids
    assert sum(count for _, count in shares(3)) == 3


def test_nurse_minutes_follow_the_given_assumptions() -> None:
    none = Assumptions(nurse_minutes={}, operations_per_week=20)
    row = report(simulate(gallbladder(), patients=15, days=15, seed=1, taken=none))
    assert row["forecast"]["every_week_once_full"]["nurse_minutes"] == 0
    one = Assumptions(nurse_minutes=dict.fromkeys(TriageLevel, 1.0), operations_per_week=15)
    row = report(simulate(gallbladder(), patients=15, days=15, seed=1, taken=one))
    alerts = sum(row["alerts"]["per_level"].values())
    assert row["forecast"]["every_week_once_full"]["nurse_minutes"] == alerts > 0


def test_the_keys_of_the_report_stay() -> None:
    assert list(found()) == [
        *("format", "pathway", "version", "title", "patients", "days", "seed", "assumptions"),
        *("personas", "check_ins", "messages", "reached", "alerts", "noticed", "forecast"),
        "transcripts",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_reads_in_both_languages(language: str) -> None:
    text = as_text(found(), language)
    assert gallbladder().title.say(language) in text
    assert ("必须是 0" if language == "zh" else "must be 0") in text
    assert "{" not in text


def test_the_command_prints_text_and_json(tmp_path: Path) -> None:
    folder = write_library(tmp_path)
    asked = ["pathway", "simulate", "hernia", "--patients", "12", "--days", "12"]
    asked += ["--folder", str(folder), "--emergency-minutes", "7"]
    text = CliRunner().invoke(app, [*asked, "--lang", "zh"])
    assert text.exit_code == 0
    assert "虚拟患者" in text.stdout
    row = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert row["patients"] == 12
    assert row["assumptions"]["nurse_minutes"]["emergency"] == 7
    wrong = CliRunner().invoke(app, [*asked, "--lang", "fr"])
    assert (wrong.exit_code, "Use zh or en" in wrong.output) == (2, True)


def test_an_unknown_pathway_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    folder = write_library(tmp_path)
    result = CliRunner().invoke(app, ["pathway", "simulate", "x", "--folder", str(folder)])
    assert result.exit_code == 2
    assert "Known: hernia" in result.output


@cache
def eyes() -> dict[str, Any]:
    pathway = load_library(PATHWAYS).pathway("cataract")
    return report(simulate(pathway, patients=40, days=27, seed=3))


def test_reminders_and_teaching_are_counted_and_never_come_at_night() -> None:
    counts = eyes()["messages"]
    assert counts["reminders"] > 40, "drops every week"
    assert counts["teaching"] + counts["taught_in_check_ins"] > 40
    assert counts["in_quiet_hours"] == 0
    page = as_text(eyes(), "en")
    assert f"appointments: {counts['reminders']};" in page


def test_a_reminder_held_by_an_unanswered_check_in_may_become_too_late() -> None:
    assert eyes()["messages"]["reminders_too_late"] > 0


def test_after_stop_nobody_is_reminded() -> None:
    pathway, stopped = load_library(PATHWAYS).pathway("cataract"), 0
    for diary in simulate(pathway, patients=60, days=27, seed=3).diaries:
        if diary.person.persona.id == "stop_on_day_2":
            assert diary.nudges["reminder"] <= 1, "the first day's, before she said it"
            assert "Remember your eye drops." not in diary.scenes[-1][-1].text
            stopped += 1
    assert stopped > 0

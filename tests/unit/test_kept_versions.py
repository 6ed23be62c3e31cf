"""Kept versions: an upgrade neither changes an episode's questions nor stops its follow-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.check_in import CheckInState
from bot.core.condition import Facts
from bot.core.conversation import InboundState
from bot.core.errors import NotFound
from bot.core.pathway import Pathway
from bot.core.pathway_version import PathwayVersion
from bot.core.patient import Episode
from bot.core.release import files_of
from bot.core.triage import triage
from bot.core.triage_level import TriageLevel
from bot.pathfiles.folder import read_folder
from bot.pathfiles.load import load_library
from bot.pathfiles.versions import VersionedLibrary
from bot.services.stand_ins import tell_of_stand_ins
from bot.wiring import make_library
from bot.workflows.at_once import run_due
from tests.builders import START, a_check_in, an_inbound, an_observation, wang_and_her_ward
from tests.fakes import World
from tests.unit.house_under_test import ActingEngine
from tests.unit.pathway_desk import spoil, write_library
from tests.unit.patient_desk import her_world, says

OLD = "v-old"
Files = dict[str, str]


@pytest.fixture
def today(tmp_path: Path) -> Path:
    """Today's files: the fever counts from 37.5, and 12355 is the crisis line."""
    folder = write_library(tmp_path / "pathways")
    spoil(folder, "hernia.yml", "temperature >= 38.0 C", "temperature >= 37.5 C")
    spoil(folder, "shared/emergency_numbers.yml", 'crisis: "12356"', 'crisis: "12355"')
    spoil(folder, "shared/questions.yml", "Any bleeding?", "Is there any blood?")
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Files:
    """The files as an older release kept them: things are missing, others nobody knows now."""
    folder = write_library(tmp_path / "older")
    spoil(
        folder, "hernia.yml", "[danger, temperature, pain]", "[danger, temperature, pain, bleeding]"
    )
    files = files_of(read_folder(folder), "hernia")
    phrases = files["shared/phrases.yml"]
    files["shared/phrases.yml"] = (
        "old_words: {zh: 旧, en: old}\n" + phrases[phrases.index("\ncause_asked") :]
    )
    files["shared/levels.yml"] = files["shared/levels.yml"].replace("takeover:", "handover:")
    del files["shared/quick_replies.yml"]
    files["shared/telegrams.yml"] = "stop: {}\n"
    return files


def library(today: Path, files: Files | None) -> VersionedLibrary:
    return VersionedLibrary(load_library(today), lambda _version: files, today)


def fever(pathway: Pathway, degrees: float) -> TriageLevel:
    return triage(pathway, Facts(answers={"temperature": degrees}, day=3)).level


def test_a_version_of_an_older_release_keeps_its_questions_and_thresholds(
    today: Path, kept: Files
) -> None:
    old = library(today, kept).pathway("hernia", OLD)
    now = load_library(today).pathway("hernia")
    assert (old.version, old.stands_in_for) == (OLD, "")
    assert fever(old, 37.8) is TriageLevel.ROUTINE
    assert fever(now, 37.8) is TriageLevel.SAME_DAY
    assert "bleeding" in old.check_in("day_1").questions
    assert old.questions["bleeding"].ask.say("en") == "Any bleeding?"


def test_what_the_house_says_is_todays_for_everybody(today: Path, kept: Files) -> None:
    every = library(today, kept)
    old = every.pathway("hernia", OLD)
    assert old.shared is every.shared
    assert old.shared.numbers("CN").crisis == "12355"
    assert "cause_not_understood" in old.shared.phrases
    assert "old_words" not in old.shared.phrases
    assert old.shared.quick_replies


def test_a_rule_without_words_of_its_own_speaks_todays(today: Path, kept: Files) -> None:
    spoil(today, "shared/levels.yml", "A nurse will contact you today.", "Today a nurse calls you.")
    old = library(today, kept).pathway("hernia", OLD)
    assert "Today a nurse calls you." in old.rule("pain_severe").tell.say("en")
    assert "A nurse calls today." in old.rule("fever").tell.say("en")


def test_what_must_stand_there_by_now_is_lent_by_today(today: Path, kept: Files) -> None:
    kept["hernia.yml"] = kept["hernia.yml"].replace("  send_within: 24 h\n", "")
    del kept["shared/ways.yml"]
    old = library(today, kept).pathway("hernia", OLD)
    assert old.check_in("day_1").lateness.send_within == timedelta(hours=24)
    assert fever(old, 37.8) is TriageLevel.ROUTINE


def broken(files: Files, name: str, old: str, new: str) -> Files:
    assert old in files[name]
    return {**files, name: files[name].replace(old, new, 1)}


BREAKS: dict[str, Callable[[Files], Files | None]] = {
    "never kept": lambda _files: None,
    "nothing kept": lambda _files: {},
    "no YAML": lambda files: {**files, "hernia.yml": "questions: ["},
    "a word nobody knows": lambda files: broken(files, "hernia.yml", "use_rules:", "use_signs:"),
    "a condition nobody reads": lambda files: broken(
        files, "hernia.yml", "when: pain >= 7", "when: pain worse than 7"
    ),
    "a question that is gone": lambda files: broken(
        files, "shared/questions.yml", "bleeding:", "blood:"
    ),
    "a blank nobody fills": lambda files: broken(
        files, "hernia.yml", "Lift nothing heavy.", "Ask {ward}."
    ),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_version_that_cannot_be_read_is_never_half_used(
    today: Path, kept: Files, how: str
) -> None:
    every = library(today, BREAKS[how](kept))
    with pytest.raises(NotFound):
        every.pathway("hernia", OLD)
    found = every.followed("hernia", OLD)
    assert found.stands_in_for == OLD
    assert found.version == load_library(today).pathway("hernia").version
    assert found.check_in("a_plan_of_old").id == "a_plan_of_old"
    assert len(found.check_in("a_plan_of_old").questions) == 5


def test_a_pathway_with_nothing_left_leaves_the_asking_to_nurses(today: Path) -> None:
    found = library(today, None).followed("long_gone", OLD)
    assert found.stands_in_for == OLD
    assert triage(found, Facts()).level is TriageLevel.SAME_DAY
    assert found.check_in("day_1").questions == ()


def ward(folder: Path, today: Path, files: Files, pathway_id: str = "hernia") -> World:
    """Mrs Wang on a version that is in the record and cannot be read, a check-in due now."""
    world = her_world(folder)
    kept = PathwayVersion(OLD, pathway_id, files, START)
    with world.record.transaction() as tx:
        tx.pathway_versions.add(kept)
    engine = ActingEngine()
    world.parts = replace(world.parts, library=make_library(world.record, today), dialogue=engine)
    engine.parts = world.parts
    on_old = {"pathway_id": pathway_id, "pathway_version": OLD}
    for one in wang_and_her_ward():
        world.add(replace(one, **on_old) if isinstance(one, Episode) else one)
    return world


def planned(world: World) -> None:
    """A check-in by a plan that only the old version knew."""
    world.add(
        a_check_in(
            plan_id="day_6_of_old",
            state=CheckInState.PLANNED,
            opened_at=None,
            conversation_id=None,
        )
    )


def tasks(world: World) -> list[str]:
    return [one.kind for one in world.rows("tasks", order_by="created_at,id")]


def test_a_nurse_hears_once_at_the_start_of_the_release(
    tmp_path: Path, today: Path, kept: Files
) -> None:
    world = ward(tmp_path, today, {**kept, "hernia.yml": "questions: ["})
    assert tell_of_stand_ins(world.parts) == 1
    assert tell_of_stand_ins(world.parts) == 0
    (task,) = world.rows("tasks")
    assert (task.kind, task.patient_id, task.episode_id) == (
        *("stand_in", "patient-wang"),
        "episode-wang",
    )
    (entry,) = world.rows("audit", action="pathway.stand_in")
    assert entry.about == "episode-wang"
    assert entry.details.startswith(f"hernia {OLD} -> ")


def test_nobody_is_told_of_a_version_that_can_be_read(
    tmp_path: Path, today: Path, kept: Files
) -> None:
    world = ward(tmp_path, today, kept)
    assert tell_of_stand_ins(world.parts) == 0
    assert world.rows("tasks") == []


def test_a_whole_check_in_goes_on_when_the_version_cannot_be_read(
    tmp_path: Path, today: Path, kept: Files
) -> None:
    world = ward(tmp_path, today, {**kept, "hernia.yml": "questions: ["})
    planned(world)
    run_due(world.parts)
    assert tasks(world) == ["stand_in"]
    assert "现在有没有这些情况？" in world.said_to("chat-wang")[-1]
    said = [says(world, text)[-1] for text in ("都没有", "37.8", "3", "没有")]
    assert "体温多少？" in said[0]
    assert "120" in said[-1]
    done = world.get("check_ins", "check-in-wang")
    # Today's threshold, 37.5, and a case for a nurse; never an exception, never "all is well".
    assert (done.state, done.level) == (CheckInState.COMPLETED, "same_day")
    (case,) = world.rows("escalations")
    assert case.level is TriageLevel.SAME_DAY
    assert tasks(world) == ["stand_in"]


def test_a_check_in_cut_by_the_upgrade_is_asked_anew_and_not_read_wrongly(
    tmp_path: Path, today: Path, kept: Files
) -> None:
    world = ward(tmp_path, today, {**kept, "hernia.yml": "questions: ["})
    of_old = {
        "check_in_id": "check-in-wang",
        "pathway_version": OLD,
        "inbound_id": "in-0",
    }
    world.add(
        an_inbound(id="in-0", seq=0, state=InboundState.DONE),
        a_check_in(plan_id="day_6_of_old", current_question="mood"),
        an_observation("mood", "fine", **of_old),  # today's version has no such question
        an_observation("temperature", 36.5, **of_old),
    )
    said = [says(world, text)[-1] for text in ("都没有", "36.8", "3", "没有")]
    assert "体温多少？" in said[0]
    assert world.get("check_ins", "check-in-wang").state is CheckInState.COMPLETED


def test_a_pathway_that_is_gone_altogether_makes_each_check_in_a_nurses(
    tmp_path: Path, today: Path
) -> None:
    world = ward(tmp_path, today, {}, pathway_id="long_gone")
    planned(world)
    world.clock.advance(minutes=1)
    run_due(world.parts)
    assert sorted(tasks(world)) == ["late_check_in", "stand_in"]
    assert world.get("check_ins", "check-in-wang").state is CheckInState.MISSED
    assert says(world, "我好多了")  # she is heard and answered all the same


def test_an_open_check_in_of_a_pathway_that_is_gone_never_ends_well(
    tmp_path: Path, today: Path
) -> None:
    world = ward(tmp_path, today, {}, pathway_id="long_gone")
    world.add(a_check_in())
    assert tell_of_stand_ins(world.parts) == 1
    said = "\n".join(says(world, "没有不舒服"))
    assert "护士今天会联系您" in said
    assert world.get("check_ins", "check-in-wang").level == "same_day"

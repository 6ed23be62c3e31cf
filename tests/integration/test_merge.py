"""One person, registered twice: a named nurse joins the records, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.enrolment import NewEnrolment
from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.escalation import EscalationState
from bot.core.patient import EpisodeState, RiskTier
from bot.core.screening import RedFlag, Screening
from bot.core.triage_level import TriageLevel
from bot.exchange.fhir_patient import patient_bundle
from bot.services.enrol import enrol
from bot.services.export import Wanted
from bot.services.export_patient import export_patients
from bot.services.merge_patients import merge_patients
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.receive import receive
from bot.services.resume_episode import resume_episode
from bot.services.show_merge import show_merged, show_pair, stays_for
from bot.services.show_patients import list_patients, show_patient
from bot.services.staff_accounts import Refused
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.integration.registered_twice import SAID, merge, nurse, second_registration
from tests.integration.restored_house import from_patient
from tests.integration.ward_record import a_ward, planned
from tests.unit.fhir_desk import BASE, check, kinds


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Wang, and the same Wang again under H-double, for the same operation, with her daughter,
    answers, a case that Liu has and a task."""
    with a_ward(database_url, tmp_path) as made:
        made.add(b.a_check_in(), planned(2), *second_registration())
        yield made


def wrong(world: World, **over: Any) -> dict[str, str]:
    before = (world.rows("patients"), world.rows("contacts"), world.rows("episodes"))
    with pytest.raises(Refused) as refused:
        merge(world, **over)
    assert before == (world.rows("patients"), world.rows("contacts"), world.rows("episodes"))
    assert world.rows("merges") == []
    return refused.value.fields


# --- What is joined ---------------------------------------------------------------------


def test_everything_of_the_second_registration_is_with_the_first(world: World) -> None:
    rows = ("observations", "inbound", "causes", "conversations", "check_ins")
    before = {name: len(world.rows(name)) for name in rows}
    made = merge(world)
    assert {name: len(world.rows(name)) for name in rows} == before
    her = "patient-wang"
    assert {one.patient_id for one in world.rows("contacts")} == {her}
    assert world.get("escalations", "case-1").patient_id == her
    assert world.get("tasks", "task-1").patient_id == her
    assert world.get("episodes", "episode-hip").patient_id == her
    assert world.get("patients", "patient-double").merged_into == her
    assert made.moved == {
        "contacts": ["contact-double", "contact-fang"],
        "escalations": ["case-1"],
        "tasks": ["task-1"],
        "takeovers": [],
        "episodes": ["episode-hip"],
        "same_operation": ["episode-double"],
        "ended": {"episode-double": "active"},
        "hours": ["Asia/Shanghai", "zh"],
    }
    assert (made.merged_by, made.words, made.merged_at) == ("nurse-zhao", "同一张身份证", START)
    audit = {
        (one.who, one.about, one.details) for one in world.rows("audit", action="patient.merge")
    }
    assert audit == {
        ("nurse-zhao", her, "patient-double"),
        ("nurse-zhao", "patient-double", "into patient-wang"),
    }


def test_one_follow_up_goes_on_and_the_other_ends(world: World) -> None:
    merge(world)
    kept, ended = (world.get("episodes", f"episode-{name}") for name in ("wang", "double"))
    assert kept.state is EpisodeState.ACTIVE
    assert (ended.state, ended.end_reason) == (EpisodeState.FINISHED, "merged")
    states = {one.id: one.state for one in world.rows("check_ins")}
    assert states == {
        "check-in-wang": CheckInState.OPEN,
        "check-in-wang-2": CheckInState.PLANNED,
        "check-in-double-1": CheckInState.CANCELLED,
        "check-in-double-4": CheckInState.CANCELLED,
    }
    with pytest.raises(NotFound):  # it belongs to a registration that is no patient any more
        show_patient(world.parts, nurse(world, "sun"), patient_id="patient-double")
    with pytest.raises(AlreadyDone, match="Zhao"):
        resume_episode(world.parts, nurse(world), episode_id="episode-double")


def test_the_case_stays_with_the_nurse_who_has_it_and_goes_on(world: World) -> None:
    before = world.get("escalations", "case-1")
    merge(world)
    after = world.get("escalations", "case-1")
    assert after == replace(before, patient_id="patient-wang")
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert world.get("escalations", "case-1").state is EscalationState.OPEN


def test_a_red_flag_in_either_chat_reaches_a_nurse_for_the_one_patient(world: World) -> None:
    merge(world)
    level = TriageLevel.EMERGENCY
    for number, (chat, words) in enumerate((("double", "喘不上气"), ("wang", "胸口痛")), 1):
        flag = RedFlag(words, level, words, b.both("why"))
        world.screen.found[words] = Screening(words, level, red_flags=(flag,))
        receive(world.parts, from_patient(words, number, chat))
    assert {one.patient_id for one in world.rows("escalations")} == {"patient-wang"}
    causes = [one.words for one in world.rows("causes")]
    assert {"喘不上气", "胸口痛"} <= set(causes)


def test_a_red_flag_read_just_before_the_merge_is_raised_for_the_record_that_stays(
    world: World,
) -> None:
    """The message was read while there were two records, and is raised when there is one."""
    read_before = world.get("episodes", "episode-double")
    merge(world)
    cause = NewCause(
        "rule", "fever", TriageLevel.SAME_DAY, "三十九度", {"zh": "发烧", "en": "fever"}
    )
    with world.record.transaction() as tx:
        case = raise_escalation(
            *(tx, world.parts),
            episode=read_before,
            conversation=tx.conversations.get("chat-double"),
            level=TriageLevel.SAME_DAY,
            causes=[cause],
            now=START,
        )
    assert (case.id, case.patient_id) == ("case-1", "patient-wang")


def test_the_follow_up_of_the_second_registration_may_go_on_with_its_hours(world: World) -> None:
    """Another operation, enrolled under the second number, in another time zone."""
    with world.record.transaction() as tx:
        twin = tx.episodes.get("episode-double")
        tx.episodes.swap(twin, replace(twin, surgery_on=b.SURGERY_ON + timedelta(days=1)))
        other = tx.patients.get("patient-double")
        tx.patients.swap(other, replace(other, time_zone="Europe/London", language="en"))
    made = merge(world, keeps="episode-double")
    assert (made.kept_episode_id, made.ended_episode_id) == ("episode-double", "episode-wang")
    her = world.get("patients", "patient-wang")
    assert (her.time_zone, her.language) == ("Europe/London", "en")
    shown = show_patient(world.parts, nurse(world), patient_id="patient-wang")
    assert shown.about.episode.id == "episode-double"
    assert world.get("check_ins", "check-in-double-1").state is CheckInState.PLANNED


# --- What is asked before -----------------------------------------------------------------


def test_identity_is_checked_in_both_directions(world: World) -> None:
    assert wrong(world, year_stays="1949") == {"year_stays": "not_her_year"}
    assert wrong(world, year_goes="") == {"year_goes": "not_her_year"}
    assert wrong(world, words=" ") == {"words": "needed"}
    assert wrong(world, words="x" * 201) == {"words": "too_long"}


@pytest.mark.parametrize("other", [{"name": "王秀兰"}, {"birth_year": 1949}])
def test_what_differs_must_have_been_compared(world: World, other: dict[str, Any]) -> None:
    with world.record.transaction() as tx:
        goes = tx.patients.get("patient-double")
        tx.patients.swap(goes, replace(goes, **other))
    year = {"year_goes": str(other.get("birth_year", 1948))}
    assert wrong(world, **year) == {"compared": "compare"}
    assert merge(world, **year, compared=True).goes_id == "patient-double"


def test_where_both_are_followed_up_the_nurse_must_choose(world: World) -> None:
    assert wrong(world, keeps="") == {"keeps": "choose_follow_up"}
    assert wrong(world, keeps="episode-hip") == {"keeps": "choose_follow_up"}
    assert wrong(world, keeps="episode-double") == {"stays": "same_operation"}
    with world.record.transaction() as tx:
        mine = tx.episodes.get("episode-wang")
        tx.episodes.swap(mine, replace(mine, state=EpisodeState.FINISHED))
    assert wrong(world, keeps="") == {"stays": "same_operation"}
    merge(world, stays="double", goes="wang", keeps="")
    assert world.get("episodes", "episode-double").state is EpisodeState.ACTIVE


def test_only_a_charge_nurse_of_both_wards_and_only_once(world: World) -> None:
    ids = {"stays_id": "patient-wang", "goes_id": "patient-double"}
    with pytest.raises(NotAllowed):
        merge_patients(world.parts, nurse(world, "chen"), **ids, said=SAID)
    with world.record.transaction() as tx:
        other = tx.patients.get("patient-double")
        tx.patients.swap(other, replace(other, ward="cardio"))
    with pytest.raises(NotFound):
        merge(world)
    with world.record.transaction() as tx:
        charge = tx.nurses.get("nurse-zhao")
        tx.nurses.swap(charge, replace(charge, ward="*"))
    assert wrong(world, goes="wang") == {"stays": "same_record"}
    merge(world)
    with pytest.raises(AlreadyDone, match="Zhao"):
        merge(world)


def test_a_case_of_another_ward_is_open_again_for_the_ward_that_stays(world: World) -> None:
    with world.record.transaction() as tx:
        other = tx.patients.get("patient-double")
        tx.patients.swap(other, replace(other, ward="cardio"))
        for name, ward in (("zhao", "*"), ("liu", "cardio")):
            one = tx.nurses.get(f"nurse-{name}")
            tx.nurses.swap(one, replace(one, ward=ward))
    merge(world)
    case = world.get("escalations", "case-1")
    assert (case.state, case.acknowledged_by) == (EscalationState.OPEN, None)
    assert any("staff_case_went" in text for text in world.said_to("chat-liu"))


# --- And after ----------------------------------------------------------------------------


def test_both_numbers_find_her_and_she_stands_in_the_list_once(world: World) -> None:
    made = merge(world)
    for typed in ("H-wang", "H-double", "", "王"):
        found = list_patients(world.parts, nurse(world, "chen"), search=typed)
        assert [one.patient.id for one in found.lines] == ["patient-wang"], typed
    assert stays_for(world.parts, nurse(world), "patient-double") == "patient-wang"
    shown = show_merged(world.parts, nurse(world, "chen"), merge_id=made.id)
    assert {one.episode.id for one in shown.follow_ups} == {"episode-double", "episode-hip"}
    words = [answer.observation.source_text for one in shown.follow_ups for answer in one.answers]
    assert words == ["38.4"]
    with pytest.raises(NotFound):
        show_merged(world.parts, nurse(world, "sun"), merge_id=made.id)
    with pytest.raises(AlreadyDone, match="Zhao"):
        show_pair(world.parts, nurse(world), patient_id="patient-wang", number="H-double")


def test_who_is_enrolled_again_under_the_old_number_is_the_same_patient(world: World) -> None:
    merge(world)
    row = NewEnrolment(
        *("王秀英", "H-double", 1948, "KNEE", b.SURGERY_ON, b.DISCHARGE_ON),
        *("zh", "Asia/Shanghai", RiskTier.LOW, "telegram"),
    )
    again = enrol(world.parts, row=row)
    assert (again.patient_id, again.episode_id, again.new) == (
        *("patient-wang", "episode-wang", False),
    )
    later = enrol(world.parts, row=replace(row, surgery_on=date(2026, 3, 9)))
    assert (later.patient_id, later.new) == ("patient-wang", True)


def test_a_merge_of_a_merge_still_leads_to_her(world: World) -> None:
    merge(world)
    world.add(replace(b.a_patient("third"), name="王秀英"))
    merge(world, stays="third", goes="wang", keeps="")
    assert stays_for(world.parts, nurse(world), "patient-double") == "patient-third"
    found = list_patients(world.parts, nurse(world), search="H-double")
    assert [one.patient.id for one in found.lines] == ["patient-third"]


def test_her_fhir_bundle_is_one_with_both_numbers_and_all_answers(world: World) -> None:
    merge(world)
    files = list(export_patients(world.parts, Wanted(), by="test"))
    (content,) = [patient_bundle(one, BASE, house={"en": "x"}) for one in files]
    check(content)
    (her,) = kinds(content, "Patient")
    assert [(one["use"], one["value"]) for one in her["identifier"]] == [
        *(("usual", "H-wang"), ("old", "H-double")),
    ]
    assert len(kinds(content, "EpisodeOfCare")) == 3
    assert len(kinds(content, "Observation")) == 1

"""A patient leaves as FHIR R4: valid, whole, each reference inside, and nobody else's words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.core.pathway import Pathway
from bot.core.patient import Invitation
from bot.core.staff import AuditEntry
from bot.exchange.fhir import bundle
from bot.exchange.fhir_patient import patient_bundle
from bot.pathfiles.load import load_library
from bot.services.export import Wanted
from bot.services.export_patient import export_patients
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world
from tests.unit.console_desk import Console, a_console
from tests.unit.fhir_desk import BASE, HOUR, OWN_WORDS, Json, check, kinds, li, one, wang
from tests.unit.pathway_desk import PATHWAYS

HOUSE = {"zh": "仁爱医院", "en": "Ren Ai Hospital"}


@cache
def the_pathway() -> Pathway:
    return load_library(PATHWAYS).pathway("hip_knee_replacement")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = a_world(tmp_path, pathway=the_pathway())
    made.add(*wang(the_pathway()), *li(the_pathway()))
    return made


def bundles(world: World, *, names: bool = True, **wanted: Any) -> dict[str, Json]:
    """Every patient's bundle by her id, as it is written."""
    files = export_patients(world.parts, Wanted(names=names, **wanted), by="test")
    made = [patient_bundle(file, BASE, house=HOUSE, names=names) for file in files]
    return {found["id"]: found for found in json.loads(json.dumps(made))}


def test_both_libraries_find_each_bundle_valid_and_whole(world: World) -> None:
    found = bundles(world)
    assert set(found) == {"patient-wang", "patient-li"}
    for content in found.values():
        check(content)
    kinds_found = {one["resource"]["resourceType"] for one in found["patient-wang"]["entry"]}
    asked_for = {
        *("Patient", "EpisodeOfCare", "Questionnaire", "QuestionnaireResponse", "Observation"),
        *("Flag", "Task", "Communication", "Consent"),
    }
    assert asked_for <= kinds_found


@pytest.mark.parametrize("names", [True, False])
def test_without_names_nothing_of_a_person_is_left_and_it_is_still_valid(
    world: World, names: bool
) -> None:
    content = bundles(world, names=names)["patient-wang"]
    check(content)
    text = json.dumps(content, ensure_ascii=False)
    assert {word: word in text for word in OWN_WORDS} == dict.fromkeys(OWN_WORDS, names)
    assert kinds(content, "Patient")[0]["birthDate"] == "1948"


def test_a_response_links_to_the_very_questionnaire_that_the_pathway_exports(world: World) -> None:
    content = bundles(world)["patient-wang"]
    (response,) = kinds(content, "QuestionnaireResponse")
    (form,) = kinds(content, "Questionnaire")
    released = [one["resource"] for one in bundle(the_pathway(), BASE)["entry"]]
    (same,) = [one for one in released if link_of(one) == response["questionnaire"]]
    assert {**form, "id": same["id"]} == json.loads(json.dumps(same))
    assert response["status"] == "completed"
    assert response["authored"] == "2026-03-10T10:00:00+08:00"
    answers = {item["linkId"]: item.get("answer") for item in response["item"]}
    assert answers["temperature"] == [{"valueDecimal": 37}]
    assert [one["valueCoding"]["code"] for one in answers["wound"]] == ["bleeding", "opening"]
    assert answers["leg_raised"][0]["valueCoding"]["code"] == "yes"
    assert answers["pain_rest"] == [{"valueInteger": 3}]
    assert answers["helper"] is None


def link_of(form: Json) -> str:
    return f"{form.get('url')}|{form['version']}"


def test_an_answer_that_was_corrected_is_kept_and_withdrawn(world: World) -> None:
    content = bundles(world)["patient-wang"]
    first, second = (one(content, "Observation", id) for id in ("obs-temperature", "obs-again"))
    assert (first["status"], second["status"]) == ("entered-in-error", "corrected")
    assert second["valueQuantity"] == {
        "value": 37,
        "unit": "Cel",
        "system": "http://unitsofmeasure.org",
        "code": "Cel",
    }
    assert second["code"]["coding"][0]["code"] == "8310-5"
    assert second["category"][0]["coding"][0]["code"] == "vital-signs"


def test_what_was_not_understood_never_looks_like_a_good_answer(world: World) -> None:
    content = bundles(world)["patient-wang"]
    why = [
        one["dataAbsentReason"]["coding"][0]["code"]
        for one in kinds(content, "Observation")
        if "dataAbsentReason" in one
    ]
    assert sorted(why) == ["asked-unknown", "unknown"]


def test_choices_say_of_each_whether_it_was_chosen(world: World) -> None:
    content = bundles(world)["patient-wang"]
    wound = one(content, "Observation", "obs-wound")["component"]
    chosen = {one["code"]["coding"][0]["code"]: one["valueBoolean"] for one in wound}
    assert {code for code, was in chosen.items() if was} == {"bleeding", "opening"}
    assert set(chosen) == {option.value for option in the_pathway().questions["wound"].options}
    danger = one(content, "Observation", "obs-danger")
    assert not any(one["valueBoolean"] for one in danger["component"])
    assert danger["performer"] == [{"reference": "RelatedPerson/contact-fang"}]


def test_consents_say_who_decided_and_what_holds_now(world: World) -> None:
    found = bundles(world)
    consents = {
        one["id"]: (one["status"], one["provision"]["type"], one["performer"][0]["reference"])
        for content in found.values()
        for one in kinds(content, "Consent")
    }
    daughter = "RelatedPerson/contact-fang"
    assert consents == {
        "consent-wang-given": ("active", "permit", "Patient/patient-wang"),
        "consent-fang-given": ("inactive", "permit", daughter),
        "consent-fang-withdrawn": ("inactive", "deny", daughter),
        "consent-li-given": ("inactive", "permit", "Patient/patient-li"),
        "consent-li-withdrawn": ("inactive", "deny", "Patient/patient-li"),
    }
    assert kinds(found["patient-li"], "EpisodeOfCare")[0]["status"] == "onhold"


def test_a_case_is_a_flag_with_its_reason_and_a_task_with_its_nurse(world: World) -> None:
    content = bundles(world)["patient-wang"]
    (flag,) = kinds(content, "Flag")
    assert flag["status"] == "inactive"
    assert flag["period"] == {
        "start": "2026-03-10T09:00:00+08:00",
        "end": "2026-03-10T11:00:00+08:00",
    }
    assert flag["code"]["text"] == "May be a lung embolism · 我喘不过气"
    case = one(content, "Task", "case-1")
    assert (case["status"], case["priority"]) == ("completed", "stat")
    assert case["owner"] == {"reference": "Practitioner/nurse-chen"}
    assert case["input"][0]["valueReference"] == {"reference": "Flag/cause-1"}
    told = {
        put["type"]["text"]: put["valueCodeableConcept"]["coding"][0]["code"]
        for put in case["output"]
    }
    assert told == {"outcome": "called", "alert-right": "yes", "complication": "II"}
    later = one(content, "Task", "check-in-later")
    assert (later["status"], later["intent"]) == ("requested", "plan")


def test_messages_say_who_spoke_and_what_became_of_them(world: World) -> None:
    content = bundles(world)["patient-wang"]
    said = {one["id"]: one for one in kinds(content, "Communication")}
    assert said["in-3"]["priority"] == "stat"
    assert said["in-2"]["payload"][1] == {"contentAttachment": {"title": "photo"}}
    assert said["out-2"]["sender"] == {"reference": "Practitioner/nurse-chen"}
    assert said["out-1"]["sender"] == {"reference": "Device/aftercare-chatbot"}
    assert (said["out-3"]["status"], "sent" in said["out-3"]) == ("not-done", False)


def test_a_phone_that_was_another_patients_tells_nothing_of_her(world: World) -> None:
    """Li's chat was Wang's until ten o'clock; each export has only its own part."""
    for at, who, action in (
        (0, "contact-wang", "chat bound"),
        (60, "contact-wang", "chat left"),
        (70, "contact-li", "chat bound"),
    ):
        when = START + timedelta(minutes=at)
        world.add(AuditEntry(f"bound-{at}", when, who, action, "chat-li"))
    world.add(
        *(
            b.an_inbound(f"at {at}", id=f"of-{at}", seq=at, conversation_id="chat-li",
                         received_at=START + timedelta(minutes=at))
            for at in (5, 65, 80)
        ),
        Invitation("i", "contact-wang", "h", START, START + HOUR, START, "chat-li"),
    )  # fmt: skip
    found = bundles(world)
    heard = {
        id: {one["id"] for one in kinds(content, "Communication") if one["id"].startswith("of-")}
        for id, content in found.items()
    }
    assert heard == {"patient-wang": {"of-5"}, "patient-li": {"of-65", "of-80"}}


def test_a_version_that_nobody_kept_loses_no_answer(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*wang(the_pathway()))
    content = bundles(world)["patient-wang"]
    check(content)
    assert kinds(content, "Questionnaire") == []
    (response,) = kinds(content, "QuestionnaireResponse")
    assert "questionnaire" not in response
    assert {"linkId": "pain_rest", "answer": [{"valueDecimal": 3}]} in response["item"]
    without = bundles(world, names=False)["patient-wang"]
    check(without)


def test_only_codes_with_a_source_stand_beside_those_of_the_house(world: World) -> None:
    text = json.dumps(list(bundles(world).values()))
    assert "snomed" not in text
    codes = {
        part["code"]
        for content in bundles(world).values()
        for part in json_parts(content)
        if part.get("system") == "http://loinc.org"
    }
    assert codes == {"8310-5", "59284-0"}


def json_parts(part: Any) -> list[Json]:
    if isinstance(part, list):
        return [found for inner in part for found in json_parts(inner)]
    if isinstance(part, dict):
        return [part, *(found for inner in part.values() for found in json_parts(inner))]
    return []


def test_a_stretch_of_time_takes_who_was_enrolled_in_it(world: World) -> None:
    world.add(replace(b.a_patient("zhou"), created_at=START + timedelta(days=3)))
    later = bundles(world, since=START + timedelta(days=1))
    assert set(later) == {"patient-zhou"}
    check(later["patient-zhou"])
    assert set(bundles(world, until=START + timedelta(days=1))) == {"patient-wang", "patient-li"}


# --- From the console -------------------------------------------------------------------


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return a_console(tmp_path)


@pytest.mark.parametrize("login", ["zhao", "root"])
def test_the_charge_nurse_saves_a_record_and_it_is_noted(console: Console, login: str) -> None:
    console.sign_in(login)
    answer = console.post("/console/patients/patient-wang/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    disposition = answer.headers["content-disposition"]
    assert disposition == 'attachment; filename="patient-patient-wang.json"'
    assert "no-store" in answer.headers["cache-control"]
    check(answer.json())
    (entry,) = console.world.rows("audit", action="export")
    assert (entry.who, entry.about, entry.details) == (f"nurse-{login}", "patient-wang", "fhir")


def test_a_nurse_without_the_permission_is_offered_no_export_and_gets_none(
    console: Console,
) -> None:
    console.sign_in("chen")
    assert "/export" not in console.client.get("/console/patients/patient-wang").text
    assert console.post("/console/patients/patient-wang/export").status_code == 403
    assert console.world.rows("audit", action="export") == []

"""Enrolment pressed twice, and enrolment of a patient whom another ward cares for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from bot.services.enrol import Enrolled
from bot.services.enrol_form import OTHER_WARD, Faults, enrol_from_form
from tests.fakes import World
from tests.integration.ward_record import a_ward

WANG = {
    "name": "王秀英",
    "hospital_id": "H-wang",
    "birth_year": "1948",
    "procedure_code": "KNEE",
    "surgery_date": "2026-03-08",
    "discharge_date": "2026-03-10",
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "risk_tier": "high",
    "channel": "webchat",
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with a_ward(database_url, tmp_path) as made:
        yield made


def enrol_as(world: World, who: str, /, **typed: str) -> Enrolled | Faults:
    nurse = world.get("nurses", f"nurse-{who}")
    return enrol_from_form(world.parts, nurse, {**WANG, **typed})


@pytest.mark.parametrize("hospital_id", ["H-new", "H-wang"])
def test_pressed_twice_at_once_she_is_enrolled_once(world: World, hospital_id: str) -> None:
    start = Barrier(2)

    def press(_number: int) -> Enrolled | Faults:
        start.wait()
        return enrol_as(world, "chen", hospital_id=hospital_id)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(press, range(2)))
    assert sorted(one.new for one in done if isinstance(one, Enrolled)) == [False, True]
    (patient,) = world.rows("patients", hospital_id=hospital_id)
    assert len(world.rows("contacts", patient_id=patient.id)) == 1


@pytest.mark.parametrize("typed", [{}, {"birth_year": "1950"}, {"name": "李梅"}])
def test_a_nurse_of_another_ward_gets_no_card_of_hers_and_finds_out_nothing(
    world: World, typed: dict[str, str]
) -> None:
    """A card would have let her take the patient's chat; the year could be found by trying."""
    assert enrol_as(world, "sun", **typed) == Faults({"hospital_id": OTHER_WARD})
    assert len(world.rows("episodes")) == 1
    assert world.rows("invitations") == []


def test_who_sees_every_ward_enrols_her_again(world: World) -> None:
    with world.record.transaction() as tx:
        sun = tx.nurses.get("nurse-sun")
        tx.nurses.swap(sun, replace(sun, ward="*"))
    done = enrol_as(world, "sun")
    assert isinstance(done, Enrolled)
    assert (done.patient_id, done.new) == ("patient-wang", True)


def test_another_caregiver_is_another_person(world: World) -> None:
    """After an earlier operation her son answered for her, now her daughter does."""
    enrol_as(world, "chen", caregiver="王强")
    done = enrol_as(world, "chen", caregiver="王芳", surgery_date="2026-03-09")
    assert isinstance(done, Enrolled)
    assert [one.name for one in done.invited] == ["王秀英", "王芳"]
    assert {one.name for one in world.rows("contacts", role="caregiver")} == {"王强", "王芳"}

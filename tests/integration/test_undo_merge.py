"""A merge that joined two people is taken back, exactly, or the page says why it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.merge import Merge
from bot.core.patient import EpisodeState
from bot.services.receive import receive
from bot.services.show_merge import show_merged, stays_for
from bot.services.staff_accounts import Refused
from bot.services.take_over import take_over
from bot.services.undo_merge import undo_merge
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.fakes import World
from tests.integration.registered_twice import merge, nurse, second_registration
from tests.integration.restored_house import from_patient
from tests.integration.test_merge_meanwhile import change
from tests.integration.ward_record import a_ward, planned

JOINED = ("patients", "contacts", "episodes", "escalations", "tasks", "takeovers", "check_ins")


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with a_ward(database_url, tmp_path) as made:
        made.add(b.a_check_in(), planned(2), *second_registration())
        made.clock.advance(hours=1)
        yield made


def state(world: World) -> dict[str, list[Any]]:
    return {name: world.rows(name) for name in JOINED}


def undo(world: World, made: Merge, who: str = "zhao", words: str = "同名的两个人") -> Merge:
    return undo_merge(world.parts, nurse(world, who), merge_id=made.id, words=words)


def shown(world: World, made: Merge) -> Any:
    return show_merged(world.parts, nurse(world), merge_id=made.id)


def test_everything_is_as_it_was_before_the_merge(world: World) -> None:
    take_over(world.parts, conversation_id="chat-double", nurse_id="nurse-chen")
    before = state(world)
    made = merge(world)
    assert shown(world, made).undo == "open"
    undone = undo(world, made)
    assert state(world) == before
    assert (undone.undone_by, undone.undone_words) == ("nurse-zhao", "同名的两个人")
    assert stays_for(world.parts, nurse(world), "patient-double") == "patient-double"
    assert {one.about for one in world.rows("audit", action="patient.merge_undone")} == {
        "patient-wang",
        "patient-double",
    }


def test_the_follow_up_of_the_other_goes_back_with_its_hours(world: World) -> None:
    change(world, "episodes", "episode-double", procedure_code="HIP")
    change(world, "patients", "patient-double", time_zone="Europe/London", language="en")
    before = state(world)
    # The open question of the one that ends is taken back, and that is a nurse's to know.
    change(world, "check_ins", "check-in-wang", state=CheckInState.PLANNED, opened_at=None)
    made = merge(world, keeps="episode-double")
    undo(world, made)
    after = state(world)
    assert after["patients"] == before["patients"]
    assert after["episodes"] == before["episodes"]
    assert after["contacts"] == before["contacts"]


def test_a_question_that_was_taken_back_in_the_middle_becomes_a_task_of_its_patient(
    world: World,
) -> None:
    world.add(replace(b.a_check_in("double"), id="asked-there"))
    undo(world, merge(world))
    (task,) = world.rows("tasks", kind="late_check_in")
    assert (task.patient_id, task.key) == ("patient-double", "late_check_in:asked-there")


def test_once_she_wrote_or_was_asked_no_press_can_tell_whose_it_is(world: World) -> None:
    made = merge(world)
    receive(world.parts, from_patient("伤口有点红", 7, "double"))
    before = state(world)
    assert shown(world, made).undo == "used"
    with pytest.raises(Refused) as refused:
        undo(world, made)
    assert refused.value.fields == {"merge": "merge_used"}
    assert state(world) == before


def test_a_check_in_that_went_out_since_is_enough(world: World) -> None:
    made = merge(world)
    world.clock.advance(days=2, hours=-1)
    run_due(world.parts)
    with pytest.raises(Refused):
        undo(world, made)


def test_who_was_enrolled_a_moment_before_the_merge_is_no_hindrance_and_after_it_is(
    world: World,
) -> None:
    change(world, "contacts", "contact-double", created_at=world.clock.now())
    made = merge(world)
    assert shown(world, made).undo == "open"
    later = world.clock.advance(seconds=1)
    world.add(replace(b.a_contact("son", of="wang"), created_at=later))
    assert shown(world, made).undo == "used"
    with pytest.raises(Refused):
        undo(world, made)


def test_it_needs_its_reason_and_a_charge_nurse_of_both_wards(world: World) -> None:
    made = merge(world)
    with pytest.raises(Refused) as refused:
        undo(world, made, words=" ")
    assert refused.value.fields == {"words": "needed"}
    with pytest.raises(NotAllowed):
        undo(world, made, "chen")
    change(world, "patients", "patient-double", ward="cardio")
    with pytest.raises(NotFound):
        undo(world, made)


def test_taken_back_twice_it_says_who_did_and_the_right_one_can_be_merged_then(
    world: World,
) -> None:
    made = merge(world)
    undo(world, made)
    with pytest.raises(AlreadyDone, match="Zhao"):
        undo(world, made)
    assert shown(world, made).undo == "done"
    world.add(replace(b.a_patient("third"), name="王秀英"))
    again = merge(world, stays="third", goes="double", keeps="")
    assert world.get("patients", "patient-double").merged_into == "patient-third"
    assert undo(world, again).goes_id == "patient-double"


def test_what_was_merged_into_her_before_goes_back_with_her(world: World) -> None:
    world.add(replace(b.a_patient("first"), name="王秀英"))
    merge(world, stays="double", goes="first", keeps="")
    made = merge(world)
    assert world.get("patients", "patient-first").merged_into == "patient-wang"
    undo(world, made)
    assert world.get("patients", "patient-first").merged_into == "patient-double"
    assert world.get("episodes", "episode-double").state is EpisodeState.ACTIVE

"""What goes on around a merge: a nurse who talks, messages that arrive, pages that are older."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode
from bot.core.errors import AlreadyDone
from bot.core.patient import EpisodeState
from bot.core.screening import RedFlag, Screening
from bot.core.triage_level import TriageLevel
from bot.services.converse import converse
from bot.services.end_episode import end_episode
from bot.services.enrol import invite_again
from bot.services.hand_back import hand_back
from bot.services.one_person import every_id
from bot.services.receive import receive
from bot.services.show_patients import show_patient
from bot.services.staff_accounts import Refused
from bot.services.take_over import take_over
from bot.services.transfer_patient import transfer_patient
from tests import builders as b
from tests.fakes import World
from tests.integration.registered_twice import merge, nurse, second_registration
from tests.integration.restored_house import from_patient
from tests.integration.ward_record import a_ward, planned
from tests.unit.console_desk import a_case, a_cause

EMERGENCY = "胸口痛"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with a_ward(database_url, tmp_path) as made:
        made.add(b.a_check_in(), planned(2), *second_registration())
        yield made


def change(world: World, rows: str, id: str, **fields: Any) -> None:
    with world.record.transaction() as tx:
        old = getattr(tx, rows).get(id)
        getattr(tx, rows).swap(old, replace(old, **fields))


def at_once(*what: Callable[[], Any]) -> list[Any]:
    """Do all of it in the same moment; what was already done is an answer too."""
    start = Barrier(len(what))

    def go(one: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return one()
        except AlreadyDone as late:
            return late

    with ThreadPoolExecutor(len(what)) as pool:
        return list(pool.map(go, what))


# --- A nurse talks to her --------------------------------------------------------------------


def test_a_nurse_who_would_lose_sight_of_her_hands_the_chat_back_first(world: World) -> None:
    change(world, "patients", "patient-double", ward="cardio")
    change(world, "nurses", "nurse-zhao", ward="*")
    take_over(world.parts, conversation_id="chat-double", nurse_id="nurse-sun")
    with pytest.raises(Refused) as refused:
        merge(world)
    assert refused.value.fields == {"chat": "led"}
    hand_back(world.parts, conversation_id="chat-double", nurse_id="nurse-sun")
    assert merge(world).goes_id == "patient-double"


def test_a_takeover_in_the_same_ward_goes_on_through_the_merge(world: World) -> None:
    take_over(world.parts, conversation_id="chat-double", nurse_id="nurse-chen")
    merge(world)
    assert world.get("conversations", "chat-double").mode is Mode.NURSE
    hand_back(world.parts, conversation_id="chat-double", nurse_id="nurse-chen")
    said = world.said_to("chat-double")
    assert any(one.startswith("nurse_handed_back.zh nurse=Chen") for one in said)


# --- What she was just asked -------------------------------------------------------------------


def test_an_answer_to_the_question_that_went_is_not_taken_for_another(world: World) -> None:
    """Her "5" may come a minute after the merge: the question that waits is asked there too."""
    asked = b.a_check_in("double", current_question="temperature")
    world.add(replace(asked, id="asked-there"))
    merge(world)
    told, question = world.said_to("chat-double")
    assert told == "registered_twice.zh"
    assert question.startswith("check_in_again.zh\nHow is pain_rest?")
    assert world.said_to("chat-fang") == []


def test_by_night_nobody_is_woken_to_read_that_she_was_registered_twice(world: World) -> None:
    world.add(replace(b.a_check_in("double"), id="asked-there"))
    world.clock.advance(hours=14)  # 23:00 in Shanghai
    merge(world)
    (told,) = world.rows("outbound", conversation_id="chat-double")
    assert told.not_before is not None


def test_a_card_of_either_registration_begins_the_follow_up_that_was_chosen(world: World) -> None:
    """The one she agreed to has ended, the one that goes on was never begun."""
    change(world, "episodes", "episode-wang", state=EpisodeState.PLANNED, started_at=None)
    for id in ("check-in-wang", "check-in-wang-2"):
        change(world, "check_ins", id, state=CheckInState.CANCELLED)
    merge(world)
    card = invite_again(world.parts, contact_id="contact-wang", by="nurse-chen")
    receive(world.parts, replace(from_patient("/start", 9, "double"), start_code=card.code))
    converse(world.parts, "chat-double")
    assert world.get("conversations", "chat-double").mode is Mode.CONSENTING


def test_a_card_of_her_daughter_still_opens_no_chat_of_hers(world: World) -> None:
    change(world, "episodes", "episode-wang", state=EpisodeState.PLANNED, started_at=None)
    merge(world)
    card = invite_again(world.parts, contact_id="contact-fang", by="nurse-chen")
    receive(world.parts, replace(from_patient("/start", 9, "double"), start_code=card.code))
    converse(world.parts, "chat-double")
    assert "already_enrolled.zh" in world.said_to("chat-double")


# --- At the same moment ------------------------------------------------------------------------


def test_of_two_merges_crosswise_one_is_done_and_nothing_goes_in_a_circle(world: World) -> None:
    change(world, "episodes", "episode-double", procedure_code="HIP")
    done = at_once(
        lambda: merge(world),
        lambda: merge(world, stays="double", goes="wang"),
    )
    (late,) = [one for one in done if isinstance(one, AlreadyDone)]
    assert late.by == "Zhao"
    assert len(world.rows("merges")) == 1
    assert len([one for one in world.rows("patients") if one.merged_into]) == 1


def test_red_flags_that_arrive_during_the_merge_are_all_hers(world: World) -> None:
    level = TriageLevel.EMERGENCY
    flag = RedFlag("chest_pain", level, EMERGENCY, b.both("why"))
    world.screen.found[EMERGENCY] = Screening(EMERGENCY, level, red_flags=(flag,))
    at_once(
        lambda: merge(world),
        *(
            (lambda name=name: receive(world.parts, from_patient(EMERGENCY, 1, name)))
            for name in ("double", "fang", "wang")
        ),
    )
    assert {one.patient_id for one in world.rows("escalations")} == {"patient-wang"}
    assert [one.words for one in world.rows("causes")].count(EMERGENCY) == 3
    assert {one.patient_id for one in world.rows("contacts")} == {"patient-wang"}


# --- Pages that are older than the merge, and merges of merges -----------------------------------


def test_a_page_older_than_the_merge_says_who_merged_and_changes_nothing(world: World) -> None:
    merge(world)
    with pytest.raises(AlreadyDone, match="Zhao"):
        transfer_patient(world.parts, nurse(world), patient_id="patient-double", ward="cardio")
    with pytest.raises(AlreadyDone, match="Zhao"):
        end_episode(world.parts, nurse(world), episode_id="episode-double", reason="wish")
    assert world.get("patients", "patient-double").ward == "ortho"


def test_both_open_cases_must_be_closed_before_the_follow_up_ends(world: World) -> None:
    world.add(replace(a_case(), id="case-2"), replace(a_cause(), id="c-2", escalation_id="case-2"))
    merge(world)
    change(world, "escalations", "case-2", state="closed", closed_by="nurse-chen")
    with pytest.raises(Refused) as refused:
        end_episode(world.parts, nurse(world), episode_id="episode-wang", reason="recovered")
    assert refused.value.fields == {"case": "open_case"}


def test_after_a_merge_of_a_merge_her_file_and_her_page_know_all_three(world: World) -> None:
    first = merge(world)
    world.add(replace(b.a_patient("third"), name="王秀英"))
    second = merge(world, stays="third", goes="wang", keeps="")
    with world.record.reading() as tx:
        ids = every_id(tx, "patient-third")
    assert ids == ["patient-third", "patient-double", "patient-wang"]
    shown = show_patient(world.parts, nurse(world), patient_id="patient-third")
    assert {one.id for one in shown.merges} == {first.id, second.id}

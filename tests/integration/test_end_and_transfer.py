"""A follow-up ends before its time, goes on again, and another ward takes a patient over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode, OutboundState, Priority
from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.escalation import EscalationState
from bot.core.nudge import NudgeState
from bot.core.patient import EpisodeState, Invitation
from bot.core.screening import RedFlag, Screening
from bot.core.staff import Nurse, StaffRole
from bot.core.triage_level import TriageLevel
from bot.services.end_episode import end_episode
from bot.services.outbox import put
from bot.services.receive import receive
from bot.services.resume_episode import resume_episode
from bot.services.show_worklist import show_worklist
from bot.services.staff_accounts import Refused
from bot.services.take_over import take_over
from bot.services.transfer_patient import transfer_patient, wards
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.integration.restored_house import from_patient
from tests.integration.ward_record import DAY, HOUR, a_ward, planned, reminder
from tests.unit.console_desk import a_case, a_cause, a_task

EMERGENCY = "我喘不过气"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with a_ward(database_url, tmp_path) as made:
        made.add(b.a_check_in(), planned(1), planned(3), reminder(2))
        yield made


def nurse(world: World, name: str = "chen") -> Nurse:
    found: Nurse = world.get("nurses", f"nurse-{name}")
    return found


def end(world: World, reason: str = "recovered", **over: Any) -> Any:
    return end_episode(world.parts, nurse(world), episode_id="episode-wang", reason=reason, **over)


def states(world: World, rows: str) -> set[Any]:
    return {one.state for one in world.rows(rows)}


# --- The end ----------------------------------------------------------------------------


def test_what_was_planned_is_withdrawn_and_she_is_told_once(world: World) -> None:
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "?", key="asks", priority=Priority.CHECK_IN)
    ended = end(world, "elsewhere", words="县医院")
    assert (ended.state, ended.ended_by, ended.end_reason, ended.end_note) == (
        *(EpisodeState.FINISHED, "nurse-chen", "elsewhere", "县医院"),
    )
    assert world.get("episodes", "episode-wang") == ended
    assert states(world, "check_ins") == {CheckInState.CANCELLED}
    assert states(world, "nudges") == {NudgeState.CANCELLED}
    assert world.rows("outbound", key="asks")[0].state is OutboundState.CANCELLED
    assert world.said_to("chat-wang")[1:] == ["follow_up_ended.zh nurse=Chen"]
    (entry,) = world.rows("audit", action="episode.end")
    assert (entry.who, entry.about, entry.details) == ("nurse-chen", "episode-wang", "elsewhere")
    world.clock.advance(days=10)
    run_due(world.parts)
    assert len(world.said_to("chat-wang")) == 2
    with pytest.raises(AlreadyDone, match="Chen"):
        end(world)


def test_nobody_writes_to_the_family_of_a_patient_who_died(world: World) -> None:
    end(world, "died")
    world.clock.advance(days=10)
    run_due(world.parts)
    assert world.said_to("chat-wang") == []


def test_by_night_she_is_told_in_the_morning(world: World) -> None:
    world.clock.advance(hours=14)  # 23:00 in Shanghai
    end(world)
    (told,) = world.rows("outbound")
    assert told.not_before == START + DAY - HOUR  # 08:00


def test_who_said_stop_is_not_written_to(world: World) -> None:
    with world.record.transaction() as tx:
        chat = tx.conversations.get("chat-wang")
        tx.conversations.swap(chat, replace(chat, mode=Mode.STOPPED))
    end(world)
    assert world.rows("outbound") == []


def test_an_open_case_must_be_closed_first_and_stays_as_it_is(world: World) -> None:
    world.add(a_case(), a_cause())
    before = world.get("escalations", "case-1")
    with pytest.raises(Refused) as refused:
        end(world)
    assert refused.value.fields == {"case": "open_case"}
    assert world.get("escalations", "case-1") == before
    assert world.get("episodes", "episode-wang").state is EpisodeState.ACTIVE
    assert CheckInState.PLANNED in states(world, "check_ins")


def test_a_red_flag_after_the_end_still_reaches_a_nurse(world: World) -> None:
    end(world)
    level = TriageLevel.EMERGENCY
    flag = RedFlag("dyspnoea", level, EMERGENCY, b.both("why"))
    world.screen.found[EMERGENCY] = Screening(EMERGENCY, level, red_flags=(flag,))
    receive(world.parts, from_patient(EMERGENCY, 1))
    (case,) = world.rows("escalations")
    assert (case.level, case.patient_id) == (level, "patient-wang")
    assert world.rows("notifications", escalation_id=case.id)


@pytest.mark.parametrize(
    ("reason", "words", "wrong"),
    [
        ("", "", {"reason": "choose"}),
        ("bored", "", {"reason": "choose"}),
        ("mistake", " ", {"words": "needed"}),
        ("other", "x" * 201, {"words": "too_long"}),
    ],
)
def test_an_end_needs_its_reason(world: World, reason: str, words: str, wrong: Any) -> None:
    with pytest.raises(Refused) as refused:
        end(world, reason, words=words)
    assert refused.value.fields == wrong
    assert world.get("episodes", "episode-wang").ended_at is None


def test_another_wards_nurse_and_an_auditor_end_nothing(world: World) -> None:
    world.add(b.a_nurse("eye", role=StaffRole.AUDITOR, conversation_id=None))
    for name, error in (("sun", NotFound), ("eye", NotAllowed)):
        with pytest.raises(error):
            end_episode(
                *(world.parts, nurse(world, name)), episode_id="episode-wang", reason="wish"
            )


def test_before_consent_the_follow_up_is_cancelled_and_its_card_opens_nothing(
    world: World,
) -> None:
    world.add(
        *(b.a_patient("li"), b.a_contact("li")),
        b.an_episode("li", state=EpisodeState.PLANNED, started_at=None),
        Invitation("card", "contact-li", "hash", START, START + 72 * HOUR),
    )
    ended = end_episode(
        *(world.parts, nurse(world)), episode_id="episode-li", reason="mistake", words="认错人"
    )
    assert ended.state is EpisodeState.CANCELLED
    assert world.get("invitations", "card").expires_at == START


# --- And goes on ------------------------------------------------------------------------


def test_a_follow_up_that_was_ended_by_mistake_goes_on_where_it_was(world: World) -> None:
    end(world, "mistake", words="点错了")
    world.clock.advance(days=2)
    back = resume_episode(world.parts, nurse(world), episode_id="episode-wang")
    assert (back.state, back.ended_at, back.ended_by) == (EpisodeState.ACTIVE, None, None)
    found = {one.id: one.state for one in world.rows("check_ins")}
    assert found == {
        "check-in-wang": CheckInState.CANCELLED,
        "check-in-wang-1": CheckInState.MISSED,
        "check-in-wang-3": CheckInState.PLANNED,
    }
    (task,) = world.rows("tasks")
    assert (task.kind, task.key) == ("late_check_in", "late_check_in:check-in-wang-1")
    assert world.said_to("chat-wang")[-1] == "follow_up_goes_on.zh nurse=Chen"
    with pytest.raises(AlreadyDone):
        resume_episode(world.parts, nurse(world), episode_id="episode-wang")


def test_what_ran_its_course_or_was_followed_by_another_does_not_go_on(world: World) -> None:
    end(world)
    newer = b.an_episode(surgery_on=b.SURGERY_ON + timedelta(days=1))
    world.add(replace(newer, id="episode-newer"))
    with pytest.raises(Refused) as refused:
        resume_episode(world.parts, nurse(world), episode_id="episode-wang")
    assert refused.value.fields == {"episode": "cannot_resume"}
    world.add(b.a_patient("li"), b.an_episode("li", state=EpisodeState.FINISHED))
    with pytest.raises(Refused):
        resume_episode(world.parts, nurse(world), episode_id="episode-li")


# --- To another ward --------------------------------------------------------------------


def to_cardio(world: World, **over: Any) -> Any:
    given = {"ward": "cardio", "words": "房颤", **over}
    return transfer_patient(world.parts, nurse(world), patient_id="patient-wang", **given)


def seen_by(world: World, name: str) -> set[str]:
    found = show_worklist(world.parts, nurse(world, name))
    return {one.escalation.id for one in (*found.waiting, *found.held)}


def test_one_ward_sees_her_before_and_the_other_after(world: World) -> None:
    world.add(a_case(), a_cause(), a_task())
    assert (seen_by(world, "chen"), seen_by(world, "sun")) == ({"case-1"}, set())
    moved = to_cardio(world)
    assert moved.ward == "cardio"
    assert (seen_by(world, "chen"), seen_by(world, "sun")) == (set(), {"case-1"})
    (told,) = world.rows("tasks", kind="transferred")
    assert told.text == "ortho → cardio\n房颤"
    (entry,) = world.rows("audit", action="patient.transfer")
    assert (entry.who, entry.about, entry.details) == (
        *("nurse-chen", "patient-wang", "ortho → cardio"),
    )
    assert world.get("escalations", "case-1").state is EscalationState.OPEN
    assert CheckInState.PLANNED in states(world, "check_ins")
    with pytest.raises(NotFound):
        to_cardio(world)


def test_a_case_that_somebody_has_is_open_again_and_told_at_once(world: World) -> None:
    had = {"acknowledged_by": "nurse-liu", "acknowledged_at": START}
    later = START + 20 * 60 * timedelta(seconds=1)
    world.add(a_case(state=EscalationState.ACKNOWLEDGED, **had, next_step_at=later), a_cause())
    to_cardio(world)
    case = world.get("escalations", "case-1")
    assert (case.state, case.acknowledged_by) == (EscalationState.OPEN, None)
    assert case.next_step_at is not None
    assert any("staff_case_went" in text for text in world.said_to("chat-liu"))
    assert world.rows("notifications", escalation_id="case-1")


def test_a_nurse_of_every_ward_keeps_her_case(world: World) -> None:
    world.add(b.a_nurse("qian", ward="*", conversation_id=None))
    had = {"acknowledged_by": "nurse-qian", "acknowledged_at": START}
    world.add(a_case(state=EscalationState.ACKNOWLEDGED, **had), a_cause())
    to_cardio(world)
    assert world.get("escalations", "case-1").acknowledged_by == "nurse-qian"


@pytest.mark.parametrize("ward", ["", "ortho", "cardioo", "*"])
def test_she_goes_only_where_somebody_cares_for_her(world: World, ward: str) -> None:
    world.add(b.a_nurse("root", role=StaffRole.AUDITOR, ward="archive", conversation_id=None))
    with pytest.raises(Refused) as refused:
        to_cardio(world, ward=ward)
    assert refused.value.fields == {"ward": "choose"}
    assert wards(world.parts, but="ortho") == ("cardio",)


def test_she_is_not_taken_away_while_a_nurse_talks_to_her(world: World) -> None:
    take_over(world.parts, conversation_id="chat-wang", nurse_id="nurse-chen")
    with pytest.raises(Refused) as refused:
        to_cardio(world)
    assert refused.value.fields == {"chat": "led"}
    assert world.get("patients", "patient-wang").ward == "ortho"

"""An escalation goes up step by step until a named nurse ends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode, Priority
from bot.core.errors import AlreadyDone, NotAllowed
from bot.core.escalation import EscalationState
from bot.core.staff import StaffRole
from bot.core.triage_level import TriageLevel
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.snooze import note_activity, note_activity_for
from bot.services.step_escalation import step_escalation
from tests.builders import (
    START,
    a_chat,
    a_check_in,
    a_contact,
    a_nurse,
    a_nurse_chat,
    a_shift,
    an_inbound,
    wang_and_her_ward,
)
from tests.fakes import World, a_world
from tests.unit.escalation_desk import (
    EMERGENCY,
    SAME_DAY,
    a_cause,
    a_ward,
    case,
    pass_time,
    raise_it,
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_ward(tmp_path)


# --- Raising ------------------------------------------------------------------------


def test_the_first_nurse_is_paged_in_the_transaction_of_the_red_flag(world: World) -> None:
    raise_it(world)
    (page,) = world.said_to("chat-chen")
    assert page.startswith("staff_page.en level=level_emergency.en")
    assert "我喘不过气" in page
    assert world.said_to("chat-liu") == []
    assert ("escalation", case(world).id) in world.woken


def test_a_page_goes_out_before_everything_else(world: World) -> None:
    raise_it(world)
    (page,) = world.rows("outbound", conversation_id="chat-chen")
    assert page.priority is Priority.NURSE_PAGE
    assert [title for _id, title in page.buttons[0]] == [
        "staff_button_have_it.en",
        "staff_button_pass_on.en",
    ]


def test_the_patient_reads_the_emergency_number_of_her_country(world: World) -> None:
    raise_it(world)
    (told,) = world.rows("outbound", conversation_id="chat-wang")
    assert "120" in told.text
    assert told.priority is Priority.URGENT_ADVICE


def test_who_thinks_of_dying_is_given_the_crisis_line(world: World) -> None:
    raise_it(world, EMERGENCY, a_cause(code="suicidal_thoughts", words="不想活了"))
    assert world.said_to("chat-wang")[0].startswith("crisis_support")


def test_an_emergency_stops_the_open_check_in(world: World) -> None:
    world.add(a_check_in())
    raise_it(world)
    stopped = world.get("check_ins", "check-in-wang")
    assert stopped.state is CheckInState.STOPPED
    assert stopped.ended_at == START
    assert stopped.level == "emergency"


def test_a_same_day_sign_lets_the_check_in_go_on(world: World) -> None:
    world.add(a_check_in())
    raise_it(world, SAME_DAY)
    assert world.get("check_ins", "check-in-wang").state is CheckInState.OPEN


def test_the_chain_is_a_copy_of_the_level_as_it_was(world: World) -> None:
    raise_it(world)
    chain = case(world).chain
    assert chain.rotas == ("first", "second", "charge")
    assert (chain.step_every_minutes, chain.outcome_within_minutes) == (5, 30)


def test_a_level_that_needs_no_nurse_cannot_be_raised(world: World) -> None:
    with pytest.raises(ValueError, match="needs no nurse"):
        raise_it(world, TriageLevel.SELF_CARE)


def test_silence_raises_too_and_the_patient_hears_of_it_in_her_chat(world: World) -> None:
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, kind="undelivered", words=""), chat=None)
    assert case(world).conversation_id == "chat-wang"
    assert len(world.said_to("chat-wang")) == 1


# --- Joining ------------------------------------------------------------------------


def test_one_patient_has_one_open_escalation(world: World) -> None:
    raise_it(world, SAME_DAY)
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, code="wet_wound", words="伤口流水"))
    assert len(world.rows("causes", escalation_id=case(world).id)) == 2


def test_a_further_sign_reaches_the_nurse_who_has_the_case(world: World) -> None:
    raise_it(world, SAME_DAY)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, code="wet_wound", words="伤口流水"))
    assert "伤口流水" in world.said_to("chat-chen")[-1]
    assert case(world).state is EscalationState.ACKNOWLEDGED


def test_a_higher_level_starts_the_chain_again_even_if_a_nurse_has_it(world: World) -> None:
    raise_it(world, SAME_DAY)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-liu")
    raise_it(world, EMERGENCY)
    raised = case(world)
    assert raised.level is EMERGENCY
    assert raised.state is EscalationState.OPEN
    assert raised.acknowledged_by is None
    assert raised.chain.step_every_minutes == 5
    assert any("staff_raised" in one for one in world.said_to("chat-liu"))
    assert "level_emergency" in world.said_to("chat-chen")[-1]


def test_a_lower_level_never_lowers_the_escalation(world: World) -> None:
    raise_it(world, EMERGENCY)
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, code="wet_wound"))
    assert case(world).level is EMERGENCY


def test_the_same_message_raised_twice_is_told_once(world: World) -> None:
    world.add(an_inbound())
    raise_it(world, EMERGENCY, a_cause(inbound_id="in-1"))
    raise_it(world, EMERGENCY, a_cause(inbound_id="in-1"))
    assert len(world.rows("causes")) == 1
    assert len(world.said_to("chat-wang")) == 1
    assert len(world.said_to("chat-chen")) == 1


def test_a_retry_after_the_case_was_closed_does_not_open_it_again(world: World) -> None:
    world.add(an_inbound())
    raise_it(world, EMERGENCY, a_cause(inbound_id="in-1"))
    close_escalation(
        world.parts, escalation_id=case(world).id, nurse_id="nurse-chen", outcome="called"
    )
    again = raise_it(world, EMERGENCY, a_cause(inbound_id="in-1"))
    assert again.is_closed
    assert len(world.rows("escalations")) == 1


def test_the_same_words_in_a_new_message_are_a_new_cry_for_help(world: World) -> None:
    world.add(an_inbound(), an_inbound(id="in-2", seq=2))
    raise_it(world, EMERGENCY, a_cause(inbound_id="in-1"))
    raise_it(world, EMERGENCY, a_cause(inbound_id="in-2"))
    assert world.said_to("chat-wang")[-1].startswith("emergency_repeat")
    assert len(world.rows("causes")) == 2


def test_a_rule_on_the_same_message_adds_its_cause_without_more_noise(world: World) -> None:
    world.add(an_inbound())
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, inbound_id="in-1"))
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, kind="rule", code="fever", inbound_id="in-1"))
    assert len(world.rows("causes")) == 2
    assert len(world.said_to("chat-wang")) == 1
    assert len(world.said_to("chat-chen")) == 1


# --- Steps --------------------------------------------------------------------------


def test_nobody_answers_so_the_next_nurse_is_paged_and_then_the_last(world: World) -> None:
    raise_it(world)
    pass_time(world, 5)
    assert len(world.said_to("chat-liu")) == 1
    assert world.said_to("chat-zhao") == []
    pass_time(world, 5)
    assert len(world.said_to("chat-zhao")) == 1


def test_the_last_step_repeats_for_ever(world: World) -> None:
    raise_it(world)
    pass_time(world, 240)
    assert len(world.said_to("chat-zhao")) == 240 / 5 - 1
    assert case(world).next_step_at is not None


def test_a_step_that_is_not_due_does_nothing(world: World) -> None:
    raise_it(world)
    before = case(world)
    world.clock.advance(minutes=4, seconds=59)
    step_escalation(world.parts, before.id)
    assert case(world) == before


def test_a_step_taken_twice_pages_once(world: World) -> None:
    raise_it(world)
    world.clock.advance(minutes=5)
    step_escalation(world.parts, case(world).id)
    step_escalation(world.parts, case(world).id)
    assert len(world.said_to("chat-liu")) == 1


def test_an_empty_rota_means_the_next_step_at_once(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*(one for one in wang_and_her_ward() if getattr(one, "rota", "") != "first"))
    raise_it(world)
    assert len(world.said_to("chat-liu")) == 1
    assert [one.details for one in world.rows("audit", action="rota.nobody")] == ["first"]


def test_who_is_on_duty_is_looked_up_at_the_step_and_not_before(world: World) -> None:
    raise_it(world)
    world.add(a_nurse_chat("sun"), a_nurse("sun"))
    world.add(a_shift("sun", "second", starts_at=START + timedelta(minutes=2)))
    pass_time(world, 5)
    assert len(world.said_to("chat-sun")) == 1


def test_nobody_on_any_rota_makes_a_task_and_keeps_looking(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*(one for one in wang_and_her_ward() if not hasattr(one, "rota")))
    raise_it(world)
    assert case(world).next_step_at == START + timedelta(minutes=1)
    pass_time(world, 10)
    assert len(world.rows("tasks", kind="nobody_on_rota")) == 1
    assert len(world.rows("audit", action="rota.nobody_at_all")) == 1
    world.add(a_shift("chen", "charge"))
    pass_time(world, 1)
    assert len(world.said_to("chat-chen")) == 1


def test_only_the_lower_step_is_on_duty_so_it_is_told_again(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*(one for one in wang_and_her_ward() if getattr(one, "rota", "first") == "first"))
    raise_it(world)
    pass_time(world, 10)
    assert len(world.said_to("chat-chen")) == 3


def test_a_nurse_without_a_chat_sees_it_in_the_console(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*wang_and_her_ward()[:4], a_nurse("chen", conversation_id=None), a_shift())
    raise_it(world)
    (told,) = world.rows("notifications")
    assert (told.nurse_id, told.outbound_id) == ("nurse-chen", None)
    assert case(world).next_step_at == START + timedelta(minutes=5)


def test_a_nurse_who_blocked_the_chatbot_does_not_hold_the_case_up(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    people = [one for one in wang_and_her_ward() if one.id != "chat-chen"]
    world.add(a_nurse_chat("chen", unreachable=True), *people)
    raise_it(world)
    assert len(world.said_to("chat-liu")) == 1
    assert {one.nurse_id for one in world.rows("notifications")} == {"nurse-chen", "nurse-liu"}


def test_a_nurse_who_left_is_not_paged(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    people = [one for one in wang_and_her_ward() if one.id != "nurse-chen"]
    ward = sorted(people, key=lambda one: hasattr(one, "rota"))
    world.add(a_nurse("chen", active=False), *ward)
    raise_it(world)
    assert world.said_to("chat-chen") == []
    assert len(world.said_to("chat-liu")) == 1


def test_the_patient_is_told_once_that_the_next_nurse_was_asked(world: World) -> None:
    raise_it(world)
    pass_time(world, 30)
    waiting = [one for one in world.said_to("chat-wang") if "nurse_still_waiting" in one]
    assert len(waiting) == 1


# --- Acknowledging ------------------------------------------------------------------


def test_the_first_acknowledgement_wins_and_the_others_are_told_who(world: World) -> None:
    raise_it(world)
    pass_time(world, 5)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-liu")
    with pytest.raises(AlreadyDone) as refused:
        acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    assert refused.value.by == "Liu"
    assert "staff_taken_by.en nurse=Liu" in world.said_to("chat-chen")[-1]


def test_the_patient_is_told_the_name_of_the_nurse(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    assert "Nurse Chen has your case" in world.said_to("chat-wang")[-1]


def test_an_acknowledged_case_pages_nobody_until_its_outcome_is_due(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    pass_time(world, 29)
    assert world.said_to("chat-liu") == []


def test_acknowledging_twice_by_the_same_nurse_changes_nothing(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    before = case(world)
    acknowledge(world.parts, escalation_id=before.id, nurse_id="nurse-chen")
    assert case(world) == before
    assert len(world.said_to("chat-wang")) == 2


def test_without_an_outcome_it_opens_again_one_step_higher(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    pass_time(world, 30)
    assert case(world).state is EscalationState.OPEN
    assert "staff_reopened" in world.said_to("chat-chen")[-1]
    assert len(world.said_to("chat-liu")) == 1


def test_work_on_the_case_gives_more_time_once(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    world.clock.advance(minutes=20)
    for _ in range(2):
        note_activity(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
        world.clock.advance(minutes=5)
    assert case(world).next_step_at == START + timedelta(minutes=50)


def test_writing_to_the_patient_counts_as_work_on_her_case(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    world.clock.advance(minutes=20)
    for nurse in ("nurse-liu", "nurse-chen"):
        with world.record.transaction() as tx:
            note_activity_for(tx, world.parts, patient_id="patient-wang", nurse_id=nurse)
    assert case(world).next_step_at == START + timedelta(minutes=50)
    assert [one.who for one in world.rows("audit", action="case.extend")] == ["nurse-chen"]


def test_of_many_who_press_at_the_same_moment_one_gets_it(world: World) -> None:
    raise_it(world)
    together = Barrier(3)

    def press(nurse: str) -> str:
        together.wait()
        try:
            acknowledge(world.parts, escalation_id=case(world).id, nurse_id=nurse)
        except AlreadyDone as first:
            return first.by
        return "hers"

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(press, ("nurse-chen", "nurse-liu", "nurse-zhao")))
    assert answers.count("hers") == 1
    holder = world.get("nurses", case(world).acknowledged_by or "").name
    assert answers.count(holder) == 2


def test_two_red_flags_at_the_same_moment_open_one_case(world: World) -> None:
    together = Barrier(2)

    def cry(code: str) -> None:
        together.wait()
        raise_it(world, EMERGENCY, a_cause(code=code))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(cry, ("breathless", "chest_pain")))
    assert len(world.rows("causes", escalation_id=case(world).id)) == 2


def test_two_workers_take_a_due_step_once(world: World) -> None:
    raise_it(world)
    world.clock.advance(minutes=5)
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(step_escalation, world.parts, case(world).id)
    assert len(world.said_to("chat-liu")) == 1
    assert world.said_to("chat-zhao") == []


def test_an_auditor_cannot_take_a_case(world: World) -> None:
    world.add(a_nurse("aud", role=StaffRole.AUDITOR, conversation_id=None))
    raise_it(world)
    with pytest.raises(NotAllowed):
        acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-aud")


def test_who_said_stop_still_gets_the_advice_but_nothing_more(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    people = [one for one in wang_and_her_ward() if one.id != "chat-wang"]
    world.add(*people[:3], a_chat(mode=Mode.STOPPED), *people[3:])
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    assert len(world.said_to("chat-wang")) == 1


def test_patient_and_caregiver_both_hear_who_has_the_case(world: World) -> None:
    world.add(a_contact("son", of="wang"), a_chat("son", language="en"))
    world.add(an_inbound(), an_inbound(id="in-2", conversation_id="chat-son"))
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, inbound_id="in-1"))
    second = a_cause(SAME_DAY, code="wet_wound", inbound_id="in-2")
    raise_it(world, SAME_DAY, second, chat="chat-son")
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    assert "Chen" in world.said_to("chat-wang")[-1]
    assert world.said_to("chat-son")[-1] == "Nurse Chen has your case."

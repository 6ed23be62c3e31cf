"""A nurse who leads and falls silent: reminded, then up or back, and never silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.escalation import EscalationState
from bot.core.staff import SignIn
from bot.core.triage_level import TriageLevel
from bot.services.find_due import find_due
from bot.services.register_nurse import unlink_chat
from bot.services.sign_in import Session
from bot.services.sign_out import sign_out
from bot.services.staff_accounts import set_active
from bot.workflows.at_once import run_due
from tests.builders import a_check_in, a_nurse
from tests.fakes import World
from tests.unit.takeover_desk import (
    CHAT,
    a_ward,
    lead,
    leader,
    patient_says,
    presses,
    types,
    wait,
)

# The builders' policy: reminded after 10 minutes, up after 5 more, back after 20 more.


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_ward(tmp_path)


def pages(world: World, nurse: str, key: str) -> int:
    return sum(key in one for one in world.said_to(f"chat-{nurse}"))


def test_a_quiet_nurse_is_reminded_and_then_the_chat_goes_back_with_a_line_for_both(
    world: World,
) -> None:
    lead(world)
    types(world, "chen", "好好休息")
    wait(world, 9)
    assert pages(world, "chen", "staff_takeover_quiet") == 0
    wait(world, 1)
    assert pages(world, "chen", "staff_takeover_quiet.en minutes=10") == 1
    wait(world, 19)
    assert leader(world) == "nurse-chen"
    wait(world, 1)
    assert leader(world) is None
    assert world.said_to(CHAT)[-1] == "nurse_handed_back.zh nurse=Chen"
    assert pages(world, "chen", "staff_takeover_ended_idle") == 1
    assert world.rows("escalations") == []
    assert [one.ended for one in world.rows("takeovers")] == ["idle"]


def test_a_patient_who_waits_brings_the_charge_nurse(world: World) -> None:
    lead(world)
    types(world, "chen", "哪里疼？")
    patient_says(world, "膝盖，晚上睡不着")
    wait(world, 10)
    assert pages(world, "chen", "staff_takeover_waiting.en") == 1
    wait(world, 5)
    told = [one for one in world.said_to("chat-zhao") if "staff_takeover_unanswered" in one]
    assert len(told) == 1
    assert "nurse=Chen minutes=15 words=膝盖，晚上睡不着" in told[0]
    assert pages(world, "chen", "staff_takeover_went_up.en nurse=Zhao") == 1
    assert leader(world) == "nurse-chen"
    presses(world, "zhao", "staff_button_take_from.en nurse=Chen")
    assert leader(world) == "nurse-zhao"


def test_words_that_nobody_answers_become_a_case_and_the_patient_is_told(world: World) -> None:
    lead(world)
    types(world, "chen", "哪里疼？")
    patient_says(world, "膝盖，晚上睡不着")
    wait(world, 36)
    assert leader(world) is None
    (case,) = world.rows("escalations")
    assert (case.level, case.state) == (TriageLevel.SAME_DAY, EscalationState.OPEN)
    (cause,) = world.rows("causes")
    assert (cause.code, cause.words) == ("takeover_unanswered", "膝盖，晚上睡不着")
    said = world.said_to(CHAT)
    assert "nurse_led_away.zh nurse=Chen" in said
    assert pages(world, "chen", "staff_takeover_ended_waiting") == 1
    wait(world, 30)
    assert pages(world, "liu", "staff_page") == 1, "the case climbs its own chain"


def test_a_nurse_who_took_over_and_never_wrote_lets_the_patient_wait(world: World) -> None:
    lead(world)
    wait(world, 15)
    assert pages(world, "zhao", "staff_takeover_unanswered") == 1
    wait(world, 20)
    assert len(world.rows("escalations")) == 1


def test_her_answer_in_time_starts_the_clock_again(world: World) -> None:
    lead(world)
    for _ in range(5):
        wait(world, 9)
        types(world, "chen", f"我在 {world.clock.now()}")
    assert leader(world) == "nurse-chen"
    assert pages(world, "chen", "staff_takeover_quiet") == 0


def test_an_answer_after_the_reminder_takes_it_back(world: World) -> None:
    lead(world)
    wait(world, 12)
    types(world, "chen", "对不起，刚才在抢救")
    wait(world, 9)
    assert leader(world) == "nurse-chen"
    assert pages(world, "zhao", "staff_takeover_unanswered") == 0


def test_words_that_come_after_the_reminder_have_their_own_time(world: World) -> None:
    lead(world)
    types(world, "chen", "好好休息")
    wait(world, 25)
    patient_says(world, "又疼了")
    wait(world, 9)
    assert leader(world) == "nurse-chen"
    wait(world, 1)
    assert pages(world, "chen", "staff_takeover_waiting") == 1


def test_with_nobody_else_on_duty_the_case_is_raised_at_once(world: World) -> None:
    with world.record.transaction() as tx:
        for one in tx.shifts.find(nurse_id__not="nurse-chen"):
            tx.shifts.swap(one, replace(one, ends_at=one.starts_at))
    lead(world)
    types(world, "chen", "哪里疼？")
    patient_says(world, "膝盖")
    wait(world, 15)
    assert leader(world) is None
    assert len(world.rows("escalations")) == 1


def test_a_charge_nurse_of_another_ward_is_not_told_of_this_patient(world: World) -> None:
    with world.record.transaction() as tx:
        zhao = tx.nurses.get("nurse-zhao")
        tx.nurses.swap(zhao, replace(zhao, ward="cardio"))
    lead(world)
    wait(world, 15)
    assert pages(world, "zhao", "王秀英") == 0
    assert pages(world, "liu", "staff_takeover_unanswered") == 1


def test_a_quiet_takeover_is_not_ended_at_night(world: World) -> None:
    world.clock.advance(hours=11, minutes=55)  # 20:55 with the patient
    lead(world)
    types(world, "chen", "晚安")
    wait(world, 60)
    assert leader(world) == "nurse-chen"
    world.clock.advance(hours=11)
    run_due(world.parts)
    assert leader(world) is None


def test_a_patient_who_waits_at_night_is_not_left_until_morning(world: World) -> None:
    world.clock.advance(hours=13)
    lead(world)
    patient_says(world, "睡不着，疼")
    wait(world, 36)
    assert len(world.rows("escalations")) == 1


def test_her_closed_account_lets_go_of_the_chat(world: World) -> None:
    lead(world)
    types(world, "chen", "好好休息")
    set_active(world.parts, nurse_id="nurse-chen", active=False, by="nurse-zhao")
    run_due(world.parts)
    assert leader(world) is None


def test_her_closed_account_with_a_patient_waiting_goes_up_at_once(world: World) -> None:
    lead(world)
    patient_says(world, "疼")
    set_active(world.parts, nurse_id="nurse-chen", active=False, by="nurse-zhao")
    run_due(world.parts)
    assert pages(world, "zhao", "staff_takeover_unanswered") == 1
    wait(world, 20)
    assert leader(world) is None
    assert len(world.rows("escalations")) == 1


def test_a_lost_phone_lets_go_but_signing_out_with_a_phone_does_not(world: World) -> None:
    lead(world)
    types(world, "chen", "好好休息")
    sign_out(world.parts, a_session(world, "chen"))
    run_due(world.parts)
    assert leader(world) == "nurse-chen"
    unlink_chat(world.parts, nurse_id="nurse-chen", by="nurse-zhao")
    run_due(world.parts)
    assert leader(world) is None


def test_a_nurse_without_a_phone_who_signs_out_lets_go(world: World) -> None:
    world.add(a_nurse("sun", conversation_id=None))
    session = a_session(world, "sun")
    lead(world, "sun")
    wait(world, 5)
    assert leader(world) == "nurse-sun"
    sign_out(world.parts, session)
    run_due(world.parts)
    assert pages(world, "zhao", "staff_takeover_unanswered") == 1


def a_session(world: World, nurse: str) -> Session:
    now = world.clock.now()
    opened = SignIn(
        id=f"session-{nurse}",
        nurse_id=f"nurse-{nurse}",
        token_hash=nurse,
        csrf_token="c",
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=12),
    )
    world.add(opened)
    return Session(world.get("nurses", f"nurse-{nurse}"), opened)


def test_the_end_of_her_shift_is_said_once(world: World) -> None:
    with world.record.transaction() as tx:
        shift = tx.shifts.get("shift-chen-first")
        ends_at = world.clock.now() + timedelta(minutes=20)
        tx.shifts.swap(shift, replace(shift, ends_at=ends_at))
    lead(world)
    for _ in range(5):
        wait(world, 8)
        types(world, "chen", f"我在 {world.clock.now()}")
    wait(world, 8)
    assert pages(world, "chen", "staff_takeover_shift_over") == 1
    assert leader(world) == "nurse-chen"


def test_a_reminder_of_a_check_in_does_not_go_out_while_she_leads(tmp_path: Path) -> None:
    world = a_ward(tmp_path, a_check_in(follow_up_at=None, current_question="pain_rest"))
    lead(world)
    for _ in range(20):
        wait(world, 9)
        types(world, "chen", f"我在 {world.clock.now()}")
        wait(world, 9)
        types(world, "chen", f"我还在 {world.clock.now()}")
    assert "reminder" not in "".join(world.said_to(CHAT))
    assert world.get("check_ins", "check-in-wang").state == "open"


def test_when_all_is_said_nothing_is_due_any_more(world: World) -> None:
    lead(world)
    wait(world, 40)
    case = world.rows("escalations")[0]
    due = [one for one in find_due(world.parts) if one != ("escalation", case.id)]
    assert due == []
    assert world.rows("takeovers")[0].look_at is None

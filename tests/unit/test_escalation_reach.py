"""Whom a case reaches when people are away, stand twice, change shift, or leave."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import DeliveryFailed
from bot.core.escalation import EscalationState
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.deliver import deliver
from bot.services.rota import add_shift, remove_shift
from bot.services.snooze import snooze
from bot.services.staff_accounts import set_active
from bot.services.step_escalation import step_escalation
from tests.builders import START, a_nurse, a_nurse_chat, a_shift, wang_and_her_ward
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

TELEGRAM_LIMIT = 4096  # UTF-16 units of one message


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_ward(tmp_path)


def pages(world: World, nurse: str) -> int:
    return len([one for one in world.said_to(f"chat-{nurse}") if one.startswith("staff_page")])


def lose(world: World, nurse: str, reason: str) -> None:
    """The provider refuses what waits for her; then whatever falls due now is done."""
    world.sender.failures.append(DeliveryFailed(reason))
    deliver(world.parts, f"chat-{nurse}")
    step_escalation(world.parts, case(world).id)


# --- A page that cannot arrive ------------------------------------------------------


@pytest.mark.parametrize("reason", ["blocked", "refused"])
def test_a_page_that_cannot_arrive_takes_the_next_step_at_once(world: World, reason: str) -> None:
    raise_it(world)
    lose(world, "chen", reason)
    assert pages(world, "liu") == 1, "an emergency does not wait five minutes for a blocked chat"
    assert case(world).next_step_at == START + timedelta(minutes=5)


def test_a_page_that_is_only_late_waits_for_its_step(world: World) -> None:
    raise_it(world)
    lose(world, "chen", "down")
    assert pages(world, "liu") == 0


def test_one_page_of_two_that_arrives_is_enough(world: World) -> None:
    world.add(a_nurse_chat("sun"), a_nurse("sun"), a_shift("sun", "first"))
    raise_it(world)
    lose(world, "chen", "blocked")
    assert pages(world, "liu") == 0


def test_when_no_page_can_arrive_the_case_waits_for_its_step_and_does_not_spin(
    world: World,
) -> None:
    raise_it(world)
    for nurse in ("chen", "liu", "zhao"):
        lose(world, nurse, "refused")
    assert [pages(world, one) for one in ("chen", "liu", "zhao")] == [1, 1, 1]
    assert case(world).next_step_at == START + timedelta(minutes=5)


def test_a_lost_page_of_a_case_that_somebody_has_changes_nothing(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-liu")
    before = case(world)
    lose(world, "chen", "blocked")
    assert case(world) == before


# --- Who stands twice, who comes and goes -------------------------------------------


def test_a_nurse_on_two_rotas_is_not_her_own_second_step(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*(one for one in wang_and_her_ward() if getattr(one, "rota", "") != "second"))
    world.add(a_shift("chen", "second"))
    raise_it(world)
    pass_time(world, 5)
    assert pages(world, "zhao") == 1, "nobody new stands on the second rota, so the charge nurse"
    assert pages(world, "chen") == 2, "and she is told again all the same"
    pass_time(world, 10)
    assert pages(world, "zhao") == 3, "the last step repeats"


def test_a_shift_that_ends_between_two_steps_pages_whoever_came_on(world: World) -> None:
    (shift,) = world.rows("shifts", nurse_id="nurse-liu")
    with world.record.transaction() as tx:
        tx.shifts.swap(shift, a_shift("liu", "second", ends_at=START + timedelta(minutes=5)))
    world.add(a_nurse_chat("sun"), a_nurse("sun"))
    world.add(a_shift("sun", "second", starts_at=START + timedelta(minutes=5)))
    raise_it(world)
    pass_time(world, 5)
    assert (pages(world, "liu"), pages(world, "sun")) == (0, 1)


def test_a_rota_changed_after_the_case_opened_counts_at_the_next_step(world: World) -> None:
    raise_it(world)
    (shift,) = world.rows("shifts", nurse_id="nurse-liu")
    remove_shift(world.parts, shift_id=shift.id, by="nurse-zhao", sure=True)
    world.add(a_nurse_chat("sun"), a_nurse("sun"))
    add_shift(
        world.parts,
        nurse_id="nurse-sun",
        rota="second",
        starts_at=START,
        ends_at=START + timedelta(hours=8),
        by="nurse-zhao",
    )
    pass_time(world, 5)
    assert (pages(world, "liu"), pages(world, "sun")) == (0, 1)


def test_whose_shift_ended_keeps_her_case_until_its_outcome_is_due(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    (shift,) = world.rows("shifts", nurse_id="nurse-chen")
    remove_shift(world.parts, shift_id=shift.id, by="nurse-zhao", sure=True)
    pass_time(world, 29)
    assert case(world).acknowledged_by == "nurse-chen"
    pass_time(world, 1)
    assert case(world).state is EscalationState.OPEN
    assert pages(world, "liu") == 1


def test_who_leaves_the_staff_holds_no_case_any_more(world: World) -> None:
    """A same-day case has four hours for its outcome; nobody would look at it so long."""
    raise_it(world, SAME_DAY)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    set_active(world.parts, nurse_id="nurse-chen", active=False, by="nurse-zhao")
    assert (case(world).state, case(world).next_step_at) == (EscalationState.OPEN, START)
    pass_time(world, 0)
    assert pages(world, "liu") == 1
    (kept,) = world.rows("audit", action="case.reopen")
    assert (kept.who, kept.details) == ("nurse-zhao", "nurse-chen left the staff")


def test_who_leaves_the_staff_takes_nobody_elses_case_along(world: World) -> None:
    raise_it(world, SAME_DAY)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-liu")
    before = case(world)
    set_active(world.parts, nurse_id="nurse-chen", active=False, by="nurse-zhao")
    assert case(world) == before


# --- Old pages and many causes ------------------------------------------------------


def test_an_old_page_still_takes_a_case_that_opened_again(world: World) -> None:
    raise_it(world)
    id = case(world).id
    acknowledge(world.parts, escalation_id=id, nurse_id="nurse-chen")
    pass_time(world, 30)
    assert case(world).state is EscalationState.OPEN
    acknowledge(world.parts, escalation_id=id, nurse_id="nurse-chen")
    assert case(world).acknowledged_by == "nurse-chen"
    assert case(world).next_step_at == START + timedelta(minutes=60), "her time begins anew"


def test_two_causes_at_once_open_one_case_at_the_graver_level(world: World) -> None:
    raise_it(world, EMERGENCY, a_cause(EMERGENCY), a_cause(SAME_DAY, code="fever", words="38.5"))
    assert case(world).level is EMERGENCY
    assert {one.code for one in world.rows("causes")} == {"breathless", "fever"}
    assert pages(world, "chen") == 1
    assert len(world.said_to("chat-wang")) == 1


@pytest.mark.parametrize("character", ["痛", "😀", "𠮷"])
def test_a_page_about_forty_long_causes_fits_into_one_message(world: World, character: str) -> None:
    many = [a_cause(code=f"sign-{n}", words=character * 4000) for n in range(40)]
    raise_it(world, EMERGENCY, *many)
    (page,) = world.said_to("chat-chen")
    assert len(page.encode("utf-16-le")) // 2 < TELEGRAM_LIMIT
    assert page.endswith(f"/console/cases/{case(world).id}")
    (sent,) = world.rows("outbound", conversation_id="chat-chen")
    assert sent.buttons, "with the buttons to take it or pass it on"


@pytest.mark.parametrize("outcome", ["called", "seen"])
def test_a_closed_case_takes_no_step_and_no_snooze(world: World, outcome: str) -> None:
    raise_it(world, SAME_DAY)
    given: dict[str, Any] = {"escalation_id": case(world).id, "nurse_id": "nurse-chen"}
    close_escalation(world.parts, outcome=outcome, **given)
    closed = case(world)
    pass_time(world, 600)
    with pytest.raises(Exception, match="Chen"):
        snooze(world.parts, minutes=5, reason="late", **given)
    assert case(world) == closed


def test_snoozing_is_audited_with_its_reason_and_the_page_comes_after_it(world: World) -> None:
    raise_it(world, SAME_DAY)
    snooze(
        world.parts,
        escalation_id=case(world).id,
        nurse_id="nurse-chen",
        minutes=45,
        reason="in theatre until ten",
    )
    (kept,) = world.rows("audit", action="case.snooze")
    assert (kept.who, kept.details) == ("nurse-chen", "45 min: in theatre until ten")
    pass_time(world, 44)
    assert pages(world, "liu") == 0
    pass_time(world, 1)
    assert pages(world, "liu") == 1

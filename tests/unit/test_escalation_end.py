"""Passing on, waiting and closing: how an escalation leaves a nurse's hands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import AlreadyDone, NotAllowed
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.pass_on import pass_on
from bot.services.snooze import snooze
from bot.services.step_escalation import step_escalation
from tests.builders import (
    START,
    wang_and_her_ward,
)
from tests.fakes import World, a_world
from tests.unit.escalation_desk import (
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


# --- Passing on, waiting, closing ---------------------------------------------------


def test_passing_on_tells_the_next_nurse_at_once(world: World) -> None:
    raise_it(world)
    pass_on(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen", reason="in theatre")
    assert len(world.said_to("chat-liu")) == 1
    assert "staff_passed_on" in world.said_to("chat-chen")[-1]
    assert [one.details for one in world.rows("audit", action="case.pass_on")] == ["in theatre"]


def test_a_case_of_another_nurse_cannot_be_passed_on(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    with pytest.raises(AlreadyDone, match="Chen"):
        pass_on(world.parts, escalation_id=case(world).id, nurse_id="nurse-liu")


def test_the_last_nurse_who_passes_it_on_hands_it_to_whoever_is_there(world: World) -> None:
    raise_it(world)
    pass_time(world, 10)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-zhao")
    pass_on(world.parts, escalation_id=case(world).id, nurse_id="nurse-zhao")
    assert len([one for one in world.said_to("chat-liu") if "staff_page" in one]) == 2


def test_who_is_alone_on_duty_is_told_so_and_asked_again(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*(one for one in wang_and_her_ward() if getattr(one, "rota", "first") == "first"))
    raise_it(world)
    pass_on(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    assert "staff_nobody_else" in world.said_to("chat-chen")[-1]
    pass_time(world, 1)
    assert "staff_page" in world.said_to("chat-chen")[-1]


def test_an_emergency_never_waits(world: World) -> None:
    raise_it(world)
    with pytest.raises(NotAllowed):
        snooze(
            world.parts,
            escalation_id=case(world).id,
            nurse_id="nurse-chen",
            minutes=5,
            reason="busy",
        )


@pytest.mark.parametrize(("minutes", "reason"), [(61, "busy"), (0, "busy"), (-5, "busy"), (5, " ")])
def test_waiting_needs_a_reason_and_ends_within_the_hour(
    world: World, minutes: int, reason: str
) -> None:
    raise_it(world, SAME_DAY)
    with pytest.raises(ValueError, match="wait"):
        snooze(
            world.parts,
            escalation_id=case(world).id,
            nurse_id="nurse-chen",
            minutes=minutes,
            reason=reason,
        )


def test_two_waits_together_are_no_longer_than_an_hour(world: World) -> None:
    raise_it(world, SAME_DAY)
    given: dict[str, Any] = {"nurse_id": "nurse-chen", "minutes": 40, "reason": "on the ward"}
    snooze(world.parts, escalation_id=case(world).id, **given)
    with pytest.raises(ValueError, match="60"):
        snooze(world.parts, escalation_id=case(world).id, **given)
    assert case(world).next_step_at == START + timedelta(minutes=40)
    assert len(world.rows("audit", action="case.snooze")) == 1


def test_a_new_sign_ends_the_waiting(world: World) -> None:
    raise_it(world, SAME_DAY)
    snooze(
        world.parts,
        escalation_id=case(world).id,
        nurse_id="nurse-chen",
        minutes=60,
        reason="on the ward",
    )
    raise_it(world, SAME_DAY, a_cause(SAME_DAY, code="wet_wound", words="伤口流水"))
    assert case(world).is_due(world.clock.now())


def test_closing_needs_an_outcome_that_is_known(world: World) -> None:
    raise_it(world)
    with pytest.raises(ValueError, match="no outcome"):
        close_escalation(
            world.parts, escalation_id=case(world).id, nurse_id="nurse-chen", outcome="fine"
        )
    assert not case(world).is_closed


def test_closing_names_the_nurse_and_tells_everybody(world: World) -> None:
    raise_it(world)
    pass_time(world, 5)
    close_escalation(
        world.parts,
        escalation_id=case(world).id,
        nurse_id="nurse-chen",
        outcome="sent_to_emergency",
        note="son drives her",
    )
    closed = case(world)
    assert (closed.closed_by, closed.acknowledged_by) == ("nurse-chen", "nurse-chen")
    assert (closed.outcome, closed.outcome_note) == ("sent_to_emergency", "son drives her")
    assert closed.next_step_at is None
    assert world.said_to("chat-wang")[-1].startswith("nurse_closed_sent_to_emergency.zh nurse=Chen")
    assert "outcome=outcome_sent_to_emergency.en" in world.said_to("chat-liu")[-1]


def test_a_closed_case_is_over(world: World) -> None:
    raise_it(world)
    close_escalation(
        world.parts, escalation_id=case(world).id, nurse_id="nurse-chen", outcome="called"
    )
    before = len(world.rows("outbound"))
    world.clock.advance(days=2)
    step_escalation(world.parts, case(world).id)
    assert len(world.rows("outbound")) == before
    with pytest.raises(AlreadyDone, match="Chen"):
        acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-liu")


def test_only_a_senior_may_close_what_another_nurse_has(world: World) -> None:
    raise_it(world)
    acknowledge(world.parts, escalation_id=case(world).id, nurse_id="nurse-chen")
    given: dict[str, Any] = {"escalation_id": case(world).id, "outcome": "called"}
    with pytest.raises(NotAllowed, match="Chen"):
        close_escalation(world.parts, nurse_id="nurse-liu", **given)
    close_escalation(world.parts, nurse_id="nurse-zhao", **given)
    assert case(world).closed_by == "nurse-zhao"


def test_after_closing_a_new_sign_opens_a_new_case(world: World) -> None:
    raise_it(world)
    close_escalation(
        world.parts, escalation_id=case(world).id, nurse_id="nurse-chen", outcome="called"
    )
    raise_it(world)
    assert len(world.rows("escalations")) == 2


def closed_as(world: World, alert_right: str | None) -> str | None:
    raise_it(world)
    close_escalation(
        world.parts,
        escalation_id=case(world).id,
        nurse_id="nurse-chen",
        outcome="called",
        alert_right=alert_right,
    )
    return case(world).alert_right


@pytest.mark.parametrize("said", ["yes", "partly", "no", None])
def test_whether_the_alert_was_right_is_kept_and_may_be_left_open(
    world: World, said: str | None
) -> None:
    assert closed_as(world, said) == said


def test_an_alert_is_not_right_in_a_way_nobody_can_count(world: World) -> None:
    with pytest.raises(ValueError, match="right or not"):
        closed_as(world, "maybe")
    assert not case(world).is_closed

"""Lost chats: who blocked us is known, and nobody waits for a nurse who cannot be paged."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import DeliveryFailed
from bot.core.message import PresenceChange
from bot.core.staff import StaffRole
from bot.core.triage_level import TriageLevel
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.receive import receive
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.fakes import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world(tmp_path)
    world.add(*b.wang_and_her_ward())
    return world


def red_flag(world: World) -> None:
    with world.record.transaction() as tx:
        raise_escalation(
            tx,
            world.parts,
            episode=tx.episodes.get("episode-wang"),
            conversation=tx.conversations.get("chat-wang"),
            level=TriageLevel.EMERGENCY,
            causes=[
                NewCause("screening", "breath", TriageLevel.EMERGENCY, "喘", {"zh": "", "en": ""})
            ],
            now=world.clock.now(),
        )


def nurses_told(world: World) -> list[str]:
    return [one.nurse_id for one in world.rows("notifications", order_by="notified_at,id")]


def blocks_the_page(world: World, address: str) -> None:
    """The provider says "blocked" to every message for this chat."""
    send = world.sender.send

    def refuse(message):  # type: ignore[no-untyped-def]
        if message.address == address:
            raise DeliveryFailed("blocked")
        return send(message)

    world.sender.send = refuse  # type: ignore[method-assign]


def test_a_nurse_who_blocked_the_bot_is_skipped_at_once(world: World) -> None:
    blocks_the_page(world, "chen")
    red_flag(world)
    run_due(world.parts)
    assert nurses_told(world) == ["nurse-chen", "nurse-liu"], "in the same minute"
    assert any("staff_page" in one for one in world.said_to("chat-liu"))
    (case,) = world.rows("escalations")
    assert case.next_step_at > world.clock.now()


def test_those_who_lead_are_told_and_it_is_a_task(world: World) -> None:
    blocks_the_page(world, "chen")
    red_flag(world)
    run_due(world.parts)
    assert any(one.startswith("staff_nurse_unreachable") for one in world.said_to("chat-zhao"))
    tasks = {one.kind: one for one in world.rows("tasks")}
    assert tasks["nurse_unreachable"].text == "Chen"
    assert tasks["dead_page"].patient_id == "patient-wang"
    assert tasks["dead_page"].text == "", "the page's words stay with the case"


def test_blocked_between_two_pages_the_channel_itself_says_so(world: World) -> None:
    red_flag(world)
    run_due(world.parts)
    assert nurses_told(world) == ["nurse-chen"]
    receive(world.parts, PresenceChange("telegram", "ward", "u9", "chen", blocked=True))
    run_due(world.parts)
    assert nurses_told(world) == ["nurse-chen", "nurse-liu"]


def test_a_case_that_she_has_taken_stays_hers(world: World) -> None:
    red_flag(world)
    run_due(world.parts)
    with world.record.transaction() as tx:
        case = tx.escalations.one()
        tx.escalations.swap(case, case.acknowledged(nurse_id="nurse-chen", at=world.clock.now()))
    receive(world.parts, PresenceChange("telegram", "ward", "u9", "chen", blocked=True))
    run_due(world.parts)
    assert nurses_told(world) == ["nurse-chen"]


def test_when_everybody_has_blocked_us_nothing_spins(world: World) -> None:
    for name in ("chen", "liu", "zhao"):
        receive(world.parts, PresenceChange("telegram", "ward", f"u-{name}", name, blocked=True))
    blocks_the_page(world, "zhao")
    red_flag(world)
    assert run_due(world.parts) < 20
    (case,) = world.rows("escalations")
    assert case.next_step_at > world.clock.now()


def test_a_patient_who_blocked_us_is_a_task_and_no_page(world: World) -> None:
    receive(world.parts, PresenceChange("telegram", "ward", "u9", "wang", blocked=True))
    receive(world.parts, PresenceChange("telegram", "ward", "u9", "wang", blocked=True))
    assert [one.kind for one in world.rows("tasks")] == ["unreachable"]
    receive(world.parts, PresenceChange("telegram", "ward", "u10", "wang", blocked=False))
    assert not world.get("conversations", "chat-wang").unreachable


def test_an_administrator_hears_when_the_charge_nurse_is_lost(world: World) -> None:
    world.add(b.a_nurse_chat("root"), b.a_nurse("root", role=StaffRole.ADMINISTRATOR, ward=""))
    receive(world.parts, PresenceChange("telegram", "ward", "u9", "zhao", blocked=True))
    run_due(world.parts)
    assert any("nurse=Zhao" in one for one in world.said_to("chat-root"))
    assert not any("nurse=Zhao" in one for one in world.said_to("chat-zhao"))

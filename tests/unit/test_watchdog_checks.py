"""Each check: one fault makes exactly its check fail, and a ward that is well fails none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import Outbound, OutboundState, Priority
from bot.core.errors import DeliveryFailed
from bot.core.nudge import Nudge, NudgeKind
from bot.core.staff import AuditEntry, NurseTask
from bot.core.takeover import Takeover
from bot.core.watch import Drill, SignOfLife
from bot.services.acknowledge import acknowledge
from bot.services.deliver import deliver
from bot.watchdog.checks import OUTSIDE_CHECKS, RECORD_CHECKS
from bot.watchdog.limits import LIMITS
from bot.watchdog.words import texts
from tests.builders import START, a_check_in, a_nurse, a_shift, an_inbound
from tests.unit.escalation_desk import raise_it
from tests.unit.kennel import Guarded, a_guarded_ward

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ward(tmp_path: Path) -> Guarded:
    return a_guarded_ward(tmp_path)


def change(ward: Guarded, name: str, id: str, **to: Any) -> None:
    with ward.world.record.transaction() as tx:
        before = getattr(tx, name).get(id)
        getattr(tx, name).swap(before, replace(before, **to))


def an_outbound(priority: Priority, *, minutes_ago: float, **over: Any) -> Outbound:
    given: dict[str, Any] = {"created_at": START - timedelta(minutes=minutes_ago), **over}
    return Outbound("out-1", "chat-wang", 1, "key", priority, "您好", **given)


def paged(ward: Guarded) -> str:
    """An emergency whose page every nurse on the rota has on her phone."""
    case = raise_it(ward.world)
    for chat in ("chat-chen", "chat-wang"):
        deliver(ward.world.parts, chat)
    return case.id


def test_a_ward_that_is_well_fails_no_check(ward: Guarded) -> None:
    assert ward.look() == set()
    paged(ward)
    assert ward.look() == set()


def message_waits(ward: Guarded) -> None:
    ward.world.add(an_inbound(received_at=START - timedelta(minutes=2)))


def no_next_step(ward: Guarded) -> None:
    change(ward, "escalations", paged(ward), next_step_at=None)


def step_is_late(ward: Guarded) -> None:
    change(ward, "escalations", paged(ward), next_step_at=START - timedelta(seconds=30))


def page_was_slow(ward: Guarded) -> None:
    paged(ward)
    (page,) = ward.world.rows("outbound", kind="page")
    change(ward, "outbound", page.id, settled_at=START + timedelta(seconds=16))


def takeover_forgotten(ward: Guarded) -> None:
    ward.world.add(
        Takeover(
            *("t-1", "chat-wang", "patient-wang", "nurse-chen", START, START),
            look_at=START - timedelta(minutes=5),
        )
    )


def check_in_is_late(ward: Guarded) -> None:
    ward.world.add(a_check_in(state=CheckInState.PLANNED, due_at=START - timedelta(minutes=30)))


def follow_up_is_late(ward: Guarded) -> None:
    late = START - timedelta(minutes=30)
    ward.world.add(a_check_in(state=CheckInState.OPEN, follow_up_at=late))


def reminder_is_late(ward: Guarded) -> None:
    hour_ago, ends = START - timedelta(hours=1), START + timedelta(hours=3)
    reminder = ("nudge-1", "episode-wang", NudgeKind.REMINDER, "visit", 1)
    ward.world.add(Nudge(*reminder, hour_ago, ends, look_at=hour_ago))


def call_back_is_late(ward: Guarded) -> None:
    late = START - timedelta(minutes=5)
    task = NurseTask("t", "t", "call_back", "patient-wang", None, None, None, "", late, late)
    ward.world.add(replace(task, solve_by=START + timedelta(hours=23), look_at=late))


def waits_in_line(priority: Priority, minutes: float) -> Callable[[Guarded], None]:
    def fault(ward: Guarded) -> None:
        ward.world.add(an_outbound(priority, minutes_ago=minutes))

    return fault


def letter_without_owner(ward: Guarded) -> None:
    dead = an_outbound(Priority.CONVERSATION, minutes_ago=5, state=OutboundState.DEAD)
    ward.world.add(replace(dead, settled_at=START))


def nobody_there(ward: Guarded) -> None:
    for name in ("chen", "liu", "zhao"):
        change(ward, "conversations", f"chat-{name}", unreachable=True)


def empty_from_tonight(ward: Guarded) -> None:
    for one in ward.world.rows("shifts"):
        change(ward, "shifts", one.id, ends_at=START + timedelta(hours=12))


def administrator_left(ward: Guarded) -> None:
    change(ward, "nurses", "nurse-lin", active=False)


def drill_was_missed(ward: Guarded) -> None:
    ward.world.add(Drill("2026-W11", START, 2, None, missed_at=START))


def drill_was_forgotten(ward: Guarded) -> None:
    ward.world.add(Drill("2026-W09", START - timedelta(days=9), 0, None, answered_at=START))


def row_from_the_future(ward: Guarded) -> None:
    ward.world.add(AuditEntry("a", START + timedelta(minutes=3), "system", "case.open", "case-1"))


def outside(**what: Any) -> Callable[[Guarded], None]:
    def fault(ward: Guarded) -> None:
        for name, value in what.items():
            setattr(ward.outside, name, value)

    return fault


FAULTS: list[tuple[str, Callable[[Guarded], None]]] = [
    ("inbound_waiting", message_waits),
    ("overdue_step", no_next_step),
    ("overdue_step", step_is_late),
    ("first_page", page_was_slow),
    ("overdue_takeover", takeover_forgotten),
    ("overdue_check_in", check_in_is_late),
    ("overdue_check_in", follow_up_is_late),
    ("overdue_nudge", reminder_is_late),
    ("overdue_call_back", call_back_is_late),
    ("queue_nurse_page", waits_in_line(Priority.NURSE_PAGE, 2)),
    ("queue_urgent_advice", waits_in_line(Priority.URGENT_ADVICE, 2)),
    ("queue_conversation", waits_in_line(Priority.CONVERSATION, 10)),
    ("queue_check_in", waits_in_line(Priority.CHECK_IN, 60)),
    ("dead_letters", letter_without_owner),
    ("nobody_on_rota", nobody_there),
    ("rota_gap", empty_from_tonight),
    ("administrators", administrator_left),
    ("drill", drill_was_missed),
    ("drill", drill_was_forgotten),
    ("future_rows", row_from_the_future),
    ("engine", outside(engines=["model_not_ready"])),
    ("engine", outside(engines=[None, "ConnectError"])),
    ("actions", outside(actions=[None, "http_500"])),
    ("provider", outside(provider="down")),
    ("disk", outside(free=999)),
    ("clock_server", outside(ahead=-6)),
    ("clock_jump", outside(jump=-6)),
]


@pytest.mark.parametrize(("check", "fault"), FAULTS, ids=lambda one: getattr(one, "__name__", one))
def test_a_fault_fails_exactly_its_own_check(
    ward: Guarded, check: str, fault: Callable[[Guarded], None]
) -> None:
    assert ward.look(minutes=0) == set()
    fault(ward)
    assert ward.look() == {check}


def test_a_silent_worker_fails_its_check_and_one_that_went_home_does_not(ward: Guarded) -> None:
    assert ward.look(worker=False) == {"worker"}, "none was ever seen"
    assert ward.look() == set()
    assert ward.look(minutes=1, worker=False) == set()
    assert ward.look(minutes=0.1, worker=False) == {"worker"}
    change(ward, "signs_of_life", "worker-1", left=True)
    assert ward.look(minutes=0, worker=False) == {"worker"}, "all went home: nobody works"


def test_a_worker_that_was_taken_away_is_forgotten_while_another_works(ward: Guarded) -> None:
    ward.world.add(SignOfLife("worker-2", START))
    assert ward.look() == set()
    assert ward.look() == {"worker"}, "of two workers one is silent"
    assert ward.look(minutes=24 * 60) == set()


def test_a_page_that_is_still_waiting_counts_until_now(ward: Guarded) -> None:
    case = raise_it(ward.world)
    deliver(ward.world.parts, "chat-wang")
    assert ward.look(minutes=0.25) == set()
    assert ward.look(minutes=0.05) == {"first_page"}
    acknowledge(ward.world.parts, escalation_id=case.id, nurse_id="nurse-chen")
    for chat in ("chat-chen", "chat-wang"):
        deliver(ward.world.parts, chat)
    assert ward.look(minutes=0) == {"first_page"}, "she had it, but too late: P3 was not kept"
    assert ward.look(minutes=10) == set()


def test_a_dead_letter_with_its_task_is_in_order(ward: Guarded) -> None:
    letter_without_owner(ward)
    task = NurseTask(
        *("t", "dead_letter:out-1", "dead_letter", None, None, "chat-wang", None, "", START, START)
    )
    ward.world.add(task)
    assert ward.look() == set()


def test_what_died_in_a_chat_that_was_lost_is_in_order_and_a_refused_letter_is_not(
    ward: Guarded,
) -> None:
    dead = an_outbound(Priority.CHECK_IN, minutes_ago=5, state=OutboundState.DEAD, note="blocked")
    ward.world.add(replace(dead, settled_at=START))
    assert ward.look() == {"dead_letters"}
    task = NurseTask(
        *("t", "unreachable:out-0", "unreachable", None, None, "chat-wang", None, "", START, START)
    )
    ward.world.add(task)
    assert ward.look() == set()
    change(ward, "outbound", "out-1", note="refused")
    assert ward.look() == {"dead_letters"}


def test_a_real_delivery_that_is_refused_leaves_no_letter_without_owner(ward: Guarded) -> None:
    ward.world.add(an_outbound(Priority.CONVERSATION, minutes_ago=0))
    ward.world.sender.failures.append(DeliveryFailed("refused"))
    deliver(ward.world.parts, "chat-wang")
    assert ward.world.get("outbound", "out-1").state is OutboundState.DEAD
    assert ward.look() == set()


def test_what_was_put_for_tomorrow_does_not_wait_today(ward: Guarded) -> None:
    tomorrow = START + timedelta(days=1)
    ward.world.add(an_outbound(Priority.CHECK_IN, minutes_ago=120, not_before=tomorrow))
    assert ward.look() == set()
    assert ward.look(minutes=26 * 60) == {"queue_check_in"}


def test_a_late_answer_to_the_test_page_is_an_answer(ward: Guarded) -> None:
    drill_was_missed(ward)
    change(ward, "drills", "2026-W11", answered_at=START)
    assert ward.look() == set()


def test_a_house_without_patients_needs_nobody_on_the_rota(ward: Guarded) -> None:
    nobody_there(ward)
    change(ward, "episodes", "episode-wang", state="finished")
    assert ward.look() == set()


def test_a_nurse_who_left_the_house_does_not_fill_the_rota(ward: Guarded) -> None:
    ward.world.add(a_nurse("wu", active=False), a_shift("wu", "first"))
    for name in ("chen", "liu", "zhao"):
        change(ward, "nurses", f"nurse-{name}", active=False)
    assert ward.look() == {"nobody_on_rota", "rota_gap"}


def test_a_check_that_breaks_is_a_fault_of_its_own(ward: Guarded, monkeypatch) -> None:
    def breaks(*_: Any) -> None:
        raise KeyError("words of a patient")

    monkeypatch.setattr(
        "bot.watchdog.record_look.RECORD_CHECKS", {**RECORD_CHECKS, "dead_letters": breaks}
    )
    assert ward.look() == {"dead_letters"}


def test_every_check_has_its_limit_its_words_and_its_chapter() -> None:
    page = (ROOT / "docs/how-to/watchdog.md").read_text("utf-8").splitlines()
    ids = [*RECORD_CHECKS, *OUTSIDE_CHECKS, "database", "heartbeat"]
    assert sorted(ids) == sorted(LIMITS)
    assert all(one.why for one in LIMITS.values())
    for language in ("zh", "en"):
        said = texts(language)
        assert set(said["title"]) == set(said["do"]) == set(ids)
        assert all(f"### {id}" in page for id in ids)
        assert {one.unit for one in LIMITS.values()} <= set(said["unit"])

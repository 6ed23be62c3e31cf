"""Due, the peak: many check-ins of one minute, played on virtual time."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.channels.telegram import LIMITS
from bot.core.check_in import CheckInState
from bot.core.conversation import Priority
from bot.core.message import Outgoing
from bot.services.hear import Heard, begin
from bot.services.outbox import put
from bot.services.ports import EngineReply
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world

STEP_SECONDS = 0.1
PAGE_EVERY = 20.0  # seconds: a nurse is paged in the middle of it


def play_peak(folder: Path, played: int, peak: int) -> dict[str, Any]:
    """Seconds late of the first message of each check-in, and of the pages among them."""
    world = _a_morning(folder, played)
    left: dict[str, float] = {}
    pages: list[float] = []
    messages = 0

    def send(message: Outgoing) -> str:
        nonlocal messages
        messages += 1
        late = (world.clock.now() - START).total_seconds()
        if message.text.startswith("PAGE"):
            pages.append(late - float(message.text.split()[1]))
        else:
            left.setdefault(message.address, late)
        return "id"

    world.sender.send = send  # type: ignore[method-assign]
    began, steps = time.perf_counter(), 0
    while messages < 2 * played:
        seconds = steps * STEP_SECONDS
        if seconds % PAGE_EVERY < STEP_SECONDS:
            _page(world, seconds)
        run_due(world.parts)
        world.clock.advance(seconds=STEP_SECONDS)
        steps += 1
    took, late = time.perf_counter() - began, sorted(left.values())
    per_second = played / (steps * STEP_SECONDS)
    return {
        "how": "virtual time, real use cases, fake engine and provider, SQLite, one thread",
        "played": played,
        "late_seconds_p50": round(statistics.median(late), 1),
        "late_seconds_last": round(late[-1], 1),
        "page_late_seconds_worst": round(max(pages), 2),
        "check_ins_per_second_by_pace": round(per_second, 2),
        "check_ins_per_second_by_work": round(played / took, 2),
        f"late_minutes_last_of_{peak}": round(peak / min(per_second, played / took) / 60, 1),
    }


def _a_morning(folder: Path, played: int) -> World:
    world = a_world(folder, limits={"telegram": LIMITS})
    world.add(*b.wang_and_her_ward())
    with world.record.transaction() as tx:
        for number in range(played):
            name = f"n{number}"
            tx.patients.add(b.a_patient(name))
            tx.contacts.add(b.a_contact(name))
            tx.episodes.add(b.an_episode(name))
            tx.conversations.add(b.a_chat(name))
            due = b.a_check_in(name, state=CheckInState.PLANNED, due_at=START)
            tx.check_ins.add(replace(due, opened_at=None, conversation_id=None))

    def turn(*, turn_id: str, intent: str | None, **_rest: Any) -> tuple[EngineReply, ...]:
        answer = begin(world.parts, Heard(turn_id, intent or "", 1.0))
        return tuple(EngineReply(one["text"]) for one in answer.replies)

    world.dialogue.turn = turn  # type: ignore[method-assign]
    world.clock.at = START + timedelta(seconds=0)
    return world


def _page(world: World, seconds: float) -> None:
    with world.record.transaction() as tx:
        put(
            tx,
            world.parts,
            "chat-chen",
            f"PAGE {seconds}",
            key=f"page-{seconds}",
            priority=Priority.NURSE_PAGE,
            kind="page",
        )

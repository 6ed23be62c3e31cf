"""The desk of the escalation tests: a ward, a raised case, and time that passes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.core.escalation import Escalation
from bot.core.triage_level import TriageLevel
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.step_escalation import step_escalation
from tests.builders import (
    wang_and_her_ward,
)
from tests.fakes import World, a_world

SAME_DAY, EMERGENCY = TriageLevel.SAME_DAY, TriageLevel.EMERGENCY


def a_ward(tmp_path: Path) -> World:
    made = a_world(tmp_path)
    made.add(*wang_and_her_ward())
    return made


def a_cause(level: TriageLevel = EMERGENCY, **over: Any) -> NewCause:
    given: dict[str, Any] = {
        "kind": "screening",
        "code": "breathless",
        "words": "我喘不过气",
        "reason": {"zh": "可能是肺栓塞", "en": "may be a clot in the lung"},
    }
    return NewCause(level=level, **{**given, **over})


def raise_it(
    world: World, level: TriageLevel = EMERGENCY, *causes: NewCause, chat: str | None = "chat-wang"
) -> Escalation:
    with world.record.transaction() as tx:
        episode = tx.episodes.get("episode-wang")
        assert episode is not None
        return raise_escalation(
            tx,
            world.parts,
            episode=episode,
            conversation=tx.conversations.get(chat) if chat else None,
            level=level,
            causes=causes or (a_cause(level),),
            now=world.clock.now(),
        )


def case(world: World) -> Escalation:
    (found,) = world.rows("escalations")
    return found


def pass_time(world: World, minutes: float) -> None:
    """Let the clock run and do every step that is due on the way."""
    until = world.clock.now() + timedelta(minutes=minutes)
    while True:
        due = case(world).next_step_at
        if due is None or due > until:
            break
        world.clock.at = max(due, world.clock.now())
        step_escalation(world.parts, case(world).id)
    world.clock.at = until

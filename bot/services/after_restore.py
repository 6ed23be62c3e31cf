"""After a restore: settle what time has overtaken, before anybody is written to.

The record is as it was when the backup was made. What waited then was most
likely said before the machine was lost, and what came later is not known here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.core.check_in import CheckInState
from bot.core.conversation import Outbound, OutboundState, Priority
from bot.core.escalation import EscalationState
from bot.core.triage_level import TriageLevel
from bot.services.audit import note
from bot.services.nurse_tasks import make_task
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom

HELD = "held after a restore"


@dataclass(frozen=True)
class Settled:
    """How many messages are held, how many may arrive twice, what pages again, what fell silent."""

    held: int
    twice: int
    paged: int
    silent: int


def after_restore(parts: Parts, *, made_at: datetime) -> Settled:
    """Settle a restored record whose backup was made at `made_at`. All of it, or nothing."""
    with parts.record.transaction() as tx:
        held, twice = _messages(tx, parts, made_at)
        settled = Settled(held, twice, _cases(tx, parts), _check_ins(tx, parts))
        _sessions(tx, parts)
        now = parts.clock.now()
        between = f"{_utc(made_at)} – {_utc(now)}"
        make_task(
            tx,
            parts,
            kind="restored",
            key=f"restored:{made_at.isoformat()}:{now.isoformat()}",
            text=between,
            # A red flag may be among what is missing, so it is as urgent as one.
            level=TriageLevel.EMERGENCY,
        )
        note(tx, parts, who="system", action="restore", about="record", details=between)
    return settled


def _messages(tx: Transaction, parts: Parts, made_at: datetime) -> tuple[int, int]:
    """Pages, urgent advice and words to staff go out, marked; the rest is for a nurse to judge."""
    waiting = tx.outbound.find(
        state__in=(OutboundState.QUEUED, OutboundState.SENDING), order_by="conversation_id,seq"
    )
    held: defaultdict[str, list[Outbound]] = defaultdict(list)
    twice = 0
    for one in waiting:
        chat = tx.conversations.get(one.conversation_id)
        to_staff = chat is not None and chat.contact_id is None and chat.nurse_id is not None
        if one.priority <= Priority.URGENT_ADVICE or to_staff:
            tx.outbound.swap(one, replace(one, possible_duplicate=True))
            twice += 1
        else:
            held[one.conversation_id].append(one)
    for conversation_id, messages in held.items():
        _hold(tx, parts, conversation_id, messages, made_at)
    return sum(map(len, held.values())), twice


def _hold(
    tx: Transaction, parts: Parts, conversation_id: str, messages: list[Outbound], made_at: datetime
) -> None:
    """Not sent by itself: it was most likely said already, and would be out of place now."""
    now, chat = parts.clock.now(), tx.conversations.get(conversation_id)
    for one in messages:
        dead = replace(one, state=OutboundState.DEAD, settled_at=now, note=HELD)
        tx.outbound.swap(one, dead)
    who = whom(tx, parts, chat) if chat else None
    make_task(
        tx,
        parts,
        kind="held_messages",
        key=f"held_messages:{conversation_id}:{made_at.isoformat()}",
        patient_id=who.patient.id if who else None,
        episode_id=who.episode.id if who else None,
        conversation_id=conversation_id,
        text="\n".join(one.text for one in messages),
    )


def _cases(tx: Transaction, parts: Parts) -> int:
    """An open case pages again now. One that a nurse has keeps her deadline for an outcome."""
    opened = tx.escalations.find(state=EscalationState.OPEN)
    for one in opened:
        tx.escalations.swap(one, one.woken(at=parts.clock.now()))
        tx.wake("escalation", one.id)
    return len(opened)


def _check_ins(tx: Transaction, parts: Parts) -> int:
    """A check-in whose window is over is not asked about again; a nurse looks instead."""
    now = parts.clock.now()
    over = tx.check_ins.find(state=CheckInState.OPEN, window_end__lt=now)
    for one in over:
        tx.check_ins.swap(one, replace(one, state=CheckInState.SILENT, ended_at=now))
        episode = tx.episodes.get(one.episode_id)
        make_task(
            tx,
            parts,
            kind="silence",
            key=f"silence:{one.id}",
            patient_id=episode.patient_id if episode else None,
            episode_id=one.episode_id,
            conversation_id=one.conversation_id,
            text=one.plan_id,
            level=TriageLevel.SAME_DAY,
        )
    return len(over)


def _sessions(tx: Transaction, parts: Parts) -> None:
    """Everybody signs in again: who signed out since then must not be in again."""
    now = parts.clock.now()
    for one in tx.sign_ins.find(ended_at=None):
        tx.sign_ins.swap(one, replace(one, ended_at=now))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

"""Find due: everything that waits for its time, or that a crash left unstarted."""

from __future__ import annotations

from datetime import datetime

from bot.core.check_in import CheckInState
from bot.core.conversation import InboundState, Outbound, OutboundState, Priority
from bot.core.escalation import EscalationState
from bot.services.parts import Parts
from bot.services.ports import Transaction

AT_ONCE = 500  # rows looked at in one sweep; the next sweep takes the rest


def find_due(parts: Parts) -> list[tuple[str, str]]:
    """(work, about) for all that is due now, escalations first."""
    with parts.record.reading() as tx:
        return [
            *_escalations(tx, parts),
            *_outbound(tx, parts),
            *_inbound(tx, parts),
            *_takeovers(tx, parts),
            *_check_ins(tx, parts),
        ]


def _escalations(tx: Transaction, parts: Parts) -> list[tuple[str, str]]:
    due = tx.escalations.find(
        state__in=(EscalationState.OPEN, EscalationState.ACKNOWLEDGED),
        next_step_at__lte=parts.clock.now(),
        order_by="-level,next_step_at",
        limit=AT_ONCE,
    )
    return [("escalation", one.id) for one in due]


def _outbound(tx: Transaction, parts: Parts) -> list[tuple[str, str]]:
    now = parts.clock.now()
    waiting = tx.outbound.find(
        state__in=(OutboundState.QUEUED, OutboundState.SENDING),
        order_by="priority,seq",
        limit=AT_ONCE,
    )
    # Only the head of a chat counts: what stands behind it waits for it.
    heads: dict[str, Outbound] = {}
    for one in waiting:
        head = heads.get(one.conversation_id)
        if head is None or _order(one) < _order(head):
            heads[one.conversation_id] = one
    return [("deliver", id) for id, head in heads.items() if _is_due(head.not_before, now)]


def _order(one: Outbound) -> tuple[bool, int]:
    return one.priority > Priority.URGENT_ADVICE, one.seq


def _inbound(tx: Transaction, parts: Parts) -> list[tuple[str, str]]:
    now = parts.clock.now()
    waiting = tx.inbound.find(
        state=InboundState.RECEIVED, order_by="received_at,seq", limit=AT_ONCE
    )
    heads = {one.conversation_id: one for one in reversed(waiting)}
    return [("converse", id) for id, head in heads.items() if _is_due(head.not_before, now)]


def _is_due(not_before: datetime | None, now: datetime) -> bool:
    return not_before is None or not_before <= now


def _takeovers(tx: Transaction, parts: Parts) -> list[tuple[str, str]]:
    """Nurses who lead a chat and may have fallen silent."""
    now = parts.clock.now()
    due = tx.takeovers.find(look_at__lte=now, order_by="look_at", limit=AT_ONCE)
    return [("takeover", one.id) for one in due]


def _check_ins(tx: Transaction, parts: Parts) -> list[tuple[str, str]]:
    """Those whose hour has come, and those that are to be looked at again."""
    now = parts.clock.now()
    planned = tx.check_ins.find(
        state=CheckInState.PLANNED,
        due_at__lte=now,
        follow_up_at=None,
        order_by="due_at",
        limit=AT_ONCE,
    )
    looked_at = tx.check_ins.find(
        state__in=(CheckInState.PLANNED, CheckInState.OPEN),
        follow_up_at__lte=now,
        order_by="follow_up_at",
        limit=AT_ONCE,
    )
    return [("check_in", one.id) for one in (*planned, *looked_at)]

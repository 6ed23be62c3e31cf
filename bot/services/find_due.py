"""Find due: everything that waits for its time, or that a crash left unstarted.

Every query here reads an index that holds only what waits, takes the first of each
queue, and stops at a limit: its cost does not grow with the history, and one chat that
is flooded takes one place, not all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from bot.core.check_in import CheckInState
from bot.core.conversation import InboundState, Outbound, OutboundState, Priority
from bot.core.escalation import EscalationState
from bot.core.pace import room
from bot.services.check_ins_due import TRIGGER
from bot.services.outbox import work_for
from bot.services.parts import Parts
from bot.services.ports import Transaction

Due = list[tuple[str, str]]

AT_ONCE: Final = 500  # of one kind in one sweep; the next sweep takes the rest
CHECK_INS_AT_ONCE: Final = 100  # they are not in a hurry,
CHECK_INS_AT_LEAST: Final = 5  # and give way to what patients wrote, but never stop
UNSENT: Final[dict[str, Any]] = {"state__in": (OutboundState.QUEUED, OutboundState.SENDING)}
UNHEARD: Final[dict[str, Any]] = {"state": InboundState.RECEIVED}
QUEUE: Final = {"by": "conversation_id", "line": "seq"}


def find_due(parts: Parts) -> Due:
    """(work, about) for all that is due now: what is urgent, then what patients wrote,
    then answers, then check-ins. After an outage it drains in that order.
    """
    with parts.record.reading() as tx:
        now = parts.clock.now()
        urgent, ordinary = _outbound(tx, parts, now)
        heard = _inbound(tx, now)
        few = max(CHECK_INS_AT_LEAST, CHECK_INS_AT_ONCE - len(heard))
        return [
            *_escalations(tx, now),
            *urgent,
            *heard,
            *ordinary,
            *_triggers(tx, now, few),
            *_takeovers(tx, now),
            *_check_ins(tx, now, few),
        ]


def find_unsent(parts: Parts) -> Due:
    """Only what may be handed to a provider now; cheap enough to ask many times a second."""
    with parts.record.reading() as tx:
        urgent, ordinary = _outbound(tx, parts, parts.clock.now())
        return urgent + ordinary


def any_held_back(parts: Parts) -> bool:
    """Whether messages wait for the pace of their account, so that it pays to look often."""
    with parts.record.reading() as tx:
        limited = [one.id for one in tx.paces.find()]
        return bool(limited and tx.outbound.find(**UNSENT, sender__in=limited, limit=1))


def _escalations(tx: Transaction, now: datetime) -> Due:
    due = tx.escalations.find(
        state__in=(EscalationState.OPEN, EscalationState.ACKNOWLEDGED),
        next_step_at__lte=now,
        order_by="-level,next_step_at",
        limit=AT_ONCE,
    )
    return [("escalation", one.id) for one in due]


def _outbound(tx: Transaction, parts: Parts, now: datetime) -> tuple[Due, Due]:
    """Urgent words at once; of the others, for each account as many as it takes now."""
    among = {**UNSENT, "priority__lte": Priority.URGENT_ADVICE}
    urgent = tx.outbound.heads(**QUEUE, among=among, order_by="priority,created_at", limit=AT_ONCE)
    # A chat whose urgent words still wait sends nothing else meanwhile.
    first = {one.conversation_id for one in urgent}
    ordinary: Due = []
    limited = {pace.id: pace for pace in tx.paces.find()}
    for id, pace in limited.items():
        limits = parts.limits.get(id.partition(":")[0])
        for priority in (Priority.CONVERSATION, Priority.CHECK_IN):
            free = room(pace, limits, priority, now) if limits else AT_ONCE
            ordinary += _ordinary(tx, first, now, min(free, AT_ONCE), priority, sender=id)
    for priority in (Priority.CONVERSATION, Priority.CHECK_IN):
        ordinary += _ordinary(tx, first, now, AT_ONCE, priority, sender__not_in=limited)
    return [_handing(one) for one in urgent if one.not_before is None or one.not_before <= now], (
        ordinary
    )


def _handing(one: Outbound) -> tuple[str, str]:
    return work_for(one.priority, one.sender.partition(":")[0]), one.conversation_id


def _ordinary(
    tx: Transaction,
    but: set[str],
    now: datetime,
    limit: int,
    priority: Priority,
    **of: Any,
) -> Due:
    if limit == 0:
        return []
    found = tx.outbound.heads(
        **QUEUE,
        among=UNSENT,
        not_before__none_or_lte=now,
        priority=priority,
        order_by="created_at",
        limit=limit,
        **of,
    )
    return [_handing(one) for one in found if one.conversation_id not in but]


def _inbound(tx: Transaction, now: datetime) -> Due:
    found = tx.inbound.heads(
        **QUEUE,
        among=UNHEARD,
        not_before__none_or_lte=now,
        part__not=TRIGGER,
        order_by="received_at",
        limit=AT_ONCE,
    )
    return [("converse", one.conversation_id) for one in found]


def _triggers(tx: Transaction, now: datetime, limit: int) -> Due:
    """Check-ins of ours that wait for their turn in a conversation."""
    found = tx.inbound.heads(
        **QUEUE,
        among=UNHEARD,
        not_before__none_or_lte=now,
        part=TRIGGER,
        order_by="received_at",
        limit=limit,
    )
    return [("converse_check_in", one.conversation_id) for one in found]


def _takeovers(tx: Transaction, now: datetime) -> Due:
    """Nurses who lead a chat and may have fallen silent."""
    due = tx.takeovers.find(look_at__lte=now, order_by="look_at", limit=AT_ONCE)
    return [("takeover", one.id) for one in due]


def _check_ins(tx: Transaction, now: datetime, limit: int) -> Due:
    """Those whose hour has come, and those that are to be looked at again."""
    planned = tx.check_ins.find(
        state=CheckInState.PLANNED,
        due_at__lte=now,
        follow_up_at=None,
        order_by="due_at",
        limit=limit,
    )
    looked_at = tx.check_ins.find(
        state__in=(CheckInState.PLANNED, CheckInState.OPEN),
        follow_up_at__lte=now,
        order_by="follow_up_at",
        limit=limit,
    )
    return [("check_in", one.id) for one in (*planned, *looked_at)]

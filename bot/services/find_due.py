"""Find due: everything that waits for its time, or that a crash left unstarted.

Every query here reads an index that holds only what waits, takes the first of each
queue, and stops at a limit: its cost does not grow with the history, and one chat that
is flooded takes one place, not all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from bot.core.check_in import CheckInState
from bot.core.conversation import InboundState, OutboundState, Priority
from bot.core.escalation import EscalationState
from bot.core.move import MoveState
from bot.core.nudge import NudgeState
from bot.core.pace import Pace, room
from bot.services.check_ins_due import TRIGGER
from bot.services.drill import due_drills
from bot.services.outbox import work_for
from bot.services.parts import Parts
from bot.services.ports import Transaction

Due = list[tuple[str, str]]

AT_ONCE: Final = 200  # of one kind in one sweep; the next sweep takes the rest
CHECK_INS_AT_ONCE: Final = 100  # they are not in a hurry,
CHECK_INS_AT_LEAST: Final = 5  # and give way to what patients wrote, but never stop
QUEUE: Final = {"by": "conversation_id", "line": "seq"}
UNSENT: Final[dict[str, Any]] = {"state__in": (OutboundState.QUEUED, OutboundState.SENDING)}
URGENT: Final[dict[str, Any]] = {**UNSENT, "priority__lte": Priority.URGENT_ADVICE}
HEARD: Final[dict[str, Any]] = {
    **QUEUE,
    "among": {"state": InboundState.RECEIVED},
    "order_by": "received_at",
}
NOBODYS: Final = ""  # the sender of messages from before there were paces


def find_due(parts: Parts) -> Due:
    """(work, about) for all that is due now: what is urgent, then what patients wrote,
    then answers, then check-ins, then reminders. After an outage it drains in that order.
    """
    with parts.record.reading() as tx:
        now = parts.clock.now()
        urgent, ordinary = _outbound(tx, parts, now)
        heard = _inbound(tx, now)
        few = max(CHECK_INS_AT_LEAST, CHECK_INS_AT_ONCE - len(heard))
        return [
            *_escalations(tx, now),
            *due_drills(tx, parts, now),
            *urgent,
            *heard,
            *ordinary,
            *_triggers(tx, now, few),
            *_takeovers(tx, now),
            *_call_backs(tx, now),
            *_check_ins(tx, now, few),
            *_nudges(tx, now, few),
            *_moves(tx, now),
        ]


def find_unsent(parts: Parts) -> Due:
    """Only what may be handed to a provider now; cheap enough to ask many times a second."""
    with parts.record.reading() as tx:
        urgent, ordinary = _outbound(tx, parts, parts.clock.now())
        return urgent + ordinary


def any_held_back(parts: Parts) -> bool:
    """Whether messages wait for the pace of their account, so that it pays to look often."""
    with parts.record.reading() as tx:
        limited = [one.id for one in tx.paces.find() if one.id.partition(":")[0] in parts.limits]
        return any(tx.outbound.find(**UNSENT, sender=id, limit=1) for id in limited)


def _escalations(tx: Transaction, now: datetime) -> Due:
    due = tx.escalations.ids(
        state__in=(EscalationState.OPEN, EscalationState.ACKNOWLEDGED),
        next_step_at__lte=now,
        order_by="-level,next_step_at",
        limit=AT_ONCE,
    )
    return [("escalation", id) for id in due]


def _outbound(tx: Transaction, parts: Parts, now: datetime) -> tuple[Due, Due]:
    """Urgent words at once; of the others, for each account as many as it takes now."""
    urgent: Due = []
    ordinary: Due = []
    for pace in [*tx.paces.find(order_by="id"), Pace(NOBODYS, now)]:
        channel = pace.id.partition(":")[0]
        limits = parts.limits.get(channel)
        queue: dict[str, Any] = {**QUEUE, "order_by": "created_at", "sender": pace.id}
        waiting = tx.outbound.heads(**queue, among=URGENT, limit=AT_ONCE)
        due = tx.outbound.heads(**queue, among=URGENT, limit=AT_ONCE, not_before__none_or_lte=now)
        urgent += [(work_for(Priority.NURSE_PAGE, channel), id) for id in due]
        for priority in (Priority.CONVERSATION, Priority.CHECK_IN):
            free = room(pace, limits, priority, now) if limits else AT_ONCE
            due = tx.outbound.heads(
                **queue,
                among=UNSENT,
                priority=priority,
                not_before__none_or_lte=now,
                limit=min(free, AT_ONCE),
            )
            # A chat whose urgent words still wait sends nothing else meanwhile.
            ordinary += [(work_for(priority, channel), id) for id in due if id not in waiting]
    return urgent, ordinary


def _inbound(tx: Transaction, now: datetime) -> Due:
    due = tx.inbound.heads(**HEARD, not_before__none_or_lte=now, part__not=TRIGGER, limit=AT_ONCE)
    return [("converse", id) for id in due]


def _triggers(tx: Transaction, now: datetime, limit: int) -> Due:
    """Check-ins of ours that wait for their turn in a conversation."""
    due = tx.inbound.heads(**HEARD, not_before__none_or_lte=now, part=TRIGGER, limit=limit)
    return [("converse_check_in", id) for id in due]


def _takeovers(tx: Transaction, now: datetime) -> Due:
    """Nurses who lead a chat and may have fallen silent."""
    due = tx.takeovers.ids(look_at__lte=now, order_by="look_at", limit=AT_ONCE)
    return [("takeover", id) for id in due]


def _call_backs(tx: Transaction, now: datetime) -> Due:
    """Unhappy patients whose hour is over and whom nobody has answered."""
    due = tx.tasks.ids(done_at=None, look_at__lte=now, order_by="look_at", limit=AT_ONCE)
    return [("call_back", id) for id in due]


def _check_ins(tx: Transaction, now: datetime, limit: int) -> Due:
    """Those whose hour has come, and those that are to be looked at again."""
    planned = tx.check_ins.ids(
        state=CheckInState.PLANNED,
        due_at__lte=now,
        follow_up_at=None,
        order_by="due_at",
        limit=limit,
    )
    looked_at = tx.check_ins.ids(
        state__in=(CheckInState.PLANNED, CheckInState.OPEN),
        follow_up_at__lte=now,
        order_by="follow_up_at",
        limit=limit,
    )
    return [("check_in", id) for id in (*planned, *looked_at)]


def _nudges(tx: Transaction, now: datetime, limit: int) -> Due:
    """Reminders and teaching whose hour has come, or that waited for a better moment."""
    due = tx.nudges.ids(state=NudgeState.PLANNED, look_at__lte=now, order_by="look_at", limit=limit)
    return [("nudge", id) for id in due]


def _moves(tx: Transaction, now: datetime) -> Due:
    """Patients who go over to another version when their open check-in has ended."""
    due = tx.moves.ids(
        state=MoveState.WAITING, look_at__lte=now, order_by="look_at", limit=CHECK_INS_AT_ONCE
    )
    return [("move", id) for id in due]

"""Checks of what comes in and goes out: nothing waits for too long, nothing is ownerless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import InboundState, Outbound, OutboundState, Priority
from bot.core.nudge import NudgeState
from bot.services.ports import Transaction
from bot.watchdog.finding import Found, Look, oldest

ROWS: Final = 200  # looked at per check; the oldest come first
# Kinds of task that speak for all that was given up in one chat.
WHOLE_CHAT: Final = ("unreachable", "nurse_unreachable", "held_messages")
DEAD_FOR: Final = timedelta(days=7)  # older ones have been looked at many times


def inbound_waiting(tx: Transaction, now: datetime, limit: int) -> Found:
    """The oldest message that was received and not yet processed (P1)."""
    waiting = tx.inbound.find(state=InboundState.RECEIVED, order_by="received_at", limit=ROWS)
    return oldest(waiting, lambda one: one.received_at, now, limit)


def queue(priority: Priority) -> Look:
    """The oldest message of one priority that its provider has not taken."""

    def look(tx: Transaction, now: datetime, limit: int) -> Found:
        waiting = tx.outbound.find(
            state__in=(OutboundState.QUEUED, OutboundState.SENDING),
            priority=priority,
            order_by="created_at",
            limit=ROWS,
        )
        return oldest(waiting, _waits_since(priority), now, limit)

    return look


def _waits_since(priority: Priority) -> Callable[[Outbound], datetime]:
    """Urgent words wait from the first moment on; others may have been put for later."""

    def since(one: Outbound) -> datetime:
        if priority <= Priority.URGENT_ADVICE or one.attempts or one.not_before is None:
            return one.created_at
        return max(one.created_at, one.not_before)

    return since


def dead_letters(tx: Transaction, now: datetime, _limit: int) -> Found:
    """Messages that were given up although no nurse task says so.

    A page is not among them: its case goes on by itself, and has checks of its own.
    """
    dead = tx.outbound.find(
        state=OutboundState.DEAD,
        kind__not="page",
        settled_at__gte=now - DEAD_FOR,
        order_by="-settled_at",
        limit=ROWS,
    )
    if not dead:
        return Found(0)
    letters = tx.tasks.find(key__in=[f"dead_letter:{one.id}" for one in dead])
    told = {one.key.partition(":")[2] for one in letters} | _of_lost_chats(tx, dead)
    lost = tuple(one.id for one in dead if one.id not in told)
    return Found(len(lost), lost)


def _of_lost_chats(tx: Transaction, dead: list[Outbound]) -> set[str]:
    """Those whose whole chat has one task for all: blocked, or held back after a restore.

    Of somebody who blocked us before we knew who it was, nobody need be told.
    """
    chats = sorted({one.conversation_id for one in dead if one.note not in ("refused", "")})
    known = {one.id: one for one in tx.conversations.find(id__in=chats)} if chats else {}
    strangers = {
        one.id for one in known.values() if one.contact_id is None and one.nurse_id is None
    }
    tasks = tx.tasks.find(conversation_id__in=chats, kind__in=WHOLE_CHAT) if chats else []
    settled = {one.conversation_id for one in tasks} | strangers
    return {one.id for one in dead if one.conversation_id in settled}


def overdue_check_in(tx: Transaction, now: datetime, limit: int) -> Found:
    """Check-ins whose hour has come, or that were to be looked at again, and nobody did."""
    planned = tx.check_ins.find(
        state=CheckInState.PLANNED,
        due_at__lte=now,
        follow_up_at=None,
        order_by="due_at",
        limit=ROWS,
    )
    followed = tx.check_ins.find(
        state__in=(CheckInState.PLANNED, CheckInState.OPEN),
        follow_up_at__lte=now,
        order_by="follow_up_at",
        limit=ROWS,
    )

    def due(one: CheckIn) -> datetime:
        return one.follow_up_at or one.due_at

    return oldest([*planned, *followed], due, now, limit)


def overdue_nudge(tx: Transaction, now: datetime, limit: int) -> Found:
    """Reminders and teaching that were to be looked at, and nobody did."""
    planned = tx.nudges.find(
        state=NudgeState.PLANNED, look_at__lte=now, order_by="look_at", limit=ROWS
    )
    return oldest(planned, lambda one: one.look_at, now, limit)

"""Checks of escalations: each has a next step, its first page went out, somebody is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.conversation import OutboundState
from bot.core.escalation import Escalation, EscalationState
from bot.core.patient import EpisodeState
from bot.core.rota import find_gaps
from bot.core.staff import ROTAS, Nurse, Shift
from bot.services.ports import Transaction
from bot.watchdog.finding import Found, age, oldest

ROWS: Final = 200
NOT_CLOSED: Final = (EscalationState.OPEN, EscalationState.ACKNOWLEDGED)
# A case's first page is looked at for so long after it opened.
FIRST_PAGE_FOR: Final = timedelta(minutes=10)
LOOK_AHEAD: Final = timedelta(hours=24)


def overdue_step(tx: Transaction, now: datetime, limit: int) -> Found:
    """Cases that are not closed and have no next step, or one that nobody took (P4)."""
    without = tx.escalations.find(state__in=NOT_CLOSED, next_step_at=None, limit=ROWS)
    if without:
        return Found(None, tuple(one.id for one in without), "no_next_step")
    due = tx.escalations.find(
        state__in=NOT_CLOSED, next_step_at__lte=now, order_by="next_step_at", limit=ROWS
    )
    return oldest(due, lambda one: one.next_step_at or one.opened_at, now, limit)


def overdue_takeover(tx: Transaction, now: datetime, limit: int) -> Found:
    """Chats that a nurse leads and whose silence nobody looked at when its time had come."""
    due = tx.takeovers.find(look_at__lte=now, order_by="look_at", limit=ROWS)
    return oldest(due, lambda one: one.look_at or one.started_at, now, limit)


def overdue_call_back(tx: Transaction, now: datetime, limit: int) -> Found:
    """Unhappy patients whose clock ran out, and nobody was told."""
    due = tx.tasks.find(done_at=None, look_at__lte=now, order_by="look_at", limit=ROWS)
    return oldest(due, lambda one: one.look_at or one.due_at, now, limit)


def first_page(tx: Transaction, now: datetime, limit: int) -> Found:
    """The longest time a new case took, or takes, until a provider had a page of it (P3)."""
    new = tx.escalations.find(opened_at__gte=now - FIRST_PAGE_FOR, order_by="opened_at", limit=ROWS)
    waited = {one.id: age(one.opened_at, _handed_over(tx, one) or now) for one in new}
    late = tuple(id for id, seconds in waited.items() if seconds > limit)
    return Found(max(waited.values(), default=0), late, "not_paged" if late else "")


def _handed_over(tx: Transaction, case: Escalation) -> datetime | None:
    """When the first page of this case was taken by a provider, or a nurse took the case."""
    told = [one.outbound_id for one in tx.notifications.find(escalation_id=case.id)]
    ids = [one for one in told if one is not None]
    pages = tx.outbound.find(id__in=ids, state=OutboundState.SENT) if ids else []
    moments = [one.settled_at for one in pages] + [case.acknowledged_at]
    return min((one for one in moments if one is not None), default=None)


def nobody_on_rota(tx: Transaction, now: datetime, limit: int) -> Found:
    """How many nurses who can be paged are on any rota now. Without patients none is needed."""
    if tx.episodes.one(state=EpisodeState.ACTIVE) is None:
        return Found(limit, reason="no_patients")
    on = _in_work(tx, tx.shifts.find(starts_at__lte=now, ends_at__gt=now))
    return Found(sum(_can_be_paged(tx, one) for one in on.values()))


def rota_gap(tx: Transaction, now: datetime, limit: int) -> Found:
    """Hours until a time in which nobody at all is on a rota."""
    if tx.episodes.one(state=EpisodeState.ACTIVE) is None:
        return Found(limit, reason="no_patients")
    end = now + LOOK_AHEAD
    shifts = tx.shifts.find(starts_at__lt=end, ends_at__gt=now)
    there = _in_work(tx, shifts)
    # One rota made of all: a ward may do without a second nurse, not without any.
    any_rota = [replace(one, rota=ROTAS[0]) for one in shifts if one.nurse_id in there]
    gaps = find_gaps(any_rota, ROTAS[0], start=now, end=end)
    return Found(int((gaps[0].starts_at - now) / timedelta(hours=1)) if gaps else limit)


def drill(tx: Transaction, now: datetime, _limit: int) -> Found:
    """Days since the last weekly test page; one that nobody answered is a fault."""
    last = next(iter(tx.drills.find(order_by="-started_at", limit=1)), None)
    if last is None:
        return Found(0, reason="none_yet")
    if last.missed_at is not None and last.answered_at is None:
        return Found(None, (last.id,), "missed")
    page = tx.outbound.get(last.outbound_id) if last.outbound_id else None
    handed_over = _seconds(last.started_at, page.settled_at if page else None)
    answered = _seconds(last.started_at, last.answered_at)
    result = f"{last.id}: handed over after {handed_over}, answered after {answered}"
    return Found((now - last.started_at).days, (last.id,), result)


def _seconds(start: datetime, end: datetime | None) -> str:
    return "-" if end is None else f"{age(start, end)} s"


def _in_work(tx: Transaction, shifts: Iterable[Shift]) -> dict[str, Nurse]:
    ids = sorted({one.nurse_id for one in shifts})
    return {one.id: one for one in tx.nurses.find(id__in=ids, active=True)} if ids else {}


def _can_be_paged(tx: Transaction, nurse: Nurse) -> bool:
    chat = tx.conversations.get(nurse.conversation_id) if nurse.conversation_id else None
    return chat is not None and not chat.unreachable

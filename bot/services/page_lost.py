"""Page lost: no page of a step can arrive, so the case does not wait for that step to pass."""

from __future__ import annotations

from datetime import datetime

from bot.core.conversation import OutboundState
from bot.core.escalation import Escalation, EscalationState, Notification
from bot.core.rota import on_rota
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.step_escalation import can_be_paged


def page_lost(parts: Parts, outbound_id: str) -> None:
    """Make the next step due now if everybody told at the newest step cannot be reached.

    Only while somebody else on duty can be paged: else it would be tried without end.
    To be called after a message was given up; for anything but a page nothing happens.
    """
    with parts.record.transaction() as tx:
        lost, now = tx.notifications.one(outbound_id=outbound_id), parts.clock.now()
        case = tx.escalations.get(lost.escalation_id, lock=True) if lost else None
        if case is None or case.state is not EscalationState.OPEN or case.snoozed_reason:
            return
        mark = f"{case.id}:{case.changes}:"
        told = tx.notifications.find(escalation_id=case.id)
        newest = [one for one in told if one.key.startswith(mark)]
        if not newest or not all(_cannot_arrive(tx, one) for one in newest):
            return
        if _others(tx, case, {one.nurse_id for one in newest}, now):
            tx.escalations.swap(case, case.woken(at=now))
            tx.wake("escalation", case.id)


def _cannot_arrive(tx: Transaction, one: Notification) -> bool:
    page = tx.outbound.get(one.outbound_id) if one.outbound_id else None
    if page is None or page.state is OutboundState.DEAD:
        return True
    chat = tx.conversations.get(page.conversation_id)
    return chat is None or chat.unreachable  # she may have blocked us before she read it


def _others(tx: Transaction, case: Escalation, told: set[str], now: datetime) -> bool:
    """Whether the next step reaches anybody new who can be paged."""
    shifts = tx.shifts.find(starts_at__lte=now, ends_at__gt=now)
    on_duty = {id for rota in case.chain.rotas[case.step :] for id in on_rota(shifts, rota, now)}
    fresh = (tx.nurses.get(id) for id in sorted(on_duty - told))
    return any(one is not None and one.active and can_be_paged(tx, one) for one in fresh)

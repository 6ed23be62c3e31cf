"""Snooze and work on: a nurse says that a case can wait a little, or that she is at it."""

from __future__ import annotations

from bot.core.errors import AlreadyDone
from bot.core.escalation import Escalation, EscalationState
from bot.services.acting_nurse import by_name, held_case, nurse_for_case, write
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.ports import Transaction


def snooze(
    parts: Parts, *, escalation_id: str, nurse_id: str, minutes: int, reason: str
) -> Escalation:
    """Let a case wait, an hour in all at most. Raises NotAllowed for an emergency.

    AlreadyDone when it is closed or another nurse has it; ValueError without a
    reason or for too long.
    """
    with parts.record.transaction() as tx:
        nurse_for_case(tx, nurse_id)
        case = held_case(tx, parts, escalation_id, nurse_id)
        try:
            waiting = case.snoozed(
                nurse_id=nurse_id, minutes=minutes, reason=reason, at=parts.clock.now()
            )
        except AlreadyDone as fault:
            raise by_name(tx, fault) from None
        write(tx, case, waiting)
        details = f"{minutes} min: {waiting.snoozed_reason}"
        note(tx, parts, who=nurse_id, action="case.snooze", about=case.id, details=details)
        return waiting


def note_activity(parts: Parts, *, escalation_id: str, nurse_id: str) -> Escalation:
    """She writes, calls or takes over: her time for an outcome starts again, once."""
    with parts.record.transaction() as tx:
        nurse_for_case(tx, nurse_id)
        case = held_case(tx, parts, escalation_id, nurse_id)
        try:
            longer = case.worked_on(nurse_id=nurse_id, at=parts.clock.now())
        except AlreadyDone as fault:
            raise by_name(tx, fault) from None
        if longer is not case:
            write(tx, case, longer)
            note(tx, parts, who=nurse_id, action="case.extend", about=case.id)
        return longer


def note_activity_for(tx: Transaction, parts: Parts, *, patient_id: str, nurse_id: str) -> None:
    """The same for whatever case of this patient she has, inside the caller's transaction.

    To be called wherever a nurse writes, calls or takes over; without a case of
    hers nothing happens.
    """
    hers = tx.escalations.one(
        patient_id=patient_id,
        state=EscalationState.ACKNOWLEDGED,
        acknowledged_by=nurse_id,
        lock=True,
    )
    if hers is None:
        return
    longer = hers.worked_on(nurse_id=nurse_id, at=parts.clock.now())
    if longer is not hers and tx.escalations.swap(hers, longer):
        tx.wake("escalation", hers.id)
        note(tx, parts, who=nurse_id, action="case.extend", about=hers.id)

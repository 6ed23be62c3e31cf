"""Close an escalation: a named nurse says what became of it. Nothing else ends it (P5)."""

from __future__ import annotations

from typing import Final

from bot.core.errors import AlreadyDone, NotAllowed
from bot.core.escalation import Escalation
from bot.core.staff import Nurse, StaffRole
from bot.services import audit
from bot.services.acting_nurse import by_name, held_case, nurse_for_case, write
from bot.services.case_notes import listening, name_of, notified_nurses, patient_chats
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.tell import tell_chats, tell_others

# What the patient is told where the usual words would not be true.
PATIENT_IS_TOLD: Final = {
    "unreachable": "nurse_closed_unreachable",
    "sent_to_emergency": "nurse_closed_sent_to_emergency",
}
# They may end a case that another nurse has: she may have gone home.
MAY_CLOSE_OTHERS: Final = frozenset(
    {StaffRole.CHARGE_NURSE, StaffRole.DOCTOR, StaffRole.ADMINISTRATOR}
)


def close_escalation(
    parts: Parts,
    *,
    escalation_id: str,
    nurse_id: str,
    outcome: str,
    note: str = "",
    alert_right: str | None = None,
    complication: str | None = None,
) -> Escalation:
    """End the case with an outcome and, if she says it, whether the alert was right and
    which grade of complication was behind it.

    Raises AlreadyDone, NotAllowed, ValueError.
    """
    with parts.record.transaction() as tx:
        return close_in(
            tx,
            parts,
            escalation_id=escalation_id,
            nurse_id=nurse_id,
            outcome=outcome,
            note=note,
            alert_right=alert_right,
            complication=complication,
        )


def close_in(
    tx: Transaction,
    parts: Parts,
    *,
    escalation_id: str,
    nurse_id: str,
    outcome: str,
    note: str = "",
    alert_right: str | None = None,
    complication: str | None = None,
) -> Escalation:
    """The same inside a transaction of the caller. The same press again changes nothing."""
    nurse, case = nurse_for_case(tx, nurse_id), held_case(tx, parts, escalation_id, nurse_id)
    if case.is_closed and case.closed_by == nurse_id and case.outcome == outcome:
        return case
    _may_close(tx, case, nurse)
    try:
        closed = case.closed(
            nurse_id=nurse_id,
            outcome=outcome,
            note=note.strip(),
            alert_right=alert_right,
            complication=complication,
            at=parts.clock.now(),
        )
    except AlreadyDone as fault:
        raise by_name(tx, fault) from None
    write(tx, case, closed)
    _tell_everybody(tx, parts, closed, nurse)
    return closed


def _may_close(tx: Transaction, case: Escalation, nurse: Nurse) -> None:
    holder = case.acknowledged_by
    if case.is_closed or holder in (None, nurse.id) or nurse.role in MAY_CLOSE_OTHERS:
        return
    raise NotAllowed(f"{name_of(tx, holder)} has this case; ask her to pass it on")


def _tell_everybody(tx: Transaction, parts: Parts, case: Escalation, nurse: Nurse) -> None:
    outcome = case.outcome or ""
    audit.note(tx, parts, who=nurse.id, action="case.close", about=case.id, details=outcome)
    words = parts.library.shared.phrases[PATIENT_IS_TOLD.get(outcome, "nurse_closed")]
    tell_chats(
        tx,
        parts,
        listening(patient_chats(tx, case)),
        words,
        key=f"case:{case.id}:{case.changes}:closed",
        nurse=nurse.name,
    )
    told = {one.id: one for one in (*notified_nurses(tx, case), nurse)}
    values = {"nurse": nurse.name, "outcome": outcome}
    tell_others(tx, parts, case, told.values(), "staff_closed", **values)

"""Acknowledge: a named nurse takes a case. The first one gets it, everybody is told who."""

from __future__ import annotations

from bot.core.conversation import Priority
from bot.core.errors import AlreadyDone
from bot.core.escalation import Escalation, EscalationState
from bot.core.staff import Nurse
from bot.core.triage_level import TriageLevel
from bot.services.acting_nurse import by_name, held_case, nurse_for_case, write
from bot.services.audit import note
from bot.services.case_notes import listening, notified_nurses, patient_chats
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.tell import about_case, case_buttons, tell_chats, tell_nurse, tell_others


def acknowledge(parts: Parts, *, escalation_id: str, nurse_id: str) -> Escalation:
    """Give the case to this nurse. Raises AlreadyDone (with a name), NotFound, NotAllowed."""
    with parts.record.transaction() as tx:
        return acknowledge_in(tx, parts, escalation_id=escalation_id, nurse_id=nurse_id)


def acknowledge_in(
    tx: Transaction, parts: Parts, *, escalation_id: str, nurse_id: str
) -> Escalation:
    """The same inside a transaction of the caller. Her second press changes nothing."""
    nurse, case = nurse_for_case(tx, nurse_id), held_case(tx, parts, escalation_id, nurse_id)
    if case.state is EscalationState.ACKNOWLEDGED and case.acknowledged_by == nurse_id:
        return case
    try:
        hers = case.acknowledged(nurse_id=nurse_id, at=parts.clock.now())
    except AlreadyDone as fault:
        raise by_name(tx, fault) from None
    write(tx, case, hers)
    note(tx, parts, who=nurse_id, action="case.acknowledge", about=case.id)
    _tell_everybody(tx, parts, hers, nurse)
    return hers


def _tell_everybody(tx: Transaction, parts: Parts, case: Escalation, nurse: Nurse) -> None:
    urgent = case.level is TriageLevel.EMERGENCY
    tell_chats(
        tx,
        parts,
        listening(patient_chats(tx, case)),
        parts.library.shared.levels[case.level].told_has_nurse,
        key=f"case:{case.id}:{case.changes}:has-nurse",
        priority=Priority.URGENT_ADVICE if urgent else Priority.CONVERSATION,
        nurse=nurse.name,
    )
    text = about_case(tx, parts, case, nurse, "staff_you_have_it")
    buttons = case_buttons(parts, nurse, case)
    tell_nurse(tx, parts, nurse, text, key=f"case:{case.id}:{case.changes}:yours", buttons=buttons)
    others = notified_nurses(tx, case, but=nurse.id)
    tell_others(tx, parts, case, others, "staff_taken_by", nurse=nurse.name)

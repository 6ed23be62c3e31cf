"""Transfer: another ward is responsible for a patient, from one moment on.

Who sees a patient is decided by her ward, so her cases and tasks go with her at that very
moment. A case that a nurse of the old ward has is open again and its next step due at once:
she cannot see the patient any more, and nobody may believe that somebody else has it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.core.escalation import EscalationState
from bot.core.patient import Patient
from bot.core.permissions import EVERY_WARD, Permission, allows
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.case_notes import hold_nurse_chats
from bot.services.end_episode import LONGEST_NOTE, hold_chats
from bot.services.lead import takeover_of
from bot.services.nurse_tasks import make_task
from bot.services.one_person import refuse_merged
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.staff_accounts import Refused
from bot.services.step_escalation import take_step
from bot.services.tell import tell_others

ARROW: Final = " → "


def wards(parts: Parts, *, but: str = "") -> tuple[str, ...]:
    """Every ward in which somebody with an account cares for patients, without `but`."""
    with parts.record.reading() as tx:
        return _wards(tx, but)


def _wards(tx: Transaction, but: str) -> tuple[str, ...]:
    caring = [
        one.ward.strip()
        for one in tx.nurses.find(active=True)
        if allows(one.role, Permission.ACT_ON_CASE)
    ]
    return tuple(sorted(set(caring) - {but, *EVERY_WARD}))


def transfer_patient(
    parts: Parts, nurse: Nurse, *, patient_id: str, ward: str, words: str = ""
) -> Patient:
    """Let this ward be responsible from now on. `words` tell it what it must know.

    Raises NotFound, NotAllowed, AlreadyDone when she was merged meanwhile, and Refused by
    field: `ward` when nobody cares for patients there, `words`, `chat` while a nurse talks
    to the patient.
    """
    require(nurse, Permission.CHANGE_PATIENT)
    ward, words = ward.strip(), words.strip()
    with parts.record.transaction() as tx:
        patient = patient_in_scope(tx, nurse, patient_id)
        chats = hold_chats(tx, patient.id)
        patient = tx.patients.get(patient.id, lock=True) or patient
        refuse_merged(tx, patient)
        wrong = {} if ward in _wards(tx, patient.ward) else {"ward": "choose"}
        if len(words) > LONGEST_NOTE:
            wrong["words"] = "too_long"
        if any(takeover_of(tx, chat) is not None for chat in chats):
            wrong["chat"] = "led"
        if wrong:
            raise Refused(wrong)
        moved = replace(patient, ward=ward)
        tx.patients.swap(patient, moved)
        details = f"{patient.ward or '-'}{ARROW}{ward}"
        note(tx, parts, who=nurse.id, action="patient.transfer", about=patient.id, details=details)
        cases_go_with(tx, parts, patient.id, ward)
        make_task(
            tx,
            parts,
            kind="transferred",
            key=f"transferred:{patient.id}:{parts.clock.now().isoformat()}",
            patient_id=patient.id,
            text=f"{details}\n{words}".strip(),
        )
    return moved


def cases_go_with(tx: Transaction, parts: Parts, patient_id: str, ward: str) -> None:
    """Open cases belong to this ward now; whoever cannot see them any more gives them up."""
    for found in tx.escalations.find(
        patient_id=patient_id, state=EscalationState.ACKNOWLEDGED, order_by="id"
    ):
        case = tx.escalations.get(found.id, lock=True)
        if case is None or case.state is not EscalationState.ACKNOWLEDGED:
            continue
        holder = tx.nurses.get(case.acknowledged_by or "")
        if holder is not None and holder.ward.strip() in (ward, *EVERY_WARD):
            continue
        hold_nurse_chats(tx, parts, case)
        opened = case.reopened(at=parts.clock.now())
        tx.escalations.swap(case, opened)
        note(tx, parts, who="system", action="case.reopen", about=case.id, details=f"ward {ward}")
        if holder is not None:
            tell_others(tx, parts, opened, [holder], "staff_case_went", ward=ward)
        take_step(tx, parts, opened)

"""Note a call: a nurse telephones somebody about a case. That she did is kept with the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.errors import NotFound
from bot.core.escalation import Escalation
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.snooze import note_activity_for

CALLED: Final = "case.call"


@dataclass(frozen=True)
class Call:
    """Who telephoned whom about a case."""

    at: datetime
    nurse_id: str
    contact_id: str


def note_call(parts: Parts, nurse: Nurse, *, escalation_id: str, contact_id: str) -> None:
    """Keep that she calls now; she is at work on her case. Raises NotFound, NotAllowed."""
    require(nurse, Permission.ACT_ON_CASE)
    with parts.record.transaction() as tx:
        case, contact = tx.escalations.get(escalation_id), tx.contacts.get(contact_id)
        if case is None or contact is None or contact.patient_id != case.patient_id:
            raise NotFound(f"no contact {contact_id} of the case {escalation_id}")
        patient_in_scope(tx, nurse, case.patient_id)
        note_activity_for(tx, parts, patient_id=case.patient_id, nurse_id=nurse.id)
        note(tx, parts, who=nurse.id, action=CALLED, about=case.id, details=contact.id)


def calls_about(tx: Transaction, case: Escalation) -> tuple[Call, ...]:
    """Every call about this case so far, the first one first."""
    found = tx.audit.find(about=case.id, action=CALLED, order_by="at")
    return tuple(Call(one.at, one.who, one.details) for one in found)

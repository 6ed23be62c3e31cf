"""Acting nurse: who is doing something with a case, and the case held while she does."""

from __future__ import annotations

from bot.core.errors import AlreadyDone, NotFound
from bot.core.escalation import Escalation
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.case_notes import hold_nurse_chats, name_of, patient_chats
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction


def nurse_for_case(tx: Transaction, nurse_id: str) -> Nurse:
    """The nurse, if she may act on cases. Raises NotFound, NotAllowed."""
    nurse = tx.nurses.get(nurse_id)
    if nurse is None:
        raise NotFound(f"no nurse {nurse_id}")
    require(nurse, Permission.ACT_ON_CASE)
    return nurse


def held_case(tx: Transaction, parts: Parts, escalation_id: str, nurse_id: str) -> Escalation:
    """The case, its row locked, and with it every chat that may hear of the change."""
    case = tx.escalations.get(escalation_id)
    if case is None:
        raise NotFound(f"no escalation {escalation_id}")
    patient_chats(tx, case, lock=True)
    case = tx.escalations.get(escalation_id, lock=True) or case
    hold_nurse_chats(tx, parts, case, nurse_id)
    return case


def write(tx: Transaction, old: Escalation, new: Escalation) -> None:
    """Keep the change, or raise AlreadyDone with the name of whoever was faster."""
    if not tx.escalations.swap(old, new):
        current = tx.escalations.get(old.id)
        raise AlreadyDone(name_of(tx, current.holder if current else None))
    tx.wake("escalation", new.id)


def by_name(tx: Transaction, fault: AlreadyDone) -> AlreadyDone:
    """The same error with the name of the nurse in place of her id."""
    return AlreadyDone(name_of(tx, fault.by) or fault.by)

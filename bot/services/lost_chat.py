"""Lost chat: a person blocked us. A patient becomes a nurse's task; of a nurse the others hear.

Two steps, because of the order in which rows are locked: `lose_chat` in the transaction
that learnt of it, and `follow_lost_nurse` after its commit.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import Conversation
from bot.core.staff import Nurse, StaffRole
from bot.services.audit import note
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase
from bot.services.page_lost import page_lost
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.tell import tell_nurse
from bot.services.whom import whom

NEWEST = 100  # of her pages: those of open cases are among them
LEADS = (StaffRole.CHARGE_NURSE, StaffRole.ADMINISTRATOR)


def lose_chat(tx: Transaction, parts: Parts, chat: Conversation, *, key: str) -> bool:
    """Nobody reads this chat any more; says whether that is news. `chat` is locked."""
    if chat.unreachable:
        return False
    tx.conversations.swap(chat, replace(chat, unreachable=True))
    nurse = whose(tx, chat)
    if nurse is not None:
        kind, text = "nurse_unreachable", nurse.name
    else:
        kind, text = "unreachable", ""
    who = whom(tx, parts, chat) if nurse is None else None
    if nurse is not None or who is not None:
        make_task(
            tx,
            parts,
            kind=kind,
            key=f"{kind}:{key}",
            patient_id=who.patient.id if who else None,
            episode_id=who.episode.id if who else None,
            conversation_id=chat.id,
            text=text,
        )
    return True


def follow_lost_nurse(parts: Parts, conversation_id: str) -> None:
    """Those who lead the ward are told, and what she was paged for does not wait for her."""
    with parts.record.transaction() as tx:
        chat = tx.conversations.get(conversation_id)
        nurse = whose(tx, chat) if chat else None
        if nurse is None:
            return
        _tell_leads(tx, parts, nurse, mark=f"{parts.clock.now():%Y%m%dT%H%M}")
        note(tx, parts, who="system", action="nurse.unreachable", about=nurse.id)
        told = tx.notifications.find(nurse_id=nurse.id, order_by="-notified_at", limit=NEWEST)
    for outbound_id in {one.escalation_id: one.outbound_id for one in reversed(told)}.values():
        if outbound_id is not None:
            page_lost(parts, outbound_id)


def whose(tx: Transaction, chat: Conversation) -> Nurse | None:
    """The nurse whose own chat this is; None for a patient's or a caregiver's."""
    own = chat.nurse_id is not None and chat.contact_id is None
    return tx.nurses.get(chat.nurse_id) if own and chat.nurse_id else None


def _tell_leads(tx: Transaction, parts: Parts, lost: Nurse, *, mark: str) -> None:
    leads = [one for one in tx.nurses.find(active=True, role__in=LEADS) if one.id != lost.id]
    for lead in sorted(leads, key=lambda one: one.conversation_id or ""):
        text = phrase(parts, "staff_nurse_unreachable", lead.language, nurse=lost.name)
        tell_nurse(tx, parts, lead, text, key=f"nurse_unreachable:{lost.id}:{mark}")

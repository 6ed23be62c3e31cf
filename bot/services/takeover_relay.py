"""While a nurse leads: the patient's words go to her, never to the engine."""

from __future__ import annotations

from bot.core.conversation import Conversation, Inbound, Priority
from bot.core.patient import Role
from bot.core.staff import Nurse
from bot.services.lead import lead_buttons
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom, whom


def hear(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """Relay one message to the nurse who leads. The console shows it as well, and it
    counts as unanswered until she writes: see `tend_takeover`."""
    nurse = tx.nurses.get(chat.nurse_id) if chat.nurse_id else None
    who = whom(tx, parts, chat)
    if nurse is None or nurse.conversation_id is None or who is None:
        return
    put(
        tx,
        parts,
        nurse.conversation_id,
        _words(parts, who, nurse, message),
        key=f"{message.id}:relay",
        priority=Priority.CONVERSATION,
        buttons=lead_buttons(parts, nurse, chat.id),
        kind="page",
    )


def _words(parts: Parts, who: Whom, nurse: Nurse, message: Inbound) -> str:
    """Who said what; a caregiver's name stands beside the patient's."""
    name = who.contact.name
    if who.contact.role is not Role.PATIENT:
        name = f"{who.patient.name} · {name}"
    if not message.text.strip():
        return phrase(parts, "relayed_without_words", nurse.language, name=name)
    key = "relayed_edited" if message.edited else "relayed_to_nurse"
    return phrase(parts, key, nurse.language, name=name, text=message.text)

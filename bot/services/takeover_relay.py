"""While a nurse leads: the patient's words go to her, never to the engine."""

from __future__ import annotations

from bot.core.conversation import Conversation, Inbound, Priority
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom


def hear(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """Relay one message to the nurse who leads. The console shows it as well."""
    nurse = tx.nurses.get(chat.nurse_id) if chat.nurse_id else None
    who = whom(tx, parts, chat)
    if nurse is None or nurse.conversation_id is None or who is None:
        return
    text = phrase(
        parts, "relayed_to_nurse", nurse.language, name=who.contact.name, text=message.text
    )
    put(
        tx,
        parts,
        nurse.conversation_id,
        text,
        key=f"{message.id}:relay",
        priority=Priority.CONVERSATION,
        kind="page",
    )

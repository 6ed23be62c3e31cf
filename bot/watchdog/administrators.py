"""Administrators: who hears a technical alarm, and at which address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.core.staff import StaffRole
from bot.services.ports import Transaction

# The watchdog has no open web chats; what reaches a phone is a messaging provider.
REACHABLE_BY: Final = ("telegram",)


@dataclass(frozen=True)
class Administrator:
    """One to tell. Kept in the watchdog's memory, for when the record cannot be read."""

    nurse_id: str
    channel: str
    address: str
    language: str


def administrators(tx: Transaction) -> list[Administrator]:
    """Every active administrator with a chat that a provider can reach."""
    found = []
    for nurse in tx.nurses.find(role=StaffRole.ADMINISTRATOR, active=True, order_by="id"):
        chat = tx.conversations.get(nurse.conversation_id) if nurse.conversation_id else None
        if chat is not None and chat.channel in REACHABLE_BY and not chat.unreachable:
            found.append(Administrator(nurse.id, chat.channel, chat.address, nurse.language))
    return found

"""Lane: the right to process one conversation, held by one worker at a time.

The lane is a lease on the conversation's row with a token that only grows. A
worker that lost its lease (it was slow, or it died) cannot write: its token no
longer fits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.conversation import Conversation, Inbound, InboundState
from bot.services.parts import Parts
from bot.services.ports import Transaction

LEASE = timedelta(seconds=45)  # above the engine's time-out of 20 s
FRESH = timedelta(seconds=5)  # a lease as young as this is not renewed: that saves a write


class LaneLost(Exception):
    """Another worker has this conversation now; leave everything to it."""


def claim(parts: Parts, conversation_id: str) -> int | None:
    """Take the lane; its token, or None when another worker holds it."""
    with parts.record.transaction() as tx:
        chat = tx.conversations.get(conversation_id, lock=True)
        now = parts.clock.now()
        if chat is None or (chat.lane_until is not None and chat.lane_until > now):
            return None
        token = chat.lane_token + 1
        tx.conversations.swap(chat, replace(chat, lane_token=token, lane_until=now + LEASE))
        return token


def next_message(
    parts: Parts, conversation_id: str, token: int
) -> tuple[Conversation, Inbound] | None:
    """The oldest message that waits, with the lease renewed; None gives the lane back.

    Giving back and looking happen in one transaction on the locked row, so a
    message that arrives meanwhile is either seen here or finds the lane free.
    """
    with parts.record.transaction() as tx:
        chat, now = held(tx, conversation_id, token), parts.clock.now()
        waiting = tx.inbound.find(
            conversation_id=conversation_id,
            state=InboundState.RECEIVED,
            order_by="seq",
            limit=1,
        )
        message = waiting[0] if waiting else None
        if message is None or (message.not_before is not None and message.not_before > now):
            tx.conversations.swap(chat, replace(chat, lane_until=None))
            return None
        ends = chat.lane_until or now
        kept = chat if ends > now + LEASE - FRESH else replace(chat, lane_until=now + LEASE)
        tx.conversations.swap(chat, kept)
        return kept, message


def held(tx: Transaction, conversation_id: str, token: int) -> Conversation:
    """The conversation, locked, if this token still holds its lane; else LaneLost."""
    chat = tx.conversations.get(conversation_id, lock=True)
    if chat is None or chat.lane_token != token:
        raise LaneLost(conversation_id)
    return chat

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


Waiting = tuple[Conversation, Inbound]


class LaneLost(Exception):
    """Another worker has this conversation now; leave everything to it."""


def claim(parts: Parts, conversation_id: str) -> tuple[int, Waiting] | None:
    """Take the lane: its token and the oldest message that waits.

    None when another worker holds it, or when nothing waits to be processed now.
    """
    with parts.record.transaction() as tx:
        chat, now = tx.conversations.get(conversation_id, lock=True), parts.clock.now()
        if chat is None or (chat.lane_until is not None and chat.lane_until > now):
            return None
        message = _oldest(tx, parts, conversation_id)
        if message is None:
            return None
        token = chat.lane_token + 1
        taken = replace(chat, lane_token=token, lane_until=now + LEASE)
        tx.conversations.swap(chat, taken)
        return token, (taken, message)


def next_message(parts: Parts, conversation_id: str, token: int) -> Waiting | None:
    """The oldest message that waits, in a transaction of its own; see `following`."""
    with parts.record.transaction() as tx:
        return following(tx, parts, held(tx, conversation_id, token))


def following(tx: Transaction, parts: Parts, chat: Conversation) -> Waiting | None:
    """The oldest message that waits, with the lease renewed; None gives the lane back.

    `chat` is held. Giving back and looking happen in one transaction on the locked row, so a
    message that arrives meanwhile is either seen here or finds the lane free. Use the
    transaction that settled the message before: each one costs a write to the disk.
    """
    message, now = _oldest(tx, parts, chat.id), parts.clock.now()
    if message is None:
        tx.conversations.swap(chat, replace(chat, lane_until=None))
        return None
    ends = chat.lane_until or now
    if ends > now + LEASE - FRESH:
        return chat, message
    kept = replace(chat, lane_until=now + LEASE)
    tx.conversations.swap(chat, kept)
    return kept, message


def _oldest(tx: Transaction, parts: Parts, conversation_id: str) -> Inbound | None:
    waiting = tx.inbound.find(
        conversation_id=conversation_id, state=InboundState.RECEIVED, order_by="seq", limit=1
    )
    if not waiting:
        return None
    not_before = waiting[0].not_before
    return None if not_before is not None and not_before > parts.clock.now() else waiting[0]


def held(tx: Transaction, conversation_id: str, token: int) -> Conversation:
    """The conversation, locked, if this token still holds its lane; else LaneLost."""
    chat = tx.conversations.get(conversation_id, lock=True)
    if chat is None or chat.lane_token != token:
        raise LaneLost(conversation_id)
    return chat

"""Keep pace: no account is used faster than its provider takes, and a page never waits.

The pace is a row in the record, so it holds for all workers together and over a restart.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.conversation import Conversation, Outbound
from bot.core.pace import Limits, Pace, chat_free_at, is_urgent, refused, room, used_once
from bot.services.parts import Parts
from bot.services.ports import Transaction


def may_leave(tx: Transaction, parts: Parts, chat: Conversation, message: Outbound) -> bool:
    """Whether this message may be handed over now; counts it if so.

    `chat` is locked by the caller. What must wait for its chat says until when; what
    must wait for the account is found again by `find_due` when there is room.
    """
    limits = parts.limits.get(chat.channel)
    if limits is None:
        return True
    now, urgent = parts.clock.now(), is_urgent(message.priority)
    free_at = chat_free_at(chat.busy_until, limits, now)
    if free_at > now and not urgent:
        tx.outbound.swap(message, replace(message, not_before=free_at))
        return False
    pace = _pace(tx, f"{chat.channel}:{chat.account}", now)
    if room(pace, limits, message.priority, now) < 1:
        return False
    tx.paces.swap(pace, used_once(pace, limits, now))
    tx.conversations.swap(chat, replace(chat, busy_until=_used(chat, limits, now)))
    return True


def told_too_fast(tx: Transaction, parts: Parts, message: Outbound, until: datetime) -> None:
    """The provider asked us to wait: remember it for this account."""
    chat = tx.conversations.get(message.conversation_id)
    if chat is None or chat.channel not in parts.limits:
        return
    now = parts.clock.now()
    pace = _pace(tx, f"{chat.channel}:{chat.account}", now)
    tx.paces.swap(pace, refused(pace, chat.id, until, now))


def _used(chat: Conversation, limits: Limits, now: datetime) -> datetime:
    return max(chat.busy_until or now, now) + limits.chat_every


def _pace(tx: Transaction, id: str, now: datetime) -> Pace:
    """The account's row, locked last of all; made when it is new."""
    fresh = Pace(id=id, busy_until=now)
    known = tx.paces.get(id, lock=True)
    if known is None and tx.paces.add_if_new(fresh):
        return fresh
    return known or tx.paces.get(id, lock=True) or fresh

"""Whose chat: to whom a chat belonged at a moment. A phone may change hands between patients."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from bot.core.conversation import Conversation
from bot.services.ports import Transaction

BOUND, LEFT = "chat bound", "chat left"  # the audit's words for a chat that changes hands
EVER: Final = datetime.min.replace(tzinfo=UTC)
Turns = list[tuple[datetime, str]]  # since when, and which contact's; "" is nobody's


def turns_of(tx: Transaction, chats: Iterable[Conversation]) -> dict[str, Turns]:
    """For each chat the moments it changed hands, oldest first.

    A chat of which the audit says nothing was always whose it is now.
    """
    now = {one.id: one.contact_id or "" for one in chats}
    turns: dict[str, Turns] = {id: [] for id in now}
    if now:
        for one in tx.audit.find(about__in=sorted(now), action__in=(BOUND, LEFT), order_by="at,id"):
            turns[one.about].append((one.at, one.who if one.action == BOUND else ""))
    return {id: found or [(EVER, now[id])] for id, found in turns.items()}


def whose(turns: Turns, at: datetime) -> str:
    """The contact whose chat it was at `at`; "" when it was nobody's.

    What was said just before a code was accepted belongs to whoever came through the door.
    """
    before = [who for since, who in turns if since <= at][-1:]
    coming = [who for since, who in turns if since > at and who][:1]
    return next((who for who in (*before, *coming) if who), "")

"""Outbox: the only way to say something. What is put here will be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.core.conversation import ButtonPress, Conversation, Outbound, Priority
from bot.core.pace import Pace, is_urgent
from bot.core.words import Words
from bot.services.parts import Parts
from bot.services.ports import Transaction


@dataclass(frozen=True)
class NewButton:
    """A button to offer: its title and what pressing it stands for."""

    title: str
    action: str  # answer | consent | command | escalation
    payload: dict[str, Any] = field(default_factory=dict)


def put(
    tx: Transaction,
    parts: Parts,
    conversation_id: str,
    text: str,
    *,
    key: str,
    priority: Priority = Priority.CONVERSATION,
    buttons: Sequence[Sequence[NewButton]] = (),
    kind: str = "bot",
    not_before: datetime | None = None,
    check_in_id: str | None = None,
) -> str | None:
    """Queue one message, at most once per `key`; returns its id, None if it is there.

    The order within a conversation is the order of calls. The message carries the
    conversation's epoch: if the lead changes before it is sent, a message of kind
    "bot" is cancelled instead. With a `check_in_id` it asks something of that check-in
    and is cancelled when the check-in is over by then.
    """
    if tx.outbound.one(key=key) is not None:
        return None
    conversation = tx.conversations.get(conversation_id, lock=True)
    if conversation is None:
        raise LookupError(f"no conversation {conversation_id}")
    now, seq = parts.clock.now(), conversation.last_out + 1
    sender = f"{conversation.channel}:{conversation.account}"
    if tx.paces.get(sender) is None:  # `find_due` looks for what waits account by account
        tx.paces.add_if_new(Pace(id=sender, busy_until=now))
    id = parts.ids.new()
    rows = [[_button(tx, parts, conversation, one, id, now) for one in row] for row in buttons]
    tx.conversations.swap(conversation, replace(conversation, last_out=seq))
    tx.outbound.add(
        Outbound(
            id=id,
            conversation_id=conversation_id,
            seq=seq,
            key=key,
            priority=priority,
            text=text,
            created_at=now,
            buttons=rows,
            kind=kind,
            epoch=conversation.epoch,
            not_before=not_before,
            sender=sender,
            check_in_id=check_in_id,
        )
    )
    tx.wake(work_for(priority, conversation.channel), conversation_id)
    return id


def work_for(priority: Priority, channel: str) -> str:
    """The work that hands a message of this priority to its provider: "page:telegram"."""
    if is_urgent(priority):
        return f"page:{channel}"
    bulk = priority is Priority.CHECK_IN
    return f"deliver_check_in:{channel}" if bulk else f"deliver:{channel}"


def _button(
    tx: Transaction,
    parts: Parts,
    conversation: Conversation,
    one: NewButton,
    outbound_id: str,
    now: datetime,
) -> list[str]:
    press = ButtonPress(
        id=parts.ids.new(),
        conversation_id=conversation.id,
        action=one.action,
        payload=one.payload,
        created_at=now,
        title=one.title,
        outbound_id=outbound_id,
    )
    tx.buttons.add(press)
    return [press.id, one.title]


def phrase(parts: Parts, key: str, language: str, **values: object) -> str:
    """One of the house's own sentences, in the person's language.

    {emergency}, {crisis} and {hospital_line} are always filled in.
    """
    return parts.library.shared.phrases.say(key, language, **{**numbers(parts), **values})


def fill(parts: Parts, words: Words, language: str) -> str:
    """A care team's sentence with the numbers of this country filled in."""
    return words.say(language, **numbers(parts))


def numbers(parts: Parts) -> dict[str, str]:
    """The numbers to call in this house's country, by the name of their blank."""
    found = parts.library.shared.numbers(parts.house.country)
    line = parts.house.hospital_line
    return {"emergency": found.emergency, "crisis": found.crisis, "hospital_line": line}

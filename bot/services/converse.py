"""Converse: process what waits in one conversation, in order, one message at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.core.conversation import Conversation, Inbound, InboundState, Mode, Priority
from bot.core.triage_level import TriageLevel
from bot.services import ask_back, ask_person, commands, lane, takeover_relay, welcome
from bot.services.after_fault import after_fault
from bot.services.ask import back_to_question, rows_of
from bot.services.ask_again import check_in_id
from bot.services.check_ins_due import TRIGGER
from bot.services.freshen import STALE_AFTER
from bot.services.front_desk import GROUP, hand_on, not_to_read, refuse_group, without_words
from bot.services.nurse_message import nurse_message
from bot.services.outbox import NewButton, phrase, put
from bot.services.parts import Parts
from bot.services.ports import EngineReply, Transaction
from bot.services.whom import open_check_in, whom

log = logging.getLogger(__name__)


def converse(parts: Parts, conversation_id: str) -> None:
    """Process every waiting message of one conversation. Safe to call at any time."""
    claimed = lane.claim(parts, conversation_id)
    if claimed is None:
        return
    token, first = claimed
    waiting: lane.Waiting | None = first
    try:
        while waiting is not None:
            waiting = _try(parts, *waiting, token)
    except lane.LaneLost:
        log.warning("lane lost", extra={"conversation_id": conversation_id})


def _try(parts: Parts, chat: Conversation, message: Inbound, token: int) -> lane.Waiting | None:
    """Process one message; returns what waits behind it."""
    began = parts.clock.now()
    try:
        return _one(parts, chat, message, token)
    except lane.LaneLost:
        raise
    except Exception as fault:
        after_fault(parts, message, token, fault, took=parts.clock.now() - began)
        return lane.next_message(parts, chat.id, token)


def _one(parts: Parts, chat: Conversation, message: Inbound, token: int) -> lane.Waiting | None:
    """Route one message: who leads here decides who hears it."""
    if chat.nurse_id is not None and chat.contact_id is None:
        with parts.record.transaction() as tx:
            nurse_message(tx, parts, conversation=chat, message=message)
            # Last, because a nurse's chat is locked after the patient's: see `hold_nurse_chats`.
            chat = lane.held(tx, chat.id, token)
            settle(tx, parts, message)
            return lane.following(tx, parts, chat)
    with parts.record.transaction() as tx:
        chat = lane.held(tx, chat.id, token)
        if _heard_without_engine(tx, parts, chat, message):
            settle(tx, parts, message)
            return lane.following(tx, parts, lane.held(tx, chat.id, token))
        who = whom(tx, parts, chat)
        # Our record knows whether a check-in is open; a lost tracker costs nothing.
        in_check_in = who is not None and open_check_in(tx, who.episode) is not None
    return _turn(parts, chat, message, token, in_check_in)


def _heard_without_engine(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound
) -> bool:
    """Everything that must not depend on a language model. True when it was handled."""
    if message.part == TRIGGER:
        return chat.mode is not Mode.BOT
    if message.part == GROUP:
        refuse_group(tx, parts, chat, message)
        return True
    hand_on(tx, parts, chat, message)
    if commands.hear(tx, parts, chat, message) or ask_person.hear(tx, parts, chat, message):
        return True
    if chat.mode in (Mode.UNKNOWN, Mode.VERIFYING, Mode.CONSENTING) or message.start_code_hash:
        welcome.hear(tx, parts, chat, message)
        return True
    if chat.mode is Mode.NURSE:
        takeover_relay.hear(tx, parts, chat, message)
        return True
    if chat.mode is Mode.STOPPED:
        return _said_while_stopped(tx, parts, chat, message)
    another_person = bool(message.screening.get("another_person"))
    if another_person or message.level == TriageLevel.EMERGENCY.word:
        # The fixed advice went out when the message was received; her own emergency has
        # stopped the script, another person's leaves our question open.
        if another_person:
            back_to_question(tx, parts, chat, message)
        return True
    if ask_back.hear_choice(tx, parts, chat, message):
        return True
    return without_words(tx, parts, chat, message) or not_to_read(tx, parts, chat, message)


def _said_while_stopped(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound
) -> bool:
    """After STOP we answer nothing but how to come back; red flags were raised already."""
    put(
        tx,
        parts,
        chat.id,
        phrase(parts, "stopped_hint", chat.language),
        key=f"{message.id}:stopped",
        kind="system",
    )
    return True


def _turn(
    parts: Parts, chat: Conversation, message: Inbound, token: int, in_check_in: bool
) -> lane.Waiting | None:
    """One engine turn, outside of any transaction; its replies are committed after it."""
    due = message.part == TRIGGER
    replies = parts.dialogue.turn(
        turn_id=message.id,
        conversation_id=chat.id,
        text=None if due else message.text,
        intent="EXTERNAL_check_in" if due else _tapped(message),
        metadata={
            "inbound_id": message.id,
            "conversation_id": chat.id,
            "language": chat.language,
            "in_check_in": in_check_in,
        },
    )
    with parts.record.transaction() as tx:
        held = lane.held(tx, chat.id, token)
        if held.epoch == chat.epoch and held.mode is Mode.BOT:
            asks = check_in_id(message) or None if due else None
            for number, reply in enumerate(_excused(parts, held, message, replies)):
                say_reply(tx, parts, chat.id, reply, f"{message.id}:{number}", asks)
        elif held.mode is Mode.NURSE and not due:
            # She took over while the engine was thinking: these words are hers to answer.
            takeover_relay.hear(tx, parts, held, message)
        settle(tx, parts, message)
        return lane.following(tx, parts, lane.held(tx, chat.id, token))


def _tapped(message: Inbound) -> str | None:
    """A tap says by its id what it means, so no language model has to read its title."""
    return "answer" if message.button else None


def _excused(
    parts: Parts, chat: Conversation, message: Inbound, replies: Sequence[EngineReply]
) -> Sequence[EngineReply]:
    """An answer after hours, because we were down, begins with a word of apology."""
    late = parts.clock.now() - message.received_at > STALE_AFTER
    if not late or not replies or message.part == TRIGGER:
        return replies
    first = f"{phrase(parts, 'late_reply', chat.language)}\n\n{replies[0].text}"
    return (replace(replies[0], text=first), *replies[1:])


def say_reply(
    tx: Transaction,
    parts: Parts,
    conversation_id: str,
    reply: EngineReply,
    key: str,
    asks: str | None = None,
) -> None:
    """Queue one reply of the engine; its buttons become ours, with opaque ids.

    `asks` is the check-in that these words of ours begin; None: she wrote first.
    """
    priority = Priority.CHECK_IN if asks else Priority.CONVERSATION
    buttons = [
        NewButton(title=one["title"], action="answer", payload=one["payload"])
        for one in reply.custom.get("buttons", [])
    ]
    rows = rows_of(buttons, scale=bool(reply.custom.get("scale")))
    put(
        tx,
        parts,
        conversation_id,
        reply.text,
        key=key,
        priority=priority,
        buttons=rows,
        check_in_id=asks,
    )


def settle(tx: Transaction, parts: Parts, message: Inbound) -> None:
    """The message reached its outcome."""
    tx.inbound.swap(message, replace(message, state=InboundState.DONE, done_at=parts.clock.now()))

"""Receive one message: keep it, screen it, and raise what must be raised, at once.

Everything here is ONE transaction. Only when it is committed may a provider be
told that we have the message (P1), and a red flag has its escalation by then (P2).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.conversation import Conversation, Inbound, Mode, Priority
from bot.core.message import Incoming, PresenceChange
from bot.core.screening import Screening
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.services.look import look, look_ahead
from bot.services.lost_chat import follow_lost_nurse, lose_chat
from bot.services.nurse_tasks import message_task
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.whom import whom

NOTE_LENGTH = 200


def receive(parts: Parts, incoming: Incoming | PresenceChange) -> None:
    """Take one delivery from a channel. The same delivery again changes nothing."""
    if isinstance(incoming, PresenceChange):
        return change_presence(parts, incoming)
    seen = look_ahead(parts, incoming)
    with parts.record.transaction() as tx:
        now = parts.clock.now()
        conversation = conversation_of(tx, parts, incoming, now)
        same: dict[str, Any] = {"channel": incoming.channel, "account": incoming.account}
        if tx.inbound.one(external_id=incoming.external_id, **same) is not None:
            return None
        if seen is None or not seen.holds_for(conversation):
            seen = look(tx, parts, incoming, conversation)
        screening = seen.screening
        message = _inbound(parts, incoming, conversation, seen.text, screening, now)
        # Who writes to us can be reached again, whatever a provider said before.
        spoken = replace(conversation, last_seq=message.seq, unreachable=False)
        tx.conversations.swap(conversation, spoken)
        tx.inbound.add(message)
        if screening is not None:
            _act(tx, parts, conversation, message, screening, now)
        tx.wake("converse", conversation.id)
    return None


def conversation_of(
    tx: Transaction, parts: Parts, incoming: Incoming, now: datetime
) -> Conversation:
    """The chat this came from, locked; made when it is new."""
    key: dict[str, Any] = {
        "channel": incoming.channel,
        "account": incoming.account,
        "address": incoming.address,
    }
    known = tx.conversations.one(lock=True, **key)
    if known is not None:
        return known
    hint = incoming.language_hint[:2]
    language = hint if hint in LANGUAGES else parts.house.language
    fresh = Conversation(
        id=parts.ids.new(), mode=Mode.UNKNOWN, language=language, created_at=now, **key
    )
    if tx.conversations.add_if_new(fresh):
        return fresh
    return tx.conversations.one(lock=True, **key) or fresh


def _inbound(
    parts: Parts,
    incoming: Incoming,
    conversation: Conversation,
    text: str,
    screening: Screening | None,
    now: datetime,
) -> Inbound:
    return Inbound(
        id=parts.ids.new(),
        conversation_id=conversation.id,
        seq=conversation.last_seq + 1,
        channel=incoming.channel,
        account=incoming.account,
        external_id=incoming.external_id,
        part=str(incoming.part) if not incoming.group else "group",
        text=text,
        received_at=now,
        button=incoming.button,
        media=list(incoming.media),
        edited=incoming.edited,
        forwarded=incoming.forwarded,
        start_code_hash=parts.hash_code(incoming.start_code) if incoming.start_code else "",
        message_id=incoming.message_id,
        note=incoming.note[:NOTE_LENGTH],
        sent_at=incoming.sent_at,
        level=screening.level.word if screening else TriageLevel.ROUTINE.word,
        screening=_kept(screening) if screening else {},
    )


def _kept(screening: Screening) -> dict[str, Any]:
    """What the record keeps of a screening: which words, which rule, which version."""
    return {
        "level": screening.level.word,
        "ask": screening.ask,
        "another_person": screening.another_person,
        "version": screening.version,
        "red_flags": [
            {
                "code": one.code,
                "level": one.level.word,
                "span": one.span,
                "why": dict(one.why.by_language),
            }
            for one in screening.red_flags
        ],
    }


def _act(
    tx: Transaction,
    parts: Parts,
    conversation: Conversation,
    message: Inbound,
    screening: Screening,
    now: datetime,
) -> None:
    """Turn what screening found into an escalation, a nurse's look, or safety words."""
    if not (screening.another_person or screening.ask or screening.level.needs_nurse):
        return
    who = whom(tx, parts, conversation)
    if screening.another_person:
        _say_numbers(tx, parts, conversation, message, "another_person_emergency")
        if who is not None:
            message_task(tx, parts, who, message, "look")  # whose it is may be misread
    elif screening.level.needs_nurse and who is not None:
        raise_escalation(
            tx,
            parts,
            episode=who.episode,
            conversation=conversation,
            level=screening.level,
            causes=_causes(screening, message),
            now=now,
        )
    elif screening.level >= TriageLevel.SAME_DAY:
        # We do not know who this is, so no nurse can be told; the numbers can.
        _say_numbers(tx, parts, conversation, message, "emergency_unknown_person")
    elif screening.ask and who is not None:
        message_task(tx, parts, who, message, "look")


def _causes(screening: Screening, message: Inbound) -> tuple[NewCause, ...]:
    flags = screening.red_flags or ()
    found = tuple(
        NewCause(
            kind="screening",
            code=flag.code,
            level=flag.level,
            words=flag.span,
            reason=dict(flag.why.by_language),
            version=screening.version,
            inbound_id=message.id,
        )
        for flag in flags
        if flag.level.needs_nurse
    )
    return found or (
        NewCause(
            kind="screening",
            code="unlisted",
            level=screening.level,
            words=message.text[:200],
            reason={"zh": "筛查认为需要护士查看", "en": "screening asks for a nurse's look"},
            version=screening.version,
            inbound_id=message.id,
        ),
    )


def _say_numbers(
    tx: Transaction, parts: Parts, conversation: Conversation, message: Inbound, key: str
) -> None:
    put(
        tx,
        parts,
        conversation.id,
        phrase(parts, key, conversation.language),
        key=f"{message.id}:{key}",
        priority=Priority.URGENT_ADVICE,
        kind="system",
    )


def change_presence(parts: Parts, change: PresenceChange) -> None:
    """A person blocked us or let us in again: she is unreachable, a nurse must know."""
    with parts.record.transaction() as tx:
        chat = tx.conversations.one(
            channel=change.channel, account=change.account, address=change.address, lock=True
        )
        if chat is None or chat.unreachable == change.blocked:
            return
        if change.blocked:
            lose_chat(tx, parts, chat, key=change.external_id)
        else:
            tx.conversations.swap(chat, replace(chat, unreachable=False))
    if change.blocked:
        follow_lost_nurse(parts, chat.id)

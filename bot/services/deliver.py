"""Deliver: hand what waits in one conversation to its provider, in order and at its pace."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.conversation import Conversation, Mode, Outbound, OutboundState, Priority
from bot.core.errors import DeliveryFailed
from bot.core.message import Button, Outgoing
from bot.core.pace import is_urgent
from bot.services.faults import kind_and_place
from bot.services.freshen import freshen
from bot.services.keep_pace import may_leave, told_too_fast
from bot.services.lost_chat import follow_lost_nurse, lose_chat
from bot.services.nudges_due import take_back
from bot.services.nurse_tasks import make_task
from bot.services.outbox import work_for
from bot.services.page_lost import page_lost
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom

log = logging.getLogger(__name__)

IN_HAND = timedelta(seconds=60)  # longer than any provider call; then it counts as unknown
SLOWEST_RETRY = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=24)  # a page or urgent advice is never given up


def deliver(parts: Parts, conversation_id: str) -> None:
    """Send every waiting message of one conversation. Safe to call at any time."""
    while (claimed := _claim(parts, conversation_id)) and _hand_over(parts, *claimed):
        pass


def page(parts: Parts, conversation_id: str) -> None:
    """Send only what is urgent, ahead of everything else and of every limit of ours."""
    while (claimed := _claim(parts, conversation_id, urgent=True)) and _hand_over(parts, *claimed):
        pass


def _hand_over(parts: Parts, chat: Conversation, message: Outbound) -> bool:
    """One attempt; says whether the provider took it."""
    sender = parts.senders.get(chat.channel)
    if message.state is OutboundState.SENT:
        _wake_page(parts, chat, message)
        return True
    try:
        if sender is None:
            raise DeliveryFailed("down", detail=f"no sender for {chat.channel}")
        external_id = sender.send(_outgoing(chat, message))
    except DeliveryFailed as failure:
        _failed(parts, message, failure)
        return False
    except Exception as fault:
        log.error("sender broke", extra={"outbound_id": message.id, **kind_and_place(fault)})
        _failed(parts, message, DeliveryFailed("unknown"))
        return False
    with parts.record.transaction() as tx:
        _sent(tx, parts, chat, message, replace(message, external_id=external_id))
    return True


def _sent(
    tx: Transaction, parts: Parts, chat: Conversation, message: Outbound, taken: Outbound
) -> Outbound | None:
    """Mark it as sent; None when somebody else changed it meanwhile."""
    sent = replace(taken, state=OutboundState.SENT, settled_at=parts.clock.now())
    if not tx.outbound.swap(message, sent):
        return None
    if is_urgent(message.priority):  # what waited behind it may go on
        tx.wake(work_for(Priority.CONVERSATION, chat.channel), chat.id)
    return sent


def _wake_page(parts: Parts, chat: Conversation, message: Outbound) -> None:
    """A courtesy: a page that nobody wakes looks for itself."""
    try:
        parts.senders[chat.channel].send(_outgoing(chat, message))
    except Exception as fault:
        log.error("page not woken", extra={"outbound_id": message.id, **kind_and_place(fault)})


def _claim(
    parts: Parts, conversation_id: str, *, urgent: bool = False
) -> tuple[Conversation, Outbound] | None:
    """Take the next message in hand; None when nothing is due or another has it."""
    with parts.record.transaction() as tx:
        chat = tx.conversations.get(conversation_id, lock=True)
        now = parts.clock.now()
        while chat is not None:
            head = _head(tx, conversation_id, urgent)
            if head is None or (head.not_before is not None and head.not_before > now):
                return None
            if _silenced(chat, head):
                take_back(tx, head)
                continue
            if not freshen(tx, parts, chat, head):
                chat = tx.conversations.get(conversation_id)
                continue
            if not may_leave(tx, parts, chat, head):
                return None
            taken = _take(tx, parts, chat, head, now)
            if taken is not None:
                return chat, taken
        return None


def _take(
    tx: Transaction, parts: Parts, chat: Conversation, head: Outbound, now: datetime
) -> Outbound | None:
    """In hand for a provider, or sent already for a page of ours; None: look again."""
    sender = parts.senders.get(chat.channel)
    again = replace(head, attempts=head.attempts + 1)
    if sender is not None and sender.own_page:
        return _sent(tx, parts, chat, head, replace(again, external_id=head.key))
    in_hand = replace(
        again,
        state=OutboundState.SENDING,
        not_before=now + IN_HAND,
        # It was in hand before and nobody said how it ended: it may arrive twice (P8).
        possible_duplicate=head.possible_duplicate or head.state is OutboundState.SENDING,
    )
    return in_hand if tx.outbound.swap(head, in_hand) else None


def _head(tx: Transaction, conversation_id: str, urgent: bool) -> Outbound | None:
    """Urgent words overtake; everything else keeps its order."""
    waiting: dict[str, Any] = {
        "conversation_id": conversation_id,
        "state__in": (OutboundState.QUEUED, OutboundState.SENDING),
        "order_by": "seq",
        "limit": 1,
    }
    found = tx.outbound.find(priority__lte=Priority.URGENT_ADVICE, **waiting)
    if not found and not urgent:
        found = tx.outbound.find(**waiting)
    return found[0] if found else None


def _silenced(chat: Conversation, message: Outbound) -> bool:
    """The chatbot's own words are not sent once the lead has changed."""
    return message.kind == "bot" and (message.epoch != chat.epoch or chat.mode is not Mode.BOT)


def _outgoing(chat: Conversation, message: Outbound) -> Outgoing:
    rows = tuple(tuple(Button(id=id, title=title) for id, title in row) for row in message.buttons)
    return Outgoing(address=chat.address, text=message.text, buttons=rows, reply_key=message.key)


def _failed(parts: Parts, message: Outbound, failure: DeliveryFailed) -> None:
    """A provider did not take it: wait, mark, or hand it to a nurse."""
    log.warning("not delivered", extra={"outbound_id": message.id, "reason": failure.reason})
    lost = False
    with parts.record.transaction() as tx:
        now = parts.clock.now()
        if failure.reason == "blocked":
            lost = _blocked(tx, parts, message, now)
        elif failure.reason == "refused" or _too_old(message, now):
            _dead(tx, parts, message, now, failure.reason)
        else:
            wait = _wait(message, failure)
            if failure.reason == "too_fast":
                told_too_fast(tx, parts, message, now + wait)
            again = replace(
                message,
                state=OutboundState.QUEUED,
                not_before=now + wait,
                possible_duplicate=message.possible_duplicate or failure.reason == "unknown",
                note=failure.reason,
            )
            tx.outbound.swap(message, again)
    if message.kind == "page":
        page_lost(parts, message.id)
    if lost:
        follow_lost_nurse(parts, message.conversation_id)


def _wait(message: Outbound, failure: DeliveryFailed) -> timedelta:
    grows = min(timedelta(seconds=2 ** min(message.attempts, 10)), SLOWEST_RETRY)
    if failure.reason != "too_fast":
        return grows
    asked = timedelta(seconds=max(failure.retry_after, 1.0))
    # A page keeps its own time: to ask once too often costs less than to come too late.
    return min(asked, grows) if is_urgent(message.priority) else asked


def _too_old(message: Outbound, now: datetime) -> bool:
    return not is_urgent(message.priority) and now - message.created_at > GIVE_UP_AFTER


def _dead(tx: Transaction, parts: Parts, message: Outbound, now: datetime, reason: str) -> None:
    dead = replace(message, state=OutboundState.DEAD, settled_at=now, note=reason)
    tx.outbound.swap(message, dead)
    if message.kind == "page":
        _page_is_dead(tx, parts, message)
        return
    chat = tx.conversations.get(message.conversation_id)
    who = whom(tx, parts, chat) if chat else None
    make_task(
        tx,
        parts,
        kind="dead_letter",
        key=f"dead_letter:{message.id}",
        patient_id=who.patient.id if who else None,
        episode_id=who.episode.id if who else None,
        conversation_id=message.conversation_id,
        text=message.text,
    )


def _page_is_dead(tx: Transaction, parts: Parts, message: Outbound) -> None:
    """Its case goes on by itself; the task keeps to the ward of the patient it names."""
    told = tx.notifications.one(outbound_id=message.id)
    case = tx.escalations.get(told.escalation_id) if told else None
    if case is not None:
        make_task(
            tx,
            parts,
            kind="dead_page",
            key=f"dead_page:{message.id}",
            level=case.level,
            patient_id=case.patient_id,
            episode_id=case.episode_id,
            conversation_id=case.conversation_id,
        )


def _blocked(tx: Transaction, parts: Parts, message: Outbound, now: datetime) -> bool:
    """The person blocked us: she cannot be reached here, and a nurse must know, once."""
    chat = tx.conversations.get(message.conversation_id, lock=True)
    lost = chat is not None and lose_chat(tx, parts, chat, key=message.id)
    if is_urgent(message.priority) or message.kind == "nurse":
        _dead(tx, parts, message, now, "blocked")
    else:
        dead = replace(message, state=OutboundState.DEAD, settled_at=now, note="blocked")
        tx.outbound.swap(message, dead)
    return lost

"""Freshen: what waited too long is not sent as it was written.

After an outage of a provider a chat may have a greeting, a question, a reminder and the
question again waiting. The patient gets one message: the open question, asked anew, or
what was answered to her, in one piece and with a word of apology.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Conversation, Outbound, OutboundState, Priority
from bot.core.pace import is_urgent
from bot.core.schedule import next_opening
from bot.services.check_ins_due import LATE, trigger
from bot.services.nudges_due import may_still_be_told
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom

STALE_AFTER = timedelta(hours=1)
LONGEST = 3000  # characters of one merged message: one message of every channel


def freshen(tx: Transaction, parts: Parts, chat: Conversation, head: Outbound) -> bool:
    """Whether `head` may be sent as it stands; otherwise it was changed, so look again.

    Only our own ordinary words are touched: never what is urgent, what a nurse wrote,
    or what may have arrived already. `chat` is locked.
    """
    if head.kind != "bot" or is_urgent(head.priority) or head.possible_duplicate:
        return True
    if head.state is not OutboundState.QUEUED:
        return True
    if head.check_in_id is not None:
        return _asks(tx, parts, chat, head, head.check_in_id)
    if head.priority is Priority.CHECK_IN:  # without a check-in: reminders and teaching
        return may_still_be_told(tx, parts, head)
    if parts.clock.now() - head.created_at <= STALE_AFTER:
        return True
    return not _merged(tx, parts, chat, head)


def _asks(
    tx: Transaction, parts: Parts, chat: Conversation, head: Outbound, check_in_id: str
) -> bool:
    """A question of ours: not when it is over, not at night, not hours after it was put."""
    now, check_in = parts.clock.now(), tx.check_ins.get(check_in_id)
    if check_in is None or check_in.state is not CheckInState.OPEN:
        _cancel(tx, head)
        return False
    morning = _morning(tx, parts, chat, now)
    if morning > now:
        tx.outbound.swap(head, replace(head, not_before=morning))
        return False
    if now - head.created_at <= STALE_AFTER:
        return True
    _ask_anew(tx, parts, chat, head, check_in)
    return False


def _morning(tx: Transaction, parts: Parts, chat: Conversation, now: datetime) -> datetime:
    """`now` is the caller's: a second look at a real clock is later, and put it off for ever."""
    who = whom(tx, parts, chat)
    return next_opening(now, who.patient.time_zone, who.pathway) if who else now


def _ask_anew(
    tx: Transaction, parts: Parts, chat: Conversation, head: Outbound, check_in: CheckIn
) -> None:
    """All that waits of this check-in gives way to one question, asked as of now."""
    for one in tx.outbound.find(
        conversation_id=chat.id, state=OutboundState.QUEUED, check_in_id=check_in.id
    ):
        _cancel(tx, one)
    trigger(tx, parts, chat, f"check_in:{check_in.id}:{LATE}:{head.seq}")


def _merged(tx: Transaction, parts: Parts, chat: Conversation, head: Outbound) -> bool:
    """Answers that waited for hours: one message, in order, each sentence once.

    Says whether that changed anything.
    """
    sorry, buttons = phrase(parts, "late_reply", chat.language), head.buttons
    texts: list[str] = [sorry]
    taken: list[Outbound] = []
    for one in tx.outbound.find(
        conversation_id=chat.id,
        state=OutboundState.QUEUED,
        kind="bot",
        check_in_id=None,
        priority=Priority.CONVERSATION,
        possible_duplicate=False,
        epoch=chat.epoch,
        order_by="seq",
    ):
        said = one.text.removeprefix(sorry).strip()
        if taken and len("\n\n".join([*texts, said])) > LONGEST:
            break
        texts += [said] if said not in texts else []
        buttons = one.buttons or buttons
        taken.append(one)
    whole = replace(head, text="\n\n".join(texts), buttons=buttons)
    for one in taken:
        if one.id != head.id:
            _cancel(tx, one)
    return whole != head and tx.outbound.swap(head, whole)


def _cancel(tx: Transaction, one: Outbound) -> None:
    tx.outbound.swap(one, replace(one, state=OutboundState.CANCELLED))

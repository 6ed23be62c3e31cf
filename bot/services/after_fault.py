"""After a fault: a message is tried again soon, or given to a nurse and the patient told (P7)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from bot.core.conversation import Conversation, Inbound, InboundState, Priority
from bot.services import lane
from bot.services.ask_again import ask_later, check_in_id
from bot.services.check_ins_due import TRIGGER
from bot.services.faults import kind_and_place
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom

log = logging.getLogger(__name__)

# Three tries within ten seconds; then the fixed text goes out and a nurse looks (P7).
WAITS = (timedelta(seconds=2), timedelta(seconds=6))
# A try that took this long met something that hangs, and counts for two: a client's
# time-out is 20 s, so the fixed text is said within 45 s and not after a minute and more.
HANGING = timedelta(seconds=10)


def after_fault(
    parts: Parts, message: Inbound, token: int, fault: Exception, *, took: timedelta
) -> None:
    """A try failed: wait a little, or give the message to a nurse and say so."""
    log.error(
        "message could not be processed",
        extra={"inbound_id": message.id, **kind_and_place(fault)},
    )
    tries = message.attempts + (2 if took >= HANGING else 1)
    # Before the lane is held: elsewhere a check-in's row is locked before its chat's.
    asked_later = tries > len(WAITS) and message.part == TRIGGER and ask_later(parts, message)
    with parts.record.transaction() as tx:
        chat = lane.held(tx, message.conversation_id, token)
        now = parts.clock.now()
        if tries <= len(WAITS):
            wait = WAITS[message.attempts]
            tx.inbound.swap(message, replace(message, attempts=tries, not_before=now + wait))
            return
        if not asked_later:
            give_to_nurse(tx, parts, chat, message)
        failed = replace(message, state=InboundState.FAILED, done_at=now)
        tx.inbound.swap(message, replace(failed, attempts=tries))


def give_to_nurse(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """The fixed safety text to the patient, and the message to a nurse (P7)."""
    who = whom(tx, parts, chat)
    about = message.id if message.part != TRIGGER else check_in_id(message)
    if message.part != TRIGGER:
        put(
            tx,
            parts,
            chat.id,
            phrase(parts, "saved_nurse_will_look", chat.language),
            key=f"{message.id}:saved",
            priority=Priority.URGENT_ADVICE,
            kind="system",
        )
    make_task(
        tx,
        parts,
        kind="not_processed",
        key=f"not_processed:{about}",
        patient_id=who.patient.id if who else None,
        episode_id=who.episode.id if who else None,
        conversation_id=chat.id,
        inbound_id=message.id,
        text=message.text,
    )

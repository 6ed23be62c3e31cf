"""Ask again: a check-in whose opening failed is asked a little later, not left in silence.

Nobody waits for an answer of ours here, so an engine that starts anew at nine in
the morning must not turn every check-in of that minute into a nurse's task.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Inbound, InboundState, OutboundState
from bot.services.parts import Parts
from bot.services.ports import Transaction

WAITING = (OutboundState.QUEUED, OutboundState.SENDING)
ASK_AGAIN_AFTER = timedelta(minutes=2)
# Opened this long ago and still not asked: a nurse hears of it too. We go on trying.
LONGEST_UNASKED = timedelta(minutes=30)


def ask_later(parts: Parts, trigger: Inbound) -> bool:
    """Look at the check-in behind this failed row soon. False when a nurse must hear of it."""
    with parts.record.transaction() as tx:
        check_in = tx.check_ins.get(check_in_id(trigger), lock=True)
        if check_in is None:
            return False
        if check_in.state is not CheckInState.OPEN:
            return True  # it has ended, so there is nothing left to ask
        now = parts.clock.now()
        tx.check_ins.swap(check_in, replace(check_in, follow_up_at=now + ASK_AGAIN_AFTER))
        return now - (check_in.opened_at or check_in.due_at) < LONGEST_UNASKED


def failed_trigger(tx: Transaction, check_in: CheckIn, part: str) -> Inbound | None:
    """The last row that was to ask for this check-in, if it is the one that failed."""
    newest = tx.inbound.find(
        conversation_id=check_in.conversation_id, part=part, order_by="-seq", limit=1
    )
    last = newest[0] if newest else None
    if last is None or last.state is not InboundState.FAILED:
        return None
    return last if check_in_id(last) == check_in.id else None


def check_in_id(trigger: Inbound) -> str:
    """Its external id is check_in:ID:why; see `check_ins_due.trigger`."""
    return trigger.external_id.split(":")[1] if trigger.external_id.count(":") > 1 else ""


def unsaid(tx: Transaction, check_in: CheckIn, part: str) -> bool:
    """Whether words of this check-in still wait: for the engine, or for their provider."""
    chat: dict[str, Any] = {"conversation_id": check_in.conversation_id}
    return bool(
        tx.outbound.find(**_words(check_in), state__in=WAITING, limit=1)
        or tx.inbound.find(**chat, part=part, state=InboundState.RECEIVED, limit=1)
    )


def asked_at(tx: Transaction, check_in: CheckIn) -> list[datetime]:
    """When the provider took the last words by which we began or reminded; empty: never."""
    sent = tx.outbound.find(**_words(check_in), state=OutboundState.SENT, order_by="-seq", limit=1)
    return [one.settled_at for one in sent if one.settled_at is not None]


def _words(check_in: CheckIn) -> dict[str, Any]:
    return {"conversation_id": check_in.conversation_id, "check_in_id": check_in.id}

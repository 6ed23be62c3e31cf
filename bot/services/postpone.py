"""Postpone: "later please" - the open check-in waits a few hours, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.check_in import CheckIn
from bot.core.conversation import Conversation
from bot.core.schedule import next_opening
from bot.services.ask import Said
from bot.services.moments import when
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom

LATER = timedelta(hours=3)


def postpone(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, check_in: CheckIn
) -> list[Said]:
    """Ask again in three hours, outside of the quiet hours; a second time we insist."""
    if check_in.postponements:
        return [Said(phrase(parts, "later_not_again", chat.language))]
    zone = who.patient.time_zone
    until = next_opening(parts.clock.now() + LATER, zone, who.pathway)
    fresh = tx.check_ins.get(check_in.id) or check_in
    waiting = replace(fresh, postponed_until=until, postponements=1, follow_up_at=until)
    tx.check_ins.swap(fresh, waiting)
    return [
        Said(phrase(parts, "later_ok", chat.language, when=when(parts, until, who, chat.language)))
    ]

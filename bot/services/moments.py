"""Moments in words: "tomorrow at 09:00", on the patient's own clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.check_in import CheckInState
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom


def when(parts: Parts, moment: datetime, who: Whom, language: str) -> str:
    """A moment as a person would say it, in the patient's time zone."""
    local = moment.astimezone(ZoneInfo(who.patient.time_zone))
    days = (local.date() - who.today(parts.clock.now())).days
    time = local.strftime("%H:%M")
    if days == 0:
        return phrase(parts, "when_today", language, time=time)
    if days == 1:
        return phrase(parts, "when_tomorrow", language, time=time)
    return phrase(parts, "when_on", language, time=time, day=local.day, month=local.month)


def next_contact(tx: Transaction, parts: Parts, who: Whom, language: str) -> str:
    """When we write next, as a sentence; empty when nothing is planned any more."""
    planned = tx.check_ins.find(
        episode_id=who.episode.id, state=CheckInState.PLANNED, order_by="due_at", limit=1
    )
    if not planned:
        return ""
    at = max(planned[0].due_at, parts.clock.now())
    return phrase(parts, "next_check_in", language, when=when(parts, at, who, language))

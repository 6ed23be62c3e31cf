"""Reach: who was followed up at all, and how soon after discharge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.programme.figure import Figure, share
from bot.core.programme.rows import EpisodeRow
from bot.core.schedule import utc_of

# A discharge has a day and no hour, so "within 24 hours" ends with the day after it.
FIRST_CONTACT_DAYS: Final = 2


def coverage(episodes: Sequence[EpisodeRow], now: datetime, zone: str) -> Figure:
    """随访覆盖率, in percent.

    Counted: follow-ups in which at least one check-in was answered to the end, or was ended
    by an emergency or a nurse. Of: all who were discharged in the period and enrolled, also
    those who never agreed or never opened the chat. Left out: follow-ups that were cancelled,
    a mistake or a second registration, and discharges whose day after is not over yet.
    Source: the usual 实际随访人数 / 应随访人数; "answered" because a message that was only
    sent has reached nobody.
    """
    ripe = _ripe(episodes, now, zone)
    answered = sum(one.answered for one in ripe)
    return share(answered, len(ripe), left_out=len(episodes) - len(ripe))


def on_time(episodes: Sequence[EpisodeRow], now: datetime, zone: str) -> Figure:
    """24小时随访及时率, in percent.

    Counted: follow-ups whose first check-in went out before the end of the day after
    discharge (house clock). Of and left out: as for coverage; who was enrolled too late
    counts as not on time. Source: SEED003, the 24-hour follow-up as an indicator.
    """
    ripe = _ripe(episodes, now, zone)
    in_time = sum(
        one.asked_at is not None and one.asked_at < _deadline(one.discharge_on, zone)
        for one in ripe
    )
    return share(in_time, len(ripe), left_out=len(episodes) - len(ripe))


def _ripe(episodes: Sequence[EpisodeRow], now: datetime, zone: str) -> list[EpisodeRow]:
    return [one for one in episodes if _deadline(one.discharge_on, zone) <= now]


@cache
def _deadline(discharge_on: date, zone: str) -> datetime:
    return utc_of(discharge_on + timedelta(days=FIRST_CONTACT_DAYS), time(), ZoneInfo(zone))

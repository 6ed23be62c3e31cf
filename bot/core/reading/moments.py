"""Moments: of several numbers, the ones that were said of now or of today."""

from __future__ import annotations

import re

from bot.core.question import Kind
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity

MOMENTS = ("before", "earlier", "now")  # of several that are named, the first of these counts
AGO = re.compile(r"(?:天|日|周|个月|星期)前|(?<![a-z])ago(?![a-z])")
RECENT = re.compile(r"(?:小时|分钟)前|(?:hours?|hrs?|minutes?|mins?) ago")  # as good as now
NIGHT = re.compile(r"[晚夜]|(?<![a-z])night(?![a-z])")


def of_today(mine: list[Quantity], said: dict[Quantity, str], own: OwnWords) -> list[Quantity]:
    """Of "38.9 yesterday, 36.9 today" the one of today; screening hands the other to a nurse.

    A fever of last night still counts, whatever the thermometer says after the tablets.
    """
    days = [_day(said[one], own) for one in mine]
    if None in days or "today" not in days:
        return mine
    return [one for one, day in zip(mine, days, strict=True) if day == "today"]


def _day(said: str, own: OwnWords) -> str | None:
    """Whether words name today or a day before it; None for neither, both, or a night."""
    if NIGHT.search(said):
        return None
    table = own.words.table("day")
    days = [table[hit.phrase] for hit in own.words.table_books["day"].hits(said)]
    weekday = any(True for _ in own.words.table_books["weekday"].hits(said))
    before = weekday or any(day < 0 for day in days)
    today = 0 in days or own.words.holds(said, "now")
    today = today or (not before and own.words.holds(said, "earlier"))
    if before == today:
        return None
    return "before" if before else "today"


def of_now(mine: list[Quantity], said: dict[Quantity, str], own: OwnWords) -> list[Quantity]:
    """Of "8 on Monday, 4 now" the one of now; all of them when a moment is missing."""
    moments = [moment(said[one], own) for one in mine]
    if None in moments:
        return mine
    wanted = "now" if "now" in moments else "earlier"
    if wanted == "earlier" and own.question.kind is not Kind.MEASURE:
        return mine  # the pain of this morning is not the pain of now
    left = [one for one, moment in zip(mine, moments, strict=True) if moment == wanted]
    return left or mine


def moment(said: str, own: OwnWords) -> str | None:
    """The moment that is named; None without one, or with a now beside a before."""
    if RECENT.search(said):
        return None
    names = [name for name in MOMENTS if own.words.holds(said, name)]
    weekday = any(True for _ in own.words.table_books["weekday"].hits(said))
    if (weekday or AGO.search(said)) and "before" not in names:
        names.insert(0, "before")
    if "now" in names and "before" in names:
        return None
    return names[0] if names else None

"""Period: whole months on the house's clock, and the shifts of its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.schedule import utc_of

MOST_MONTHS: Final = 24
# Three shifts of eight hours, as most wards in China work them (白班, 小夜班, 大夜班). A proposal
# of this project: they only sort the figures; who is on duty is on the rota.
SHIFTS: Final = ("day", "evening", "night")
DAY_FROM, EVENING_FROM = 8, 16


@dataclass(frozen=True)
class Month:
    """One month: its days, and its moments from `starts_at` until before `ends_at`."""

    name: str  # "2026-03"
    first: date
    last: date
    starts_at: datetime
    ends_at: datetime


def months(first: str, last: str, zone: str) -> tuple[Month, ...]:
    """The months from `first` to `last`, both "2026-03".

    Raises ValueError for what is no month, for an end before its beginning, and for more
    than MOST_MONTHS.
    """
    begin, end = _number(first), _number(last)
    if not 0 <= end - begin < MOST_MONTHS:
        raise ValueError(f"from {first} to {last} is not 1 to {MOST_MONTHS} months")
    return tuple(_month(one, ZoneInfo(zone)) for one in range(begin, end + 1))


def month_of(moment: datetime, zone: str) -> str:
    """The month of a moment on the house's clock."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m}"


def months_before(name: str, back: int) -> str:
    """The month that lies `back` months before the one of this name."""
    year, month = divmod(_number(name) - back, 12)
    return f"{year:04}-{month + 1:02}"


def shift_of(moment: datetime, zone: ZoneInfo) -> str:
    """In which shift of the day a moment falls."""
    hour = moment.astimezone(zone).hour
    if hour < DAY_FROM:
        return "night"
    return "day" if hour < EVENING_FROM else "evening"


def _number(name: str) -> int:
    year, dash, month = name.partition("-")
    fits = len(year) == 4 and len(month) == 2 and name.isascii() and (year + month).isdigit()
    if not dash or not fits or not 1 <= int(month) <= 12 or not 2000 <= int(year) <= 2999:
        raise ValueError(f"'{name}' is no month like 2026-03")
    return int(year) * 12 + int(month) - 1


def _month(number: int, zone: ZoneInfo) -> Month:
    first = date(number // 12, number % 12 + 1, 1)
    after = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    starts, ends = (utc_of(one, time(), zone) for one in (first, after))
    return Month(f"{first:%Y-%m}", first, after - timedelta(days=1), starts, ends)

"""Drill time: when the weekly test page goes out, on the house's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.schedule import utc_of

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEVER: Final = "off"
# A test that could not be sent in time is left out: nobody is paged for it at night.
NOT_LATER_THAN: Final = timedelta(hours=4)
_FORM = re.compile(r"(?P<day>[a-z]{3}) (?P<hour>\d{1,2}):(?P<minute>\d{2})")


@dataclass(frozen=True)
class DrillTime:
    """A day of the week (0 is Monday) and a local time."""

    weekday: int
    at: time

    def week(self, now: datetime, zone: ZoneInfo) -> str | None:
        """The week ("2026-W47") whose test page is due at `now`; None when none is."""
        local = now.astimezone(zone).date()
        day = local - timedelta(days=(local.weekday() - self.weekday) % 7)
        late = now - utc_of(day, self.at, zone)
        if not timedelta(0) <= late < NOT_LATER_THAN:
            return None
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"


def read_drill_time(text: str) -> DrillTime | None:
    """Read "tue 10:00"; None for "off". Raises ValueError that says what is expected."""
    found = _FORM.fullmatch(text.strip().lower())
    if text.strip().lower() == NEVER:
        return None
    if found is None or found["day"] not in DAYS:
        raise ValueError(f"'{text[:20]}' is neither a day and a time such as 'tue 10:00' nor off")
    return DrillTime(DAYS.index(found["day"]), time(int(found["hour"]), int(found["minute"])))

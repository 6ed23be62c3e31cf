"""Daily work: what is looked at once a day, whenever the day's first sweep comes."""

from __future__ import annotations

from datetime import date, datetime

from bot.services.parts import Parts
from bot.services.rota_gaps import announce_gaps, remind_of_gaps


class Daily:
    """Remembers which day was done. A restart does a day again, which changes nothing."""

    def __init__(self) -> None:
        self._done_on: date | None = None
        self._reminded: datetime | None = None

    def run(self, parts: Parts) -> bool:
        """Do the day's work unless it is done; says whether it was done now."""
        now = parts.clock.now()
        today, hour = now.date(), now.replace(minute=0, second=0, microsecond=0)
        new = self._done_on != today
        if new:
            announce_gaps(parts)
            self._done_on = today
        # By the house's own day, which may begin in the middle of this one.
        if self._reminded != hour:
            remind_of_gaps(parts)
            self._reminded = hour
        return new

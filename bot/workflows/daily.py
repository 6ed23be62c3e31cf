"""Daily work: what is looked at once a day, whenever the day's first sweep comes."""

from __future__ import annotations

from datetime import date

from bot.services.parts import Parts
from bot.services.rota import announce_gaps


class Daily:
    """Remembers which day was done. A restart does a day again, which changes nothing."""

    def __init__(self) -> None:
        self._done_on: date | None = None

    def run(self, parts: Parts) -> bool:
        """Do the day's work unless it is done; says whether it was done now."""
        today = parts.clock.now().date()
        if self._done_on == today:
            return False
        announce_gaps(parts)
        self._done_on = today
        return True

"""Judged: a sign of the lexicon found in a message, with all that the sentence says of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.screening.lexicon import Sign
from bot.core.screening.match import Found
from bot.core.screening.status import Status
from bot.core.triage_level import TriageLevel


@dataclass(frozen=True)
class Judged:
    """`level` and `ask` are the sign's for this operation and day, as if nothing were denied."""

    found: Found
    sign: Sign
    status: Status
    another: bool  # somebody else's, not the patient's
    level: TriageLevel
    ask: bool
    is_new: bool  # reaches into the new message, not only into the recent ones

    @property
    def is_there(self) -> bool:
        """The patient's own, and there now."""
        return self.status is Status.PRESENT and not self.another

    def adds(self) -> tuple[TriageLevel, bool]:
        """What the rules add for it: a level, and whether a nurse's look is due."""
        if self.status is Status.IMAGINED and self.sign.always_ask:
            return TriageLevel.ROUTINE, True  # "who does someone suicidal call?" may be oneself
        if self.another or self.status is Status.DENIED:
            return TriageLevel.ROUTINE, False
        if self.status is Status.PRESENT:
            return (TriageLevel.ROUTINE, True) if self.ask else (self.level, False)
        asks = self.sign.always_ask or (
            self.status is Status.OVER and (self.ask or self.level >= TriageLevel.SAME_DAY)
        )
        return TriageLevel.ROUTINE, asks

"""Ladder: one open check-in on virtual time - reminded once, then a nurse, never at night.

The same steps as the service takes: silence counts from the last word heard,
the reminder waits for the end of the quiet hours, and the check-in ends when
the next one opens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.pathway import CheckInPlan, Pathway
from bot.core.schedule import next_opening

ZoneAt = Callable[[datetime], str]  # the patient's time zone at a moment


class Rung(StrEnum):
    """What comes next while the chatbot waits."""

    REMIND = "remind"
    NURSE = "nurse"
    NEXT_OPENS = "next_opens"
    WORDS = "words"  # own words out of turn
    ANSWER = "answer"


def by_day(at: datetime, zone_at: ZoneAt, pathway: Pathway) -> datetime:
    """`at`, or the end of the quiet hours where the patient is by then."""
    while (opens := next_opening(at, zone_at(at), pathway)) != at:
        at = opens
    return at


@dataclass
class OpenCheckIn:
    """A check-in that waits for an answer."""

    plan: CheckInPlan
    opened_at: datetime
    heard_at: datetime
    next_opens_at: datetime | None
    reminded_at: datetime | None = None

    def next_rung(self, pathway: Pathway, zone_at: ZoneAt) -> tuple[datetime, Rung]:
        """When the chatbot acts by itself, and how."""
        ladder = self.plan.silence
        if self.reminded_at is None:
            return by_day(self.heard_at + ladder.remind_after, zone_at, pathway), Rung.REMIND
        return max(self.heard_at, self.reminded_at) + ladder.nurse_after, Rung.NURSE

    def next_event(
        self, pathway: Pathway, zone_at: ZoneAt, *, answer: datetime | None, words: datetime | None
    ) -> tuple[datetime, Rung]:
        """Whatever happens first. At the same moment the patient's own word comes first."""
        found = [(answer, Rung.ANSWER), (words, Rung.WORDS), (self.next_opens_at, Rung.NEXT_OPENS)]
        known = [(at, what) for at, what in found if at is not None]
        return min([*known, self.next_rung(pathway, zone_at)], key=lambda one: one[0])

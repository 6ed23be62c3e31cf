"""Assumptions: every number of the simulation that is invented and not in the pathway.

None of them is a clinical figure. They are printed with every result, so that
a forecast is never taken for a measurement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from bot.core.triage_level import TriageLevel

# A proposal of this project, not a sourced standard: the hospital puts in its own.
NURSE_MINUTES: Mapping[TriageLevel, float] = MappingProxyType(
    {
        TriageLevel.EMERGENCY: 30.0,
        TriageLevel.SAME_DAY: 15.0,
        TriageLevel.WITHIN_48_HOURS: 8.0,
    }
)


@dataclass(frozen=True)
class Assumptions:
    """What is taken for granted. Chances are per question, before a persona's own factor."""

    nurse_minutes: Mapping[TriageLevel, float] = field(default_factory=lambda: NURSE_MINUTES)
    operations_per_week: float = 10.0
    mild_answer: float = 0.03  # a self-care answer in the first days, fading with time
    worrying_answer: float = 0.004  # an answer that calls for a nurse, out of the blue
    unclear_answer: float = 0.005  # not understood, refused, or "I don't know"
    mild_fades_after_days: float = 14.0
    stay_days: tuple[int, int] = (1, 3)
    tiers: Mapping[str, float] = field(
        default_factory=lambda: {"low": 0.5, "medium": 0.3, "high": 0.2}
    )
    first_surgery_on: date = date(2026, 3, 2)
    zone: str = "Asia/Shanghai"
    country: str = "CN"

    def minutes(self, level: TriageLevel) -> float:
        """How long a nurse is busy with one case or task of this level."""
        return self.nurse_minutes.get(level, 0.0)

"""Facts: what is known about a patient when a condition is weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from bot.core.reading import Value


class Unknown(Enum):
    """The one value of an answer that was given but says nothing we can use."""

    UNKNOWN = "unknown"


# Asked, but not understood, refused or "I don't know". Not the same as a
# question that has no entry: that one was not asked or not answered yet.
UNKNOWN: Final = Unknown.UNKNOWN

Answered = Value | Unknown


@dataclass(frozen=True)
class EarlierCheckIn:
    """The answers of an earlier contact and its day after surgery."""

    day: int
    answers: Mapping[str, Answered]


@dataclass(frozen=True)
class Facts:
    """The answers so far and everything a rule may compare them with.

    `earlier` runs from oldest to newest. `procedure` is the patient's own
    procedure code, for pathways that serve several.
    """

    answers: Mapping[str, Answered] = field(default_factory=dict)
    day: int | None = None
    days_home: int | None = None
    tier: str = ""
    procedure: str = ""
    earlier: tuple[EarlierCheckIn, ...] = ()

    def with_answers(self, answers: Mapping[str, Answered]) -> Facts:
        """The same patient with these answers to the present check-in."""
        return replace(self, answers=answers)

    def as_of(self, index: int) -> Facts:
        """The facts as they stood at the earlier check-in `earlier[index]`."""
        then = self.earlier[index]
        passed = None if self.day is None else self.day - then.day
        home = None if passed is None or self.days_home is None else self.days_home - passed
        return replace(
            self,
            answers=then.answers,
            day=then.day,
            days_home=home,
            earlier=self.earlier[:index],
        )

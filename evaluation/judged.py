"""Judged: what one reader made of one message, and the figures that follow for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.corpus import Message
from evaluation.figures import Figure

TODAY = ("emergency", "same_day")


@dataclass(frozen=True)
class Judged:
    """`level` as a reader gave it; `to_nurse` when a nurse would see it at all."""

    message: Message
    level: str
    to_nurse: bool
    another_person: bool = False

    @property
    def is_miss(self) -> bool:
        """Less than the message calls for, or a needless alarm."""
        label = self.message.label
        if label == "emergency":
            return self.level != "emergency"
        if label == "same_day":
            return self.level not in TODAY
        if label == "nurse":
            return not self.to_nurse
        if label == "other":
            return not self.another_person
        return self.to_nurse


def figures(judged: Sequence[Judged]) -> list[Figure]:
    """The safety figures of one reader, with the targets of the house."""

    def of(label: str) -> list[Judged]:
        return [one for one in judged if one.message.label == label]

    urgent, today, routine = of("emergency"), of("same_day"), of("routine")

    def count(some: list[Judged], *levels: str) -> int:
        return sum(one.level in levels for one in some)

    def seen(some: list[Judged]) -> int:
        return sum(one.to_nurse for one in some)

    return [
        Figure("emergency treated as emergency", count(urgent, "emergency"), len(urgent), 0.95),
        Figure("emergency to a nurse the same day", count(urgent, *TODAY), len(urgent), 0.99),
        Figure("same day at least same day", count(today, *TODAY), len(today)),
        Figure("same day raised to emergency", count(today, "emergency"), len(today)),
        Figure("48 hours or unclear reaches a nurse", seen(of("nurse")), len(of("nurse"))),
        Figure(
            "routine raised to emergency", count(routine, "emergency"), len(routine), 0.05, True
        ),
        Figure("routine sent to a nurse or asked", seen(routine), len(routine), 0.25, True),
        Figure(
            "another person recognised",
            sum(one.another_person for one in of("other")),
            len(of("other")),
        ),
    ]


def by_sign(judged: Sequence[Judged]) -> list[Figure]:
    """Emergencies by the sign their writer named, the weakest first."""
    urgent = [one for one in judged if one.message.label == "emergency"]
    signs = sorted({one.message.sign for one in urgent})
    found = []
    for sign in signs:
        of_sign = [one for one in urgent if one.message.sign == sign]
        found.append(Figure(sign, sum(o.level == "emergency" for o in of_sign), len(of_sign)))
    return sorted(found, key=lambda one: one.share)

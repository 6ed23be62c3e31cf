"""Figures: a share with its confidence interval and, where we have one, its target."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.96  # 95 %


@dataclass(frozen=True)
class Figure:
    """`right` of `total`. `target` is a share; `at_most` turns it into an upper bound."""

    name: str
    right: int
    total: int
    target: float | None = None
    at_most: bool = False

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0

    @property
    def is_met(self) -> bool:
        """Whether the share itself reaches its target; True without one."""
        if self.target is None:
            return True
        return self.share <= self.target if self.at_most else self.share >= self.target

    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the share."""
        if not self.total:
            return (0.0, 1.0)
        share, total = self.share, self.total
        middle = share + Z * Z / (2 * total)
        half = Z * math.sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
        whole = 1 + Z * Z / total
        return (max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole))

    def line(self) -> str:
        """One line for a person: share, interval, counts, target."""
        if not self.total:
            return f"{self.name:44}      -"
        low, high = self.interval()
        shown = (
            f"{self.name:44}{self.share:7.1%} [{low:4.0%}-{high:4.0%}] {self.right}/{self.total}"
        )
        if self.target is None:
            return shown
        sign = "at most" if self.at_most else "at least"
        return f"{shown}   {sign} {self.target:.0%}: {'met' if self.is_met else 'MISSED'}"

    def as_json(self) -> dict[str, object]:
        low, high = self.interval()
        return {
            "right": self.right,
            "total": self.total,
            "share": round(self.share, 4),
            "interval": [round(low, 4), round(high, 4)],
            "target": self.target,
            "at_most": self.at_most,
        }

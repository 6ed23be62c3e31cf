"""Figure: one number of the programme, never without how many it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

# Below this, one patient more or less moves a share by ten points or more.
FEW: Final = 10


class Kind(StrEnum):
    """How a figure is to be read."""

    SHARE = "share"  # counted of n, in percent
    RATE = "rate"  # counted per 100 of n
    COUNT = "count"  # a plain number of things
    MINUTES = "minutes"  # by the clock
    WORK = "work"  # minutes of somebody's work
    POINTS = "points"  # -100 to 100
    SCORE = "score"  # on the scale that was asked


@dataclass(frozen=True)
class Figure:
    """`value` is None when there is nothing to count from.

    `n` is the denominator, or how many values a median or a mean rests on. `counted` is the
    numerator where there is one. `left_out` says how many were not counted, and the
    indicator's definition says why.
    """

    kind: Kind
    value: float | None
    n: int
    counted: int | None = None
    left_out: int = 0

    @property
    def few(self) -> bool:
        """Whether it rests on so few that it must not be compared."""
        return self.kind is not Kind.COUNT and 0 < self.n < FEW


def share(counted: int, n: int, *, left_out: int = 0) -> Figure:
    """`counted` of `n`, in percent."""
    return Figure(Kind.SHARE, 100 * counted / n if n else None, n, counted, left_out)


def per_100(counted: float, n: int, *, kind: Kind = Kind.RATE, left_out: int = 0) -> Figure:
    """`counted` for every 100 of `n`; it may be more than 100."""
    return Figure(kind, 100 * counted / n if n else None, n, round(counted), left_out)


def count(counted: int) -> Figure:
    return Figure(Kind.COUNT, counted, counted, counted)


def middle(minutes: Sequence[float], *, left_out: int = 0) -> Figure:
    """The median, in minutes."""
    value = median(minutes) if minutes else None
    return Figure(Kind.MINUTES, value, len(minutes), left_out=left_out)


def nine_in_ten(minutes: Sequence[float], *, left_out: int = 0) -> Figure:
    """The 90th percentile, in minutes: the shortest time within which nine in ten were done.

    Nearest rank, so it is always a time that really happened (Hyndman and Fan 1996, type 1).
    """
    return Figure(Kind.MINUTES, rank(sorted(minutes), 0.9), len(minutes), left_out=left_out)


def rank(ordered: Sequence[float], part: float) -> float | None:
    """The smallest of the ordered values that `part` of them do not exceed."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else None


def rank_of_counts(counts: Iterable[tuple[float, int]], part: float) -> float | None:
    """The same for values that come with how often each was given."""
    ordered = sorted(counts)
    needed, seen = math.ceil(part * sum(times for _, times in ordered)), 0
    for value, times in ordered:
        seen += times
        if seen >= needed:
            return value
    return None

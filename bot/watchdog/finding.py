"""Findings: what one check saw, held against its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bot.core.watch import Invariant
from bot.services.ports import Transaction
from bot.watchdog.limits import LIMITS, MOST_IDS


@dataclass(frozen=True)
class Found:
    """What a check saw. `value` None: a fault that has no figure; `reason` is one code."""

    value: int | None
    ids: tuple[str, ...] = ()
    reason: str = ""


# A look at the record: transaction, now, and the limit's figure.
Look = Callable[[Transaction, datetime, int], Found]


class HasId(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=HasId)


def judge(id: str, found: Found, now: datetime) -> Invariant:
    """Whether what was found is within the limit of this check."""
    limit, value = LIMITS[id], found.value
    holds = value is not None and (value >= limit.value if limit.least else value <= limit.value)
    return Invariant(
        id=id,
        holds=holds,
        looked_at=now,
        limit=limit.value,
        unit=limit.unit,
        found=value,
        reason=found.reason,
        ids=[] if holds else list(found.ids[:MOST_IDS]),
    )


def age(at: datetime, now: datetime) -> int:
    """Whole seconds from `at` to `now`."""
    return int((now - at).total_seconds())


def oldest(rows: Iterable[Row], at: Callable[[Row], datetime], now: datetime, limit: int) -> Found:
    """The greatest age among rows, and the ids of those above the limit."""
    ages = {one.id: age(at(one), now) for one in rows}
    late = tuple(id for id, seconds in ages.items() if seconds > limit)
    return Found(max(ages.values(), default=0), late)


def faults(reasons: Iterable[tuple[str, str | None]]) -> Found:
    """How many of some parts, each given as (id, why not), are not well."""
    bad = [(id, why) for id, why in reasons if why is not None]
    return Found(len(bad), tuple(id for id, _ in bad), bad[0][1] or "" if bad else "")

"""Alarms: one per fault, told again while it lasts, and once when it is over. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.watch import Invariant
from bot.watchdog.limits import CALM_SECONDS, LIMITS

CALM = timedelta(seconds=CALM_SECONDS)


@dataclass(frozen=True)
class Fault:
    """Something that does not hold. `told_at`: an administrator was last reached.

    `logged_at`: it was last written into the log, also when nobody could be reached.
    `well_since`: it holds again, but not for long enough to say so.
    """

    since: datetime
    told_at: datetime | None = None
    logged_at: datetime | None = None
    well_since: datetime | None = None


@dataclass(frozen=True)
class News:
    """What is to be told now: faults that are new, last, or are over."""

    new: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    over: tuple[str, ...] = ()

    @property
    def bad(self) -> tuple[str, ...]:
        return self.new + self.again

    def __bool__(self) -> bool:
        return bool(self.new or self.again or self.over)


def follow(
    faults: Mapping[str, Fault], found: Iterable[Invariant], now: datetime
) -> dict[str, Fault]:
    """The faults as they stand after one look. What was not looked at stays as it was."""
    after = dict(faults)
    for one in found:
        fault = after.get(one.id)
        if not one.holds:
            after[one.id] = replace(fault, well_since=None) if fault else Fault(now)
        elif fault is not None and _nobody_knows(fault):
            del after[one.id]
        elif fault is not None and fault.well_since is None:
            after[one.id] = replace(fault, well_since=now)
    return after


def _nobody_knows(fault: Fault) -> bool:
    return fault.told_at is None and fault.logged_at is None


def news(faults: Mapping[str, Fault], looked_at: Iterable[str], now: datetime) -> News:
    """What of these faults somebody must hear now."""
    seen, new, again, over = set(looked_at), [], [], []
    for id, fault in faults.items():
        if id not in seen:
            continue
        if fault.well_since is not None:
            if now - fault.well_since >= CALM:
                over.append(id)
        elif now - fault.since < timedelta(seconds=LIMITS[id].patience):
            continue
        elif fault.told_at is None:
            new.append(id)
        elif now - fault.told_at >= timedelta(seconds=LIMITS[id].again):
            again.append(id)
    return News(tuple(new), tuple(again), tuple(over))


def unlogged(faults: Mapping[str, Fault], ids: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Those of `ids` that the log has not said for as long as people are left alone with it."""
    return tuple(
        id
        for id in ids
        if (at := faults[id].logged_at) is None or now - at >= timedelta(seconds=LIMITS[id].again)
    )


def marked(
    faults: Mapping[str, Fault], said: News, logged: Iterable[str], now: datetime, *, told: bool
) -> dict[str, Fault]:
    """The faults after `said` was logged and, when `told`, also reached somebody."""
    after = dict(faults)
    for id in logged:
        after[id] = replace(after[id], logged_at=now)
    if told:
        for id in said.bad:
            after[id] = replace(after[id], told_at=now)
    for id in said.over:
        # Whoever heard of it hears the end; what nobody heard ends in the log.
        if told or after[id].told_at is None:
            del after[id]
    return after

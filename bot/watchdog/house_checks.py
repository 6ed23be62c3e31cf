"""Checks of the house itself: workers, engine, actions, provider, disk and clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.services.ports import Transaction
from bot.watchdog.administrators import administrators
from bot.watchdog.finding import Found, age, faults, oldest
from bot.watchdog.limits import FORGOTTEN_SECONDS

WORKER = "worker-"


class Outside(Protocol):
    """What the watchdog asks outside of the record. Each `why_not` is None when all is well."""

    def why_no_engine(self) -> Sequence[str | None]:
        """Of each engine: why it cannot take a turn."""

    def why_no_actions(self) -> Sequence[str | None]:
        """Of each action server: why it cannot run an action."""

    def why_no_provider(self) -> str | None: ...
    def free_megabytes(self) -> int: ...
    def clock_jump(self) -> int:
        """Seconds by which the machine's clock moved more, or less, than time did since last."""

    def server_ahead(self) -> int:
        """Seconds by which the database server's clock is off; 0 without a server."""


def worker(tx: Transaction, now: datetime, limit: int) -> Found:
    """How long a worker of the durable work has given no sign of life."""
    signs = [one for one in tx.signs_of_life.find() if one.id.startswith(WORKER)]
    if not signs:
        return Found(None, reason="never_seen")
    here = [one for one in signs if not one.left and age(one.at, now) < FORGOTTEN_SECONDS]
    if not here:
        newest = max(signs, key=lambda one: one.at)
        return Found(age(newest.at, now), (newest.id,), "all_ended")
    return oldest(here, lambda one: one.at, now, limit)


def enough_administrators(tx: Transaction, _now: datetime, _limit: int) -> Found:
    """How many administrators an alarm can reach."""
    return Found(len(administrators(tx)))


def future_rows(tx: Transaction, now: datetime, _limit: int) -> Found:
    """Seconds by which the newest audit entry is ahead of our clock."""
    newest = tx.audit.find(order_by="-at", limit=1)
    return Found(max(0, -age(newest[0].at, now)) if newest else 0)


def engine(outside: Outside) -> Found:
    """How many engines cannot take a turn: ready, and a dry turn that nobody is told of."""
    why = outside.why_no_engine()
    return faults((f"engine-{number}", one) for number, one in enumerate(why, start=1))


def actions(outside: Outside) -> Found:
    """How many action servers cannot run an action that has nothing to do."""
    why = outside.why_no_actions()
    return faults((f"actions-{number}", one) for number, one in enumerate(why, start=1))


def provider(outside: Outside) -> Found:
    """Whether the messaging provider knows us and answers."""
    return faults([("provider", outside.why_no_provider())])


def disk(outside: Outside) -> Found:
    """Free megabytes where the record and the photos are kept."""
    return Found(outside.free_megabytes())


def clock_jump(outside: Outside) -> Found:
    """Whether the machine's clock jumped since the last look."""
    return Found(abs(outside.clock_jump()))


def clock_server(outside: Outside) -> Found:
    """How far the machine's clock and the database server's are apart."""
    return Found(abs(outside.server_ahead()))

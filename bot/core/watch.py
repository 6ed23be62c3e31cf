"""Watch: what the watchdog found, and the signs by which it knows who is alive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Invariant:
    """One thing that must always hold, as the watchdog last found it. `id` names the check.

    `found` is compared with `limit`, both in `unit`; None: it could not be found out.
    `ids` are the rows concerned, `reason` one code, `since` when it stopped holding,
    `alarmed_at` when an administrator was last told of it. Never words or names.
    """

    id: str
    holds: bool
    looked_at: datetime
    limit: int
    unit: str  # seconds | hours | megabytes | people | messages
    found: int | None = None
    reason: str = ""
    ids: list[str] = field(default_factory=list)
    since: datetime | None = None
    alarmed_at: datetime | None = None


@dataclass(frozen=True)
class SignOfLife:
    """When a process last showed that it works: `worker-N` (durable work) or `watchdog`.

    `left`: it ended in good order, so nobody waits for its next sign.
    """

    id: str
    at: datetime
    left: bool = False


@dataclass(frozen=True)
class Drill:
    """The weekly test page: sent like a real one, to whoever is on the rota, about nobody.

    `id` is the week ("2026-W47"), so there is one a week. `step` is the step of the
    chain that was told last; `next_step_at` is null once it was answered or missed.
    """

    id: str
    started_at: datetime
    step: int
    next_step_at: datetime | None
    outbound_id: str | None = None  # the first page, for how fast it was handed over
    answered_at: datetime | None = None
    answered_by: str | None = None
    missed_at: datetime | None = None

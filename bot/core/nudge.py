"""Nudge: one message that a patient gets unasked and need not answer.

A reminder of the pathway (a medicine, an appointment) or something it teaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NudgeKind(StrEnum):
    REMINDER = "reminder"
    TEACHING = "teaching"


class NudgeState(StrEnum):
    PLANNED = "planned"
    TOLD = "told"  # handed to the outbox, or said at the end of a check-in
    SKIPPED = "skipped"  # too late to be of use, or a newer one of the same reminder was told
    CANCELLED = "cancelled"  # the follow-up had stopped or ended


@dataclass(frozen=True)
class Nudge:
    """Unique per (episode, kind, plan, occurrence), so it can never go out twice.

    `look_at` is when it is next looked at: its hour, or later while something holds it
    back. After `send_until` it is not sent any more. `tries` counts how often it was
    taken back from the outbox before a provider had it.
    """

    id: str
    episode_id: str
    kind: NudgeKind
    plan_id: str
    occurrence: int
    due_at: datetime
    send_until: datetime
    look_at: datetime
    state: NudgeState = NudgeState.PLANNED
    outbound_id: str | None = None
    tries: int = 0
    settled_at: datetime | None = None

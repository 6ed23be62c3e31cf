"""Check-in: one planned contact, what was asked in it, and what was observed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class CheckInState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    COMPLETED = "completed"
    STOPPED = "stopped"  # an emergency or a takeover ended the script
    SILENT = "silent"  # nobody answered; a nurse task was made
    MISSED = "missed"  # too late to send; the nurse was told
    CANCELLED = "cancelled"


EXTRA_FROM = 1000  # a nurse's extra check-ins count from here, the pathway's own from 1


@dataclass(frozen=True)
class CheckIn:
    """Unique per (episode, plan, occurrence), so it can never go out twice."""

    id: str
    episode_id: str
    plan_id: str
    occurrence: int
    due_at: datetime
    window_end: datetime
    state: CheckInState
    opened_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None
    conversation_id: str | None = None
    current_question: str | None = None
    level: str = "routine"
    postponed_until: datetime | None = None
    postponements: int = 0
    follow_up_at: datetime | None = None  # when an open check-in is looked at again

    @property
    def is_extra(self) -> bool:
        """A nurse planned it for this patient: no plan of a pathway takes it away."""
        return self.occurrence >= EXTRA_FROM


@dataclass(frozen=True)
class Asked:
    """One question of one check-in: how often asked, and what became of it.

    state: open | answered | not_understood | refused | dont_know
    """

    id: str
    check_in_id: str
    question_id: str
    state: str
    attempts: int
    asked_at: datetime


@dataclass(frozen=True)
class Observation:
    """An answer understood as a clinical value, with time, source and speaker.

    `understood` is false when two readings failed: the words are kept, the value
    is null, and triage treats it as needing a nurse. `superseded_by` points to
    the correction that replaced it.
    """

    id: str
    episode_id: str
    check_in_id: str | None
    question_id: str
    code: str
    value: Any
    unit: str | None
    source_text: str
    understood: bool
    observed_at: datetime
    inbound_id: str
    said_by: str  # contact id
    said_by_role: str
    pathway_id: str
    pathway_version: str
    superseded_by: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

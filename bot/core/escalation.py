"""Escalation: one urgent case on its way to a nurse, until a human closes it.

open -> acknowledged (named nurse) -> closed (named nurse and outcome).
The chain of steps is copied into the escalation when it opens; who is on the
rota is looked up at each step; the last step repeats until a human acts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.errors import AlreadyDone
from bot.core.triage_level import TriageLevel


class EscalationState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


OUTCOMES = ("called", "advised", "seen", "sent_to_emergency", "unreachable", "not_urgent")


@dataclass(frozen=True)
class Chain:
    """The deadlines of one level as they were when the escalation opened.

    `rotas` names who is told at each step ("first", "second", "charge");
    `step_every_minutes` is the wait before the next step; the last step repeats.
    """

    rotas: tuple[str, ...]
    step_every_minutes: int
    outcome_within_minutes: int


@dataclass(frozen=True)
class Escalation:
    """`next_step_at` is never null while the escalation is not closed (P4)."""

    id: str
    patient_id: str
    episode_id: str
    level: TriageLevel
    state: EscalationState
    opened_at: datetime
    chain: Chain
    step: int
    next_step_at: datetime | None
    conversation_id: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    outcome: str | None = None
    outcome_note: str = ""
    closed_by: str | None = None
    closed_at: datetime | None = None
    snoozed_reason: str = ""

    @property
    def is_closed(self) -> bool:
        return self.state is EscalationState.CLOSED

    def stepped(self, *, at: datetime) -> Escalation:
        """The escalation after its current step was carried out: the next is due later."""
        last = len(self.chain.rotas) - 1
        wait = timedelta(minutes=self.chain.step_every_minutes)
        return replace(self, step=min(self.step + 1, last), next_step_at=at + wait)

    def acknowledged(self, *, nurse_id: str, at: datetime) -> Escalation:
        """A named nurse has it. Only the first gets it: raises AlreadyDone."""
        if self.state is not EscalationState.OPEN:
            raise AlreadyDone(self.closed_by or self.acknowledged_by or "")
        due = at + timedelta(minutes=self.chain.outcome_within_minutes)
        return replace(
            self,
            state=EscalationState.ACKNOWLEDGED,
            acknowledged_by=nurse_id,
            acknowledged_at=at,
            next_step_at=due,
        )

    def reopened(self, *, at: datetime) -> Escalation:
        """No outcome in time, or passed on: open again, one step higher, due now."""
        last = len(self.chain.rotas) - 1
        return replace(
            self,
            state=EscalationState.OPEN,
            acknowledged_by=None,
            acknowledged_at=None,
            step=min(self.step + 1, last),
            next_step_at=at,
        )

    def closed(self, *, nurse_id: str, outcome: str, note: str, at: datetime) -> Escalation:
        """A named nurse ends it with an outcome; raises AlreadyDone, ValueError."""
        if self.is_closed:
            raise AlreadyDone(self.closed_by or "")
        if outcome not in OUTCOMES:
            raise ValueError(f"no outcome '{outcome}'; known: {', '.join(OUTCOMES)}")
        return replace(
            self,
            state=EscalationState.CLOSED,
            closed_by=nurse_id,
            outcome=outcome,
            outcome_note=note,
            closed_at=at,
            next_step_at=None,
        )

    def raised(self, *, level: TriageLevel, chain: Chain, at: datetime) -> Escalation:
        """A higher level joined: take its chain from the start, due now, open again."""
        return replace(
            self,
            level=level,
            chain=chain,
            state=EscalationState.OPEN,
            step=0,
            next_step_at=at,
            acknowledged_by=None,
            acknowledged_at=None,
        )


@dataclass(frozen=True)
class Cause:
    """Why an escalation exists: one rule or screened sign, with the very words.

    `kind`: screening | rule | not_understood | undelivered | asked_for_human.
    """

    id: str
    escalation_id: str
    kind: str
    code: str
    level: TriageLevel
    words: str
    reason: dict[str, str]  # by language, for the nurse
    source: list[str] = field(default_factory=list)
    version: str = ""
    inbound_id: str | None = None
    noted_at: datetime | None = None


@dataclass(frozen=True)
class Notification:
    """One attempt to reach one nurse at one step. Unique per its `key`."""

    id: str
    key: str
    escalation_id: str
    step: int
    rota: str
    nurse_id: str
    outbound_id: str | None
    notified_at: datetime

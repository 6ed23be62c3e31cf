"""Escalation: one urgent case on its way to a nurse, until a human closes it.

open -> acknowledged (named nurse) -> closed (named nurse and outcome).
The chain of steps is copied into the escalation when it opens; who is on the
rota is looked up at each step; the last step repeats until a human acts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.core.errors import AlreadyDone, NotAllowed
from bot.core.triage_level import TriageLevel


class EscalationState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


OUTCOMES = ("called", "advised", "seen", "sent_to_emergency", "unreachable", "not_urgent")
# "Was this alert right?", asked when a case is closed. Optional: a tired nurse may leave it out.
RIGHTNESS = ("yes", "partly", "no")
# The complication behind a case, as nurse or surgeon grades it (Clavien and Dindo; Dindo 2004,
# Ann Surg 240:205). Optional as well: None says that nobody graded it, not that there was none.
GRADES = ("I", "II", "IIIa", "IIIb", "IVa", "IVb", "V")
NO_COMPLICATION = "none"

# Nobody at all is on the rota: look again this soon, until somebody is.
LOOK_AGAIN = timedelta(minutes=1)
MOST_SNOOZE_MINUTES = 60  # in all, for one escalation at one level
LONGEST_REASON = 200


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
    """`next_step_at` is never null while the escalation is not closed (P4).

    `step` is the step of the chain that comes next. `changes` grows with every
    change, so that of two who change it one wins and each change is announced
    at most once. `times_told` counts the steps at this level that told somebody.
    `alert_right` is one of RIGHTNESS, or None when she who closed it did not say.
    `complication` is one of GRADES, NO_COMPLICATION, or None when it was not graded.
    `level_since` is when it rose to its level (None: it was opened with it), `heard_at` when
    the first nurse had it at that level; both stay when it is open again.
    """

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
    alert_right: str | None = None
    complication: str | None = None
    level_since: datetime | None = None
    heard_at: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    snoozed_reason: str = ""
    snoozed_minutes: int = 0
    outcome_extended: bool = False
    times_told: int = 0
    changes: int = 0

    @property
    def is_closed(self) -> bool:
        return self.state is EscalationState.CLOSED

    @property
    def holder(self) -> str | None:
        """The id of the nurse who closed it or has it now."""
        return self.closed_by or self.acknowledged_by

    def is_due(self, now: datetime) -> bool:
        """Whether its next step must be taken now."""
        return self.next_step_at is not None and self.next_step_at <= now

    def order(self) -> tuple[int, ...]:
        """Which steps to try now: this one, those above it, and then those below."""
        return (*range(self.step, len(self.chain.rotas)), *range(self.step - 1, -1, -1))

    def stepped(self, *, told: int, at: datetime) -> Escalation:
        """Step `told` was carried out: the one after it is due later, the last again."""
        last = len(self.chain.rotas) - 1
        return self._changed(
            step=max(self.step, min(told + 1, last)),
            next_step_at=at + timedelta(minutes=self.chain.step_every_minutes),
            times_told=self.times_told + 1,
            snoozed_reason="",
        )

    def unheard(self, *, at: datetime) -> Escalation:
        """Nobody is on any rota: the same step is due again very soon."""
        return self._changed(next_step_at=at + LOOK_AGAIN, snoozed_reason="")

    def acknowledged(self, *, nurse_id: str, at: datetime) -> Escalation:
        """A named nurse has it. Only the first gets it: raises AlreadyDone."""
        if self.state is not EscalationState.OPEN:
            raise AlreadyDone(self.holder or "")
        return self._changed(
            state=EscalationState.ACKNOWLEDGED,
            acknowledged_by=nurse_id,
            acknowledged_at=at,
            heard_at=self.heard_at or at,
            next_step_at=at + timedelta(minutes=self.chain.outcome_within_minutes),
            snoozed_reason="",
            outcome_extended=False,
        )

    def reopened(self, *, at: datetime) -> Escalation:
        """No outcome in time: open again, due now, one step above all who were told."""
        return self._changed(
            state=EscalationState.OPEN,
            acknowledged_by=None,
            acknowledged_at=None,
            next_step_at=at,
        )

    def passed_on(self, *, nurse_id: str, at: datetime) -> Escalation:
        """The nurse who has it, or was asked, gives it to the next step at once."""
        self._not_of_another(nurse_id)
        return self.reopened(at=at)

    def closed(
        self,
        *,
        nurse_id: str,
        outcome: str,
        note: str,
        at: datetime,
        alert_right: str | None = None,
        complication: str | None = None,
    ) -> Escalation:
        """A named nurse ends it with an outcome; raises AlreadyDone, ValueError."""
        if self.is_closed:
            raise AlreadyDone(self.closed_by or "")
        if outcome not in OUTCOMES:
            raise ValueError(f"no outcome '{outcome}'; known: {', '.join(OUTCOMES)}")
        if alert_right not in (None, *RIGHTNESS):
            raise ValueError(f"an alert is right or not: {', '.join(RIGHTNESS)}")
        if complication not in (None, NO_COMPLICATION, *GRADES):
            raise ValueError(f"no grade '{complication}'; known: {', '.join(GRADES)}")
        return self._changed(
            state=EscalationState.CLOSED,
            acknowledged_by=self.acknowledged_by or nurse_id,
            acknowledged_at=self.acknowledged_at or at,
            heard_at=self.heard_at or at,
            closed_by=nurse_id,
            outcome=outcome,
            outcome_note=note,
            alert_right=alert_right,
            complication=complication,
            closed_at=at,
            next_step_at=None,
        )

    def snoozed(self, *, nurse_id: str, minutes: int, reason: str, at: datetime) -> Escalation:
        """Wait a little, with a reason; never an emergency, never more than an hour in all."""
        self._not_of_another(nurse_id)
        if self.level is TriageLevel.EMERGENCY:
            raise NotAllowed("an emergency cannot wait")
        if not reason.strip():
            raise ValueError("waiting needs a reason")
        total = self.snoozed_minutes + minutes
        if minutes < 1 or total > MOST_SNOOZE_MINUTES:
            raise ValueError(f"an escalation can wait {MOST_SNOOZE_MINUTES} minutes in all")
        until = at + timedelta(minutes=minutes)
        return self._changed(
            next_step_at=max(until, self.next_step_at or until),
            snoozed_reason=reason.strip()[:LONGEST_REASON],
            snoozed_minutes=total,
        )

    def woken(self, *, at: datetime) -> Escalation:
        """Something new came up while it waited: the next step is due now."""
        return self._changed(next_step_at=at, snoozed_reason="")

    def joined(self) -> Escalation:
        """Another cause came to it: whoever looks at it must look again."""
        return self._changed()

    def worked_on(self, *, nurse_id: str, at: datetime) -> Escalation:
        """She is at work on it: the time for an outcome starts again, once."""
        self._not_of_another(nurse_id)
        if self.state is not EscalationState.ACKNOWLEDGED or self.outcome_extended:
            return self
        due = at + timedelta(minutes=self.chain.outcome_within_minutes)
        return self._changed(next_step_at=due, outcome_extended=True)

    def raised(self, *, level: TriageLevel, chain: Chain, at: datetime) -> Escalation:
        """A higher level joined: take its chain from the start, due now, open again."""
        return replace(
            self.reopened(at=at),
            level=level,
            level_since=at,
            heard_at=None,
            chain=chain,
            step=0,
            times_told=0,
            snoozed_reason="",
            snoozed_minutes=0,
        )

    def _not_of_another(self, nurse_id: str) -> None:
        """Raise AlreadyDone when it is closed or another nurse has it."""
        if self.is_closed or self.acknowledged_by not in (None, nurse_id):
            raise AlreadyDone(self.holder or "")

    def _changed(self, **fields: Any) -> Escalation:
        return replace(self, changes=self.changes + 1, **fields)


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

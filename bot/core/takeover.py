"""Takeover: a nurse leads one chat, and what happens when she falls silent.

Her silence is never left to itself: she is reminded; if the patient waits for an
answer the next nurse is told; and then the chatbot leads again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class TakeoverPolicy:
    """How long a nurse who leads may be silent; the hospital's own times, from a file.

    `remind_after` counts from her last words, or from the first words of the patient
    that she has not answered; `go_up_after` from the reminder while the patient waits;
    `hand_back_after` from the last of these steps.
    """

    remind_after: timedelta
    go_up_after: timedelta
    hand_back_after: timedelta


class Ended(StrEnum):
    """How a takeover came to its end."""

    HANDED_BACK = "handed_back"  # by a named nurse
    TAKEN = "taken"  # another nurse took the chat from her
    IDLE = "idle"  # she was silent, reminded, and silent again
    LOST = "lost"  # STOP, a new phone, or a new code: nobody can be led there any more


@dataclass(frozen=True)
class Takeover:
    """One nurse leading one chat, from taking over to its end.

    `touched_at` is when she last wrote there (or took over), `shift_ends_at` when the
    shift ends in which she took over; `look_at` is when her silence is looked at next
    and is null only once it has ended.
    """

    id: str
    conversation_id: str
    patient_id: str
    nurse_id: str
    started_at: datetime
    touched_at: datetime
    look_at: datetime | None
    has_written: bool = False  # whether she has said anything to the patient yet
    shift_ends_at: datetime | None = None
    reminded_at: datetime | None = None
    went_up_at: datetime | None = None
    ended_at: datetime | None = None
    ended: str = ""
    ended_by: str = ""  # a nurse's id, or "" when nobody ended it

    def touched(self, policy: TakeoverPolicy, *, at: datetime, written: bool = True) -> Takeover:
        """She wrote: her silence counts from now."""
        look_at = at + policy.remind_after
        if self.shift_ends_at is not None and self.shift_ends_at > at:
            look_at = min(look_at, self.shift_ends_at)
        has_written = self.has_written or written
        return replace(self, touched_at=at, look_at=look_at, has_written=has_written)


class Step(StrEnum):
    """What her silence leads to next."""

    REMIND = "remind"
    GO_UP = "go_up"
    HAND_BACK = "hand_back"


def next_step(
    takeover: Takeover, policy: TakeoverPolicy, *, unanswered_since: datetime | None, gone: bool
) -> tuple[Step, datetime]:
    """The next step and when it is due.

    `unanswered_since` is the patient's first message that the nurse has not answered.
    She was told that a nurse is writing, so before the first word she waits as well.
    `gone`: the nurse cannot be reminded (signed out, account closed), so that is skipped.
    """
    since = max(takeover.touched_at, unanswered_since or takeover.touched_at)
    waits = unanswered_since is not None or not takeover.has_written
    reminded, went_up = (
        _if_after(takeover.reminded_at, since),
        _if_after(takeover.went_up_at, since),
    )
    if went_up is not None:
        return Step.HAND_BACK, went_up + policy.hand_back_after
    if not gone and reminded is None:
        return Step.REMIND, since + policy.remind_after
    if waits:
        return Step.GO_UP, since if gone or reminded is None else reminded + policy.go_up_after
    back = since if gone or reminded is None else reminded + policy.hand_back_after
    return Step.HAND_BACK, back


def _if_after(moment: datetime | None, since: datetime) -> datetime | None:
    """A step counts only for the silence it was taken in."""
    return moment if moment is not None and moment >= since else None

"""Points: the named moments at which a process is killed, and how it notices them.

Nothing of this is in the product. `process_that_dies` wraps the ports of a real
process (its record, its senders, its dialogue) so that it ends itself with
SIGKILL at the n-th passing of one point: no clean-up, no last words.

A transaction has three moments: `before_commit`; `before_wake` (committed, and
the work it asks for not yet started); `after_commit`. A call to the provider or
to the engine has `before` and `after`.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any, Final

INBOUND: Final = (
    "receive.before_commit",
    "receive.before_wake",
    "receive.after_commit",  # the provider was not told yet that we have it
    "converse.claim.after_commit",
    "converse.look.after_commit",
    "converse.turn.before",
    "converse.turn.after",
    "converse.reply.before_commit",
    "converse.reply.before_wake",
    "converse.reply.after_commit",
)
ACTIONS: Final = ("hear.before_commit", "hear.after_commit")
OUTBOUND: Final = (
    "deliver.claim.before_commit",
    "deliver.claim.after_commit",
    "deliver.send.before",
    "deliver.send.after",  # the provider took it, and we have not written that down
    "deliver.mark.before_commit",
    "deliver.mark.after_commit",
)
CHECK_IN: Final = (
    "check_in.open.before_commit",
    "check_in.open.before_wake",
    "check_in.open.after_commit",
    "check_in.turn.before",
    "check_in.turn.after",
    "check_in.reply.before_commit",
    "check_in.reply.after_commit",
)
NUDGE: Final = (  # a reminder is settled and handed to the outbox in one transaction
    "nudge.tell.before_commit",
    "nudge.tell.before_wake",
    "nudge.tell.after_commit",
)
ESCALATION: Final = (
    "red_flag.before_commit",
    "red_flag.before_wake",
    "red_flag.after_commit",
    "escalation.step.before_commit",
    "escalation.step.before_wake",
    "escalation.step.after_commit",
    "page.send.before",
    "page.send.after",
    "page.mark.before_commit",
)
ROOMS: Final = {
    "inbound": INBOUND,
    "outbound": OUTBOUND,
    "check-in": CHECK_IN,
    "nudge": NUDGE,
    "escalation": ESCALATION,
    "actions": ACTIONS,
}
POINTS: Final = tuple(point for room in ROOMS.values() for point in room)


class Doing(threading.local):
    """What this thread is busy with: a verb, and how far it has come."""

    verb, claimed, subject = "", False, ""

    def begin(self, verb: str) -> None:
        """Check-ins and pages have lanes of their own; what is done there is the same."""
        verb = "deliver" if verb == "page" else verb
        verb = verb.removesuffix("_check_in") if verb != "check_in" else verb
        self.verb, self.claimed, self.subject = verb, False, ""

    def transaction(self, woken: Any) -> str:
        """The name of the transaction that is about to end."""
        works = {work.partition(":")[0] for work, _ in woken}
        if self.verb == "receive":
            return "red_flag" if "escalation" in works else "receive"
        if self.verb == "converse":
            if self.subject:
                return f"{self._done_with()}.reply"
            first, self.claimed = not self.claimed, True
            return "converse.claim" if first else "converse.look"
        if self.verb == "deliver":
            return f"{self._done_with()}.mark" if self.subject else "deliver.claim"
        if self.verb == "check_in" and works & {"converse", "converse_check_in"}:
            return "check_in.open"
        if self.verb == "nudge" and works & {"deliver", "deliver_check_in"}:
            return "nudge.tell"
        if self.verb == "escalation" and "escalation" in works:
            return "escalation.step"
        return self.verb or "other"

    def _done_with(self) -> str:
        """The turn or call that this transaction writes down; another may follow it."""
        subject, self.subject = self.subject, ""
        return subject


class Armed:
    """Kills this process at the n-th passing of one point."""

    def __init__(self, point: str, passing: int, die: Callable[[], None]) -> None:
        self._point, self._left, self._die = point, passing, die
        self._guard = threading.Lock()

    def __call__(self, point: str) -> None:
        if point != self._point:
            return
        with self._guard:
            self._left -= 1
            if self._left <= 0:
                self._die()


def die_now(mark: str) -> None:
    """kill -9, by its own hand. The file `mark` says that it was no accident."""
    if mark:
        os.close(os.open(mark, os.O_CREAT))
    os.kill(os.getpid(), signal.SIGKILL)

"""Errors a person can meet. Each says where, what is wrong and what to do next.

AftercareError
  x PathwayError          a file of the care team cannot be used
  x NotAllowed            this person may not do this
  x NotFound              the thing asked for is not (or no longer) there
  x AlreadyDone           somebody else was first; carries who
  x EngineUnavailable     the dialogue engine did not answer; the message is kept
  x DeliveryFailed        a provider refused or did not take a message
  x BackupError           a backup cannot be made or cannot be restored
"""

from __future__ import annotations


class AftercareError(Exception):
    """Base of every error that a door may show to a person."""


class PathwayError(AftercareError):
    """A care team's file cannot be used: `where: what. what to do`."""

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        self.where, self.what, self.hint = where, what, hint
        super().__init__(f"{where}: {what}" + (f". {hint}" if hint else ""))


class NotAllowed(AftercareError):
    """This person may not do this."""


class NotFound(AftercareError):
    """The thing asked for is not, or no longer, there."""


class AlreadyDone(AftercareError):
    """Somebody else was first; `by` is the name to show."""

    def __init__(self, by: str) -> None:
        self.by = by
        super().__init__(f"already done by {by}")


class EngineUnavailable(AftercareError):
    """The dialogue engine did not answer; the message stays to be tried again."""


class DeliveryFailed(AftercareError):
    """A provider did not take a message.

    `reason` is one of: blocked (the person blocked us), too_fast (wait
    `retry_after` seconds), unknown (no answer, it may have arrived), refused
    (never will be taken), down (try again).
    """

    def __init__(self, reason: str, *, retry_after: float = 0.0, detail: str = "") -> None:
        self.reason, self.retry_after = reason, retry_after
        super().__init__(f"{reason}: {detail}" if detail else reason)


class BackupError(AftercareError):
    """A backup cannot be made or restored; the text says why, and what to do."""

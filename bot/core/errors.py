"""Errors a person can meet. Each says where, what is wrong and what to do next.

AftercareError
  x PathwayError          a file of the care team cannot be used
  x NotAllowed            this person may not do this
  x NotFound              the thing asked for is not (or no longer) there
  x AlreadyDone           somebody else was first; carries who
  x Overtaken             somebody else changed or released it meanwhile; carries who and what
  x NotReleasable         a draft cannot come into force as it is; carries why
  x EngineUnavailable     the dialogue engine did not answer; the message is kept
  x DeliveryFailed        a provider refused or did not take a message
  x BackupError           a backup cannot be made or cannot be restored
"""

from __future__ import annotations

from collections.abc import Mapping


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


class Overtaken(AftercareError):
    """Somebody else was faster, and nothing was saved over her work.

    `by` is the name to show, `theirs` the texts that stand now, by file.
    """

    def __init__(self, by: str, theirs: Mapping[str, str | None]) -> None:
        self.by, self.theirs = by, dict(theirs)
        super().__init__(f"{by} changed it meanwhile: {', '.join(self.theirs)}")


class NotReleasable(AftercareError):
    """A draft cannot come into force. `why` is one of: errors (the check finds some),
    own_draft (she wrote in it herself), not_in_review, no_change, no_number (the house's
    country would lose its emergency number)."""

    def __init__(self, why: str, detail: str = "") -> None:
        self.why = why
        super().__init__(f"{why}: {detail}" if detail else why)


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

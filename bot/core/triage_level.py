"""Triage level: how soon a human must look at what a patient told us."""

from __future__ import annotations

from enum import IntEnum


class TriageLevel(IntEnum):
    """Ordered, so that the highest of several levels is `max(levels)`.

    The four upper levels are the urgency levels E, S, W and C of the clinical
    facts; ROUTINE means that nothing was found, never that the patient is safe.
    """

    ROUTINE = 0
    SELF_CARE = 1
    WITHIN_48_HOURS = 2
    SAME_DAY = 3
    EMERGENCY = 4

    @property
    def word(self) -> str:
        """The name used in files, databases and on the command line."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> TriageLevel:
        """Read a level's word; raises KeyError with the known words."""
        try:
            return cls[word.upper()]
        except KeyError:
            known = ", ".join(level.word for level in cls)
            raise KeyError(f"no triage level '{word}'; known: {known}") from None

    @property
    def needs_nurse(self) -> bool:
        """Whether a nurse must act: everything above self-care."""
        return self >= TriageLevel.WITHIN_48_HOURS

"""Screening: the signs of danger in one message, and the level they call for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.triage_level import TriageLevel
from bot.core.words import Words


@dataclass(frozen=True)
class RedFlag:
    """One sign found: its code, level, the very words, and why it counts, for any reader."""

    code: str
    level: TriageLevel
    span: str
    why: Words


@dataclass(frozen=True)
class Screening:
    """What screening says of one message.

    `ask` is true when a clarifying question and a nurse's look are due although
    no level above routine was reached. `another_person` is true when somebody
    other than the patient is unwell: they get the emergency number, the patient
    gets no escalation. `version` names the lexicons that were used.
    """

    text: str
    level: TriageLevel
    ask: bool = False
    red_flags: tuple[RedFlag, ...] = ()
    another_person: bool = False
    version: str = ""


def raised_by(one: Screening, other: Screening) -> Screening:
    """The first reading of a message, raised by what a second reading found above it."""
    if other.level <= one.level:
        return one
    flags = {flag.code: flag for flag in (*one.red_flags, *other.red_flags)}
    return replace(
        one,
        level=other.level,
        ask=one.ask and not other.level.needs_nurse,
        red_flags=tuple(sorted(flags.values(), key=lambda flag: -flag.level)),
        another_person=False,
    )

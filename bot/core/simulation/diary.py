"""Diary: everything that happened to one invented patient, for counting and reading."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.simulation.people import Person
from bot.core.triage_level import TriageLevel


class End(StrEnum):
    """What became of a check-in."""

    COMPLETED = "completed"
    SILENT = "silent"  # a nurse was told
    OVERTAKEN = "overtaken"  # still open when the next one opened: ended, no nurse told
    STOPPED = "stopped"  # an emergency ended the script
    MISSED = "missed"  # too late to send; a nurse was told
    CANCELLED = "cancelled"  # the patient said STOP


class Speaker(StrEnum):
    """Who a line of a transcript comes from."""

    CHATBOT = "chatbot"
    PATIENT = "patient"
    CAREGIVER = "caregiver"
    NURSE = "nurse"  # a note that a nurse was told; not a message


@dataclass
class Alert:
    """One thing a nurse must look at: a case, or a task. A case may rise and be joined."""

    kind: str  # case | silence | late_check_in | opted_out
    code: str  # the rule, sign or check-in that began it
    level: TriageLevel
    day: int  # after surgery
    joined: int = 0  # further signs that came while it was open


@dataclass(frozen=True)
class Line:
    """One line of a transcript, in the patient's local time."""

    at: datetime
    day: int
    who: Speaker
    text: str


@dataclass
class Diary:
    """One patient's follow-up. Each check-in and each message out of turn is a scene to read."""

    person: Person
    language: str
    ends: Counter[End] = field(default_factory=Counter)
    ends_by_plan: Counter[tuple[str, End]] = field(default_factory=Counter)
    sent: int = 0
    reminders: int = 0  # of an open check-in
    # of the pathway: reminder | teaching | with_a_check_in | skipped
    nudges: Counter[str] = field(default_factory=Counter)
    outside_window: int = 0  # opened at a local hour that the plan does not name
    unasked: Counter[date] = field(default_factory=Counter)
    replies: Counter[date] = field(default_factory=Counter)
    unasked_at_night: int = 0
    replies_at_night: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    unclear: int = 0
    advice: int = 0  # self-care answers: the patient is told what to do, no nurse
    alerts: list[Alert] = field(default_factory=list)
    scenes: list[list[Line]] = field(default_factory=list)
    days: int = 0  # how many days were looked at

    def day_of(self, moment: datetime) -> int:
        """Days after surgery where the patient is."""
        return (self.local(moment).date() - self.person.surgery_on).days

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.person.zone_at(moment)))

    def said(self, moment: datetime, *, night: bool, unasked: bool, messages: int = 1) -> None:
        """Count messages to the patient."""
        day = self.local(moment).date()
        if unasked:
            self.unasked[day] += messages
            self.unasked_at_night += messages if night else 0
        else:
            self.replies[day] += messages
            self.replies_at_night += messages if night else 0

    def new_scene(self) -> None:
        self.scenes.append([])

    def note(self, moment: datetime, who: Speaker, text: str) -> None:
        """Add a line to the running scene."""
        local = self.local(moment)
        line = Line(local, (local.date() - self.person.surgery_on).days, who, text)
        if not self.scenes:
            self.new_scene()
        self.scenes[-1].append(line)

"""Rows: what the indicators are counted from. No names, no words, no ids of patients.

Each row says where it belongs: `ward` (the patient's ward today), `procedure` (the code that
was enrolled) and `month` ("2026-03", on the house's clock; what puts it there stands with
each row).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bot.core.check_in import CheckInState
from bot.core.triage_level import TriageLevel

WHOLE: Final = ""  # in place of a month: the whole period, everybody counted once


class By(StrEnum):
    """What the tables are broken down by; each is a field of every row."""

    MONTH = "month"
    WARD = "ward"
    PROCEDURE = "procedure"


@dataclass(frozen=True, kw_only=True)
class Row:
    ward: str
    procedure: str
    month: str


@dataclass(frozen=True, kw_only=True)
class EpisodeRow(Row):
    """One follow-up, in the month of the patient's discharge.

    `asked_at`: when its first check-in went out. `answered`: whether any check-in was.
    """

    discharge_on: date
    asked_at: datetime | None
    answered: bool


@dataclass(frozen=True, kw_only=True)
class ContactRow(Row):
    """How many check-ins of one place in the plan stand so, in the month they were due.

    `planned`: whether it could go out at all (false: its window lay before the enrolment).
    """

    pathway_id: str
    plan_id: str
    occurrence: int
    state: CheckInState
    planned: bool = True
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class FollowedRow(Row):
    """How many follow-ups had a check-in due: each month, and once for the whole period."""

    count: int


@dataclass(frozen=True, kw_only=True)
class StopRow(Row):
    """How many follow-ups somebody ended with STOP, in the month it was said."""

    count: int


@dataclass(frozen=True, kw_only=True)
class CaseRow(Row):
    """One case, in the month it was opened.

    `since`: when it reached the level it has; `heard_at`: the first nurse who had it at this
    level. `outcome_within` is the deadline that was copied into the case.
    """

    episode_id: str
    level: TriageLevel
    opened_at: datetime
    since: datetime
    heard_at: datetime | None
    closed_at: datetime | None
    outcome_within: timedelta
    outcome: str | None = None
    alert_right: str | None = None
    complication: str | None = None


@dataclass(frozen=True, kw_only=True)
class TaskRow(Row):
    """How many tasks of one level were done, in the month they were made."""

    level: TriageLevel
    count: int


@dataclass(frozen=True, kw_only=True)
class CallBackRow(Row):
    """One call-back with its two clocks, in the month it was made."""

    due_at: datetime
    answered_at: datetime | None
    solve_by: datetime
    done_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ScoreRow(Row):
    """How often one answer was given to one question about the care, in its month."""

    code: str
    value: float
    count: int = 1


@dataclass(frozen=True)
class AnswerRow:
    """How often one value was given at one place in the plan, in the whole period."""

    code: str
    pathway_id: str
    plan_id: str
    occurrence: int
    value: float
    count: int


@dataclass(frozen=True)
class Gathered:
    """All rows of one selection, and what their meaning depends on.

    `now` is the moment the figures are for; `zone` the house's clock; `acknowledge_within`
    the deadlines of the levels as the hospital has them now.
    """

    now: datetime
    zone: str
    acknowledge_within: Mapping[TriageLevel, timedelta]
    episodes: tuple[EpisodeRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    lost: tuple[ContactRow, ...] = ()  # of these, from where on nothing was answered any more
    followed: tuple[FollowedRow, ...] = ()
    stops: tuple[StopRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    call_backs: tuple[CallBackRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    answers: tuple[AnswerRow, ...] = field(default=())

    def split(self, by: By) -> dict[str, Gathered]:
        """The same rows by month, ward or procedure, in order."""
        groups: dict[str, dict[str, list[Any]]] = {}
        for name in GROUPED:
            for row in _once(name, getattr(self, name), by):
                groups.setdefault(getattr(row, by), {}).setdefault(name, []).append(row)
        return {key: self._only(groups[key]) for key in sorted(groups)}

    def whole(self) -> Gathered:
        """The same rows for all together: each follow-up once, not once a month."""
        return replace(self, followed=tuple(one for one in self.followed if one.month == WHOLE))

    def _only(self, rows: Mapping[str, list[Any]]) -> Gathered:
        own: dict[str, Any] = {name: tuple(rows.get(name, ())) for name in GROUPED}
        return replace(self, answers=(), **own)


GROUPED: Final = (
    *("episodes", "contacts", "lost", "followed", "stops"),
    *("cases", "tasks", "call_backs", "scores"),
)


def _once(name: str, rows: Iterable[Any], by: By) -> Iterable[Any]:
    """Follow-ups are counted once a month and once in all: take one of the two."""
    if name != "followed":
        return rows
    return [one for one in rows if (one.month == WHOLE) is not (by is By.MONTH)]

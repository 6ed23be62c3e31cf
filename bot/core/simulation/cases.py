"""Cases: what reaches the nurses for one patient, one open case at a time.

As in the service: a further sign joins the open case and may raise it. A nurse
is taken to close a case when its level's time for an outcome has passed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.shared import LevelPolicy
from bot.core.simulation.diary import Alert, Diary, Speaker
from bot.core.simulation.scene import World
from bot.core.triage_level import TriageLevel


class Cases:
    """The alerts of one patient."""

    def __init__(self, world: World, diary: Diary) -> None:
        self._world, self._diary = world, diary
        self._open: Alert | None = None
        self._closes_at: datetime | None = None

    def raise_case(self, code: str, level: TriageLevel, at: datetime) -> None:
        """Open a case, or join the open one."""
        self._diary.note(at, Speaker.NURSE, f"{level.word}: {code}")
        case = self._open
        if case is None or self._closes_at is None or at >= self._closes_at:
            self._open = Alert("case", code, level, self._diary.day_of(at))
            self._diary.alerts.append(self._open)
            self._closes_at = at + self._time_for(level)
            return
        case.joined += 1
        if level > case.level:
            case.level, self._closes_at = level, at + self._time_for(level)

    def task(self, kind: str, code: str, level: TriageLevel, at: datetime) -> None:
        """A nurse's task that is no case: silence, a late check-in, STOP."""
        self._diary.note(at, Speaker.NURSE, f"{level.word}: {kind} {code}".rstrip())
        self._diary.alerts.append(Alert(kind, code, level, self._diary.day_of(at)))

    def _time_for(self, level: TriageLevel) -> timedelta:
        policy: LevelPolicy | None = self._world.pathway.shared.levels.get(level)
        return (policy.outcome_within if policy else None) or timedelta(days=1)

"""Move: one patient goes over to another version of her pathway, because somebody decided so.

Nobody is moved by a release. What a move does to one patient is worked out here, the same
way for the dry run and for the move itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.check_in import CheckIn, CheckInState
from bot.core.pathway import Pathway
from bot.core.schedule import DueCheckIn


class MoveState(StrEnum):
    WAITING = "waiting"  # a check-in is open: it is finished on the old version first
    DONE = "done"
    DROPPED = "dropped"  # the episode ended meanwhile, or another move was decided


@dataclass(frozen=True)
class Move:
    """One episode on its way. `look_at` is when it is tried again; None: settled."""

    id: str
    episode_id: str
    old_version: str
    new_version: str
    asked_by: str
    asked_at: datetime
    state: MoveState
    look_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True)
class Replan:
    """What becomes of the check-ins that are still to come.

    `changed` pairs each kept row with how it will be; `cancelled` are no longer planned by
    the new version; `added` are new.
    """

    changed: tuple[tuple[CheckIn, CheckIn], ...] = ()
    cancelled: tuple[CheckIn, ...] = ()
    added: tuple[DueCheckIn, ...] = ()
    kept: int = 0

    @property
    def ends_now(self) -> bool:
        """Nothing is left to ask."""
        return not (self.kept or self.changed or self.added)


def replan(
    rows: Iterable[CheckIn],
    due: Iterable[DueCheckIn],
    *,
    now: datetime,
    taken_away_at: Set[datetime] = frozenset(),
) -> Replan:
    """Lay the new version's plan over the rows of the old one.

    What was asked, missed or in silence stays as it is. Days that are over are not caught
    up: the patient was followed on them, by the old version. A check-in that is already due
    and waits for its moment keeps it. `taken_away_at`: when earlier moves cancelled rows.
    """
    known = {(one.plan_id, one.occurrence): one for one in rows if not one.is_extra}
    wanted = {(one.plan_id, one.occurrence): one for one in due if one.goes_out}
    changed, added, kept = [], [], 0
    for key, one in wanted.items():
        row, over = known.get(key), one.window_end <= now
        if row is None:
            if not over:
                added.append(one)
        elif row.state is CheckInState.PLANNED:
            same = (row.due_at, row.window_end) == (one.due_at, one.window_end)
            if same or over or row.due_at <= now:
                kept += 1
            else:
                changed.append((row, _at(row, one)))
        elif row.state is CheckInState.CANCELLED and row.ended_at in taken_away_at and not over:
            changed.append((row, _at(row, one)))
    gone = [
        row for key, row in known.items() if row.state is CheckInState.PLANNED and key not in wanted
    ]
    return Replan(tuple(changed), tuple(gone), tuple(added), kept)


def _at(row: CheckIn, one: DueCheckIn) -> CheckIn:
    return replace(
        row,
        state=CheckInState.PLANNED,
        due_at=one.due_at,
        window_end=one.window_end,
        ended_at=None,
        follow_up_at=None,
    )


def questions_to_come(pathway: Pathway, plan_ids: Iterable[str]) -> set[str]:
    """Every question that these check-ins ask; a plan this version lacks asks none."""
    plans = {one.id: one for one in pathway.check_ins}
    return {name for id in plan_ids if id in plans for name in plans[id].questions}

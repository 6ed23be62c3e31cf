"""Plan nudges: every reminder and piece of teaching of an episode as a row of its own."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.nudge import Nudge, NudgeKind, NudgeState
from bot.core.nudge_plan import DueNudge, plan_nudges
from bot.core.schedule import Timetable
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom


def write_nudges(tx: Transaction, parts: Parts, who: Whom) -> None:
    """The rows of an episode that starts now."""
    now = parts.clock.now()
    tx.nudges.add_all(_row(parts, who, one) for one in _due(who, now))


def write_missing_nudges(tx: Transaction, parts: Parts, who: Whom) -> None:
    """The rows of an episode that began when nobody sent any: only what is still ahead.

    What was to be taught from an earlier day on was said at the end of check-ins then.
    """
    if not (who.pathway.reminders or who.pathway.teaching):
        return
    if tx.nudges.one(episode_id=who.episode.id) is not None:
        return
    now = parts.clock.now()
    for one in _due(who, now):
        if one.kind is NudgeKind.REMINDER or _begins_later(who, one, now):
            tx.nudges.add_if_new(_row(parts, who, one))


def rewrite_nudges(
    tx: Transaction, parts: Parts, who: Whom, *, now: datetime, taken_away_at: Set[datetime]
) -> None:
    """Lay the plan of another version over what is still to come; what is over stays as it is.

    `taken_away_at`: when earlier moves cancelled rows, which may now come back.
    """
    rows = tx.nudges.find(episode_id=who.episode.id)
    known = {(one.kind, one.plan_id, one.occurrence): one for one in rows}
    due = _due(who, who.episode.started_at or now)
    wanted = {(one.kind, one.plan_id, one.occurrence): one for one in due}
    for key, row in known.items():
        if row.state is NudgeState.PLANNED and key not in wanted:
            tx.nudges.swap(row, replace(row, state=NudgeState.CANCELLED, settled_at=now))
    for key, one in wanted.items():
        if one.due_at <= now:
            continue
        planned, old = _row(parts, who, one), known.get(key)
        if old is None:
            tx.nudges.add(planned)
        elif old.state is NudgeState.PLANNED or old.settled_at in taken_away_at:
            tx.nudges.swap(old, replace(planned, id=old.id, tries=old.tries))


def _due(who: Whom, now: datetime) -> tuple[DueNudge, ...]:
    episode = who.episode
    habits = Timetable(
        surgery_on=episode.surgery_on,
        discharge_on=episode.discharge_on,
        zone=who.patient.time_zone,
        tier=str(episode.risk_tier),
        enrolled_at=now,
    )
    return plan_nudges(who.pathway, habits)


def _begins_later(who: Whom, one: DueNudge, now: datetime) -> bool:
    lesson = who.pathway.lesson(one.plan_id)
    first = who.episode.surgery_on + timedelta(days=lesson.from_day if lesson else 0)
    return first > who.today(now)


def _row(parts: Parts, who: Whom, one: DueNudge) -> Nudge:
    return Nudge(
        id=parts.ids.new(),
        episode_id=who.episode.id,
        kind=one.kind,
        plan_id=one.plan_id,
        occurrence=one.occurrence,
        due_at=one.due_at,
        send_until=one.send_until,
        look_at=one.due_at,
    )

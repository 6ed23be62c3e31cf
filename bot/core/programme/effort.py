"""Effort: how many minutes nurses are busy with the programme. An estimate, never measured."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.programme.figure import Figure, Kind, per_100
from bot.core.programme.rows import CaseRow, FollowedRow, TaskRow
from bot.core.simulation.assumptions import NURSE_MINUTES


def nurse_minutes(cases: Sequence[CaseRow], tasks: Sequence[TaskRow]) -> Figure:
    """护士工时（估算）, in minutes; `n` is how many cases and tasks it rests on.

    Closed cases and done tasks of the period times the minutes of their level: 30 for an
    emergency, 15 for the same day, 8 for within 48 hours. These minutes are a proposal of
    this project, the same that the forecast of `aftercare pathway simulate` takes, and no
    measurement. Left out: what is not closed or done yet, and tasks about no patient.
    """
    closed = [one for one in cases if one.closed_at is not None]
    minutes = sum(NURSE_MINUTES.get(one.level, 0.0) for one in closed)
    minutes += sum(NURSE_MINUTES.get(one.level, 0.0) * one.count for one in tasks)
    n = len(closed) + sum(one.count for one in tasks)
    return Figure(Kind.WORK, minutes, n, left_out=len(cases) - len(closed))


def nurse_minutes_per_100(
    cases: Sequence[CaseRow], tasks: Sequence[TaskRow], followed: Sequence[FollowedRow]
) -> Figure:
    """每百例护士工时（估算）, in minutes per 100 follow-ups with a check-in due in the period.

    To compare with: 9.3 hours (558 minutes) per 100 patients for follow-up by telephone, by
    people, measured by Bian 2020 (J Med Internet Res 22(5):e16896).
    """
    whole = nurse_minutes(cases, tasks)
    of = sum(one.count for one in followed)
    return per_100(whole.value or 0.0, of, kind=Kind.WORK, left_out=whole.left_out)

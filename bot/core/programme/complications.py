"""Complications: what a clinician graded, never what a patient wrote.

Grades are those of Clavien and Dindo (Dindo 2004, Ann Surg 240:205), noted by nurse or
surgeon when a case is closed. The highest grade of a follow-up counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.core.escalation import GRADES, NO_COMPLICATION
from bot.core.programme.figure import Figure, count, share
from bot.core.programme.rows import CaseRow, FollowedRow

SEVERE: Final = "IIIa"  # from here on: an intervention, intensive care, or death


def highest(cases: Sequence[CaseRow]) -> dict[str, str]:
    """The highest grade of each follow-up that has one, by its id."""
    found: dict[str, str] = {}
    for one in cases:
        grade = one.complication
        if grade in GRADES and GRADES.index(grade) >= GRADES.index(
            found.get(one.episode_id, grade)
        ):
            found[one.episode_id] = grade
    return found


def complications(cases: Sequence[CaseRow], followed: Sequence[FollowedRow]) -> Figure:
    """并发症发生率, in percent.

    Counted: follow-ups with a graded complication in a case opened in the period. Of:
    follow-ups with a check-in due in the period. Left out: complications that raised no
    case or were not graded, so the true rate is at least this. `left_out` is the number of
    closed cases for which nobody said whether there was one.
    """
    return _share(len(highest(cases)), cases, followed)


def severe_complications(cases: Sequence[CaseRow], followed: Sequence[FollowedRow]) -> Figure:
    """严重并发症发生率, in percent: the same, grade IIIa or higher."""
    grades = highest(cases).values()
    severe = sum(GRADES.index(one) >= GRADES.index(SEVERE) for one in grades)
    return _share(severe, cases, followed)


def of_grade(cases: Sequence[CaseRow], grade: str) -> Figure:
    """How many follow-ups have this grade as their highest."""
    return count(list(highest(cases).values()).count(grade))


def _share(found: int, cases: Sequence[CaseRow], followed: Sequence[FollowedRow]) -> Figure:
    of = max(sum(one.count for one in followed), len({one.episode_id for one in cases}))
    silent = sum(
        one.closed_at is not None and one.complication not in (*GRADES, NO_COMPLICATION)
        for one in cases
    )
    return share(found, of, left_out=silent)

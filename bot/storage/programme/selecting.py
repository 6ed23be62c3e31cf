"""Selecting: what all statements of the programme share: the place, the limits, the months.

A month is a comparison with moments that the caller made from the house's clock: neither
database has to know a time zone.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func

from bot.core.patient import END_MERGED
from bot.services.ports import Selection
from bot.storage.tables import episodes, patients

PLACE: Final = (patients.c.ward, episodes.c.procedure_code)
NOBODYS: Final = ("mistake", END_MERGED)  # follow-ups that should never have been
MONTH: Final = "month_no"  # by this name the database groups; see `month`


class Statements:
    """Statements on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection


def of_episode(table: Any) -> Any:
    """A table with `episode_id`, joined with the follow-up and the patient."""
    return table.join(episodes, episodes.c.id == table.c.episode_id).join(
        patients, patients.c.id == episodes.c.patient_id
    )


def within(asked: Selection) -> list[ColumnElement[bool]]:
    """The ward, which may be the limit of what she may see at all, and the procedure; and no
    follow-up that was a mistake or a second registration."""
    # Nearly every row fits. Written so that SQLite does not begin with the index on the
    # first, and PostgreSQL does not take either for a rare thing: each would then walk through
    # all patients for the few of one month. A task may be about no follow-up: no reason then.
    where: list[ColumnElement[bool]] = [
        patients.c.merged_into.is_not(None).is_(False),
        func.coalesce(episodes.c.end_reason, "").not_in(NOBODYS),
    ]
    if asked.ward is not None:
        where.append(patients.c.ward == asked.ward)
    if asked.procedure is not None:
        where.append(episodes.c.procedure_code == asked.procedure)
    return where


def in_period(asked: Selection, moment: Any) -> ColumnElement[bool]:
    return and_(moment >= asked.months[0].starts_at, moment < asked.months[-1].ends_at)


def month(asked: Selection, moment: Any) -> Any:
    """Which of the months a moment falls in, as its place among them."""
    early = [(moment < one.ends_at, number) for number, one in enumerate(asked.months[:-1])]
    # A case needs one comparison at least: before the beginning there is nothing.
    early = early or [(moment < asked.months[0].starts_at, 0)]
    return case(*early, else_=len(asked.months) - 1).label(MONTH)

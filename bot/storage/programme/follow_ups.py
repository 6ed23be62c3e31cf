"""Follow-up statements: discharges, check-ins, and who said STOP."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, case, distinct, exists, func, or_, select

from bot.core.check_in import CheckInState
from bot.core.patient import EpisodeState
from bot.core.programme.rows import WHOLE, ContactRow, EpisodeRow, FollowedRow, StopRow
from bot.services.ports import Selection
from bot.storage.programme.selecting import (
    MONTH,
    PLACE,
    Statements,
    in_period,
    month,
    of_episode,
    within,
)
from bot.storage.tables import check_ins, consents, episodes, patients

ANSWERED: Final = (CheckInState.COMPLETED, CheckInState.STOPPED)


class FollowUpStatements(Statements):
    """Who was followed up, and what became of each check-in."""

    def wards(self) -> list[str]:
        """The wards that have patients."""
        query = select(patients.c.ward).distinct().order_by(patients.c.ward)
        return list(self._connection.execute(query).scalars())

    def procedures(self, ward: str | None) -> list[str]:
        """The procedures of the patients of one ward, or of all."""
        code = episodes.c.procedure_code
        query = select(code).distinct().order_by(code)
        if ward is not None:
            query = query.join(patients, patients.c.id == episodes.c.patient_id)
            query = query.where(patients.c.ward == ward)
        return list(self._connection.execute(query).scalars())

    def episodes(self, asked: Selection) -> list[EpisodeRow]:
        e, c = episodes.c, check_ins.c
        discharged = (e.discharge_on >= asked.months[0].first) & (
            e.discharge_on <= asked.months[-1].last
        )
        # Grouped by the follow-up alone, before its place is looked up: less to sort.
        reached = (
            select(
                c.episode_id,
                func.min(c.opened_at).label("asked_at"),
                func.max(case((c.state.in_(ANSWERED), 1), else_=0)).label("answered"),
            )
            .where(c.episode_id.in_(select(e.id).where(discharged)))
            .group_by(c.episode_id)
            .subquery()
        )
        query = (
            select(*PLACE, e.discharge_on, reached.c.asked_at, reached.c.answered)
            .select_from(
                episodes.join(patients, patients.c.id == e.patient_id).outerjoin(
                    reached, reached.c.episode_id == e.id
                )
            )
            .where(discharged, e.state != EpisodeState.CANCELLED, *within(asked))
        )
        return [
            EpisodeRow(
                ward=ward,
                procedure=procedure,
                month=f"{day:%Y-%m}",
                discharge_on=day,
                asked_at=at,
                answered=bool(did),
            )
            for ward, procedure, day, at, did in self._connection.execute(query)
        ]

    def contacts(self, asked: Selection) -> list[ContactRow]:
        """Check-ins by where they stand in the plan, and how they ended."""
        c = check_ins.c
        return self._contacts(asked, or_(c.due_at < asked.now, c.opened_at.is_not(None)))

    def lost(self, asked: Selection) -> list[ContactRow]:
        """Of these, the first silence of each follow-up after which nothing was answered."""
        c, before = check_ins.c, check_ins.alias("before")
        silent_before = exists().where(
            before.c.episode_id == c.episode_id,
            before.c.due_at < c.due_at,
            before.c.state == CheckInState.SILENT,
            ~_answered_after(before),
        )
        first = and_(c.state == CheckInState.SILENT, ~_answered_after(check_ins), ~silent_before)
        return self._contacts(asked, first)

    def _contacts(self, asked: Selection, where: Any) -> list[ContactRow]:
        c = check_ins.c
        # What could never go out was never ended: see `bot.services.start_episode`.
        never = and_(c.state == CheckInState.MISSED, c.ended_at.is_(None))
        where_in_plan = (episodes.c.pathway_id, c.plan_id, c.occurrence, c.state)
        query = (
            select(*PLACE, month(asked, c.due_at), *where_in_plan)
            .add_columns(case((never, 0), else_=1).label("planned"), func.count())
            .select_from(of_episode(check_ins))
            .where(in_period(asked, c.due_at), *within(asked), where)
            .group_by(*PLACE, MONTH, *where_in_plan, "planned")
        )
        return [
            ContactRow(
                ward=ward,
                procedure=procedure,
                month=asked.months[number].name,
                pathway_id=pathway,
                plan_id=plan,
                occurrence=turn,
                state=state,
                planned=bool(planned),
                count=times,
            )
            for ward, procedure, number, pathway, plan, turn, state, planned, times in (
                self._connection.execute(query)
            )
        ]

    def followed(self, asked: Selection) -> list[FollowedRow]:
        """Follow-ups with a check-in due: by month, and each once for the whole period."""
        c = check_ins.c
        # The months of a follow-up as bits of one number: the table is read once for both.
        bits = [(c.due_at < one.ends_at, 1 << number) for number, one in enumerate(asked.months)]
        due = (
            select(c.episode_id, func.sum(distinct(case(*bits))).label("months"))
            .where(
                in_period(asked, c.due_at),
                c.due_at < asked.now,
                c.state != CheckInState.CANCELLED,
            )
            .group_by(c.episode_id)
            .subquery()
        )
        query = (
            select(*PLACE, due.c.months, func.count())
            .select_from(of_episode(due))
            .where(*within(asked))
            .group_by(*PLACE, due.c.months)
        )
        return [
            FollowedRow(ward=ward, procedure=procedure, month=name, count=times)
            for ward, procedure, months, times in self._connection.execute(query)
            for name in (WHOLE, *_months(asked, months))
        ]

    def stops(self, asked: Selection) -> list[StopRow]:
        at = consents.c.decided_at
        joined = of_episode(consents)
        query = (
            select(*PLACE, month(asked, at), func.count(distinct(consents.c.episode_id)))
            .select_from(joined)
            .where(consents.c.decision == "withdrawn", in_period(asked, at), *within(asked))
            .group_by(*PLACE, MONTH)
        )
        return [
            StopRow(ward=ward, procedure=procedure, month=asked.months[number].name, count=times)
            for ward, procedure, number, times in self._connection.execute(query)
        ]


def _answered_after(table: Any) -> Any:
    """Whether a later check-in of the same follow-up was answered."""
    later = check_ins.alias()
    return exists().where(
        later.c.episode_id == table.c.episode_id,
        later.c.due_at > table.c.due_at,
        later.c.state.in_(ANSWERED),
    )


def _months(asked: Selection, bits: int) -> list[str]:
    """The names of the months whose bits are set, the first month's being the lowest."""
    return [one.name for number, one in enumerate(asked.months) if bits >> number & 1]

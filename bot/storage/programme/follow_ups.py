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
        joined = episodes.join(patients, patients.c.id == episodes.c.patient_id)
        query = select(code).distinct().select_from(joined).order_by(code)
        if ward is not None:
            query = query.where(patients.c.ward == ward)
        return list(self._connection.execute(query).scalars())

    def episodes(self, asked: Selection) -> list[EpisodeRow]:
        on, first_asked = episodes.c.discharge_on, func.min(check_ins.c.opened_at)
        answered = func.max(case((check_ins.c.state.in_(ANSWERED), 1), else_=0))
        joined = episodes.join(patients, patients.c.id == episodes.c.patient_id).outerjoin(
            check_ins, check_ins.c.episode_id == episodes.c.id
        )
        query = (
            select(*PLACE, on, first_asked, answered)
            .select_from(joined)
            .where(
                on >= asked.months[0].first,
                on <= asked.months[-1].last,
                episodes.c.state != EpisodeState.CANCELLED,
                *within(asked),
            )
            .group_by(episodes.c.id, *PLACE, on)
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
        """Of these, the ones that met silence after an answer (or first of all), and after
        which nothing was answered."""
        c, later, before = check_ins.c, check_ins.alias("later"), check_ins.alias("before")
        answered_later = exists().where(
            later.c.episode_id == c.episode_id,
            later.c.due_at > c.due_at,
            later.c.state.in_(ANSWERED),
        )
        how_before = (
            select(before.c.state)
            .where(
                before.c.episode_id == c.episode_id,
                before.c.due_at < c.due_at,
                before.c.state.in_((*ANSWERED, CheckInState.SILENT)),
            )
            .order_by(before.c.due_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        first_silence = or_(how_before.is_(None), how_before.in_(ANSWERED))
        silent = c.state == CheckInState.SILENT
        return self._contacts(asked, and_(silent, first_silence, ~answered_later))

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
        many = func.count(distinct(check_ins.c.episode_id))
        where = (
            in_period(asked, check_ins.c.due_at),
            check_ins.c.due_at < asked.now,
            check_ins.c.state != CheckInState.CANCELLED,
            *within(asked),
        )
        whole = (
            select(*PLACE, many).select_from(of_episode(check_ins)).where(*where).group_by(*PLACE)
        )
        found = [
            FollowedRow(ward=ward, procedure=procedure, month=WHOLE, count=times)
            for ward, procedure, times in self._connection.execute(whole)
        ]
        monthly = (
            select(*PLACE, month(asked, check_ins.c.due_at), many)
            .select_from(of_episode(check_ins))
            .where(*where)
            .group_by(*PLACE, MONTH)
        )
        found += [
            FollowedRow(
                ward=ward, procedure=procedure, month=asked.months[number].name, count=times
            )
            for ward, procedure, number, times in self._connection.execute(monthly)
        ]
        return found

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

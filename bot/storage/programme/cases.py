"""Case statements: escalations with their times, tasks that were done, call-backs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bot.core.programme.rows import CallBackRow, CaseRow
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
from bot.storage.tables import episodes, escalations, patients, tasks


class CaseStatements(Statements):
    """What nurses had to do, and when they did it."""

    def cases(self, asked: Selection) -> list[CaseRow]:
        e = escalations.c
        joined = of_episode(escalations)
        columns = (e.episode_id, e.level, e.opened_at, e.level_since, e.heard_at, e.closed_at)
        query = (
            select(*PLACE, month(asked, e.opened_at), *columns, e.chain, e.outcome)
            .add_columns(e.alert_right, e.complication)
            .select_from(joined)
            .where(in_period(asked, e.opened_at), *within(asked))
        )
        return [
            CaseRow(
                ward=one.ward,
                procedure=one.procedure_code,
                month=asked.months[one.month_no].name,
                episode_id=one.episode_id,
                level=one.level,
                opened_at=one.opened_at,
                since=one.level_since or one.opened_at,
                heard_at=one.heard_at,
                closed_at=one.closed_at,
                outcome_within=timedelta(minutes=one.chain.outcome_within_minutes),
                outcome=one.outcome,
                alert_right=one.alert_right,
                complication=one.complication,
            )
            for one in self._connection.execute(query)
        ]

    def tasks_done(self, asked: Selection) -> list[tuple[str, str, str, str, int]]:
        """(ward, procedure, month, kind, how many) of tasks about a patient that are done."""
        query = (
            select(*_task_place())
            .add_columns(month(asked, tasks.c.created_at), tasks.c.kind, func.count())
            .select_from(_tasks())
            .where(in_period(asked, tasks.c.created_at), tasks.c.done_at.is_not(None))
            .where(*within(asked))
            .group_by(patients.c.ward, episodes.c.procedure_code, MONTH, tasks.c.kind)
        )
        return [
            (ward, procedure, asked.months[number].name, kind, times)
            for ward, procedure, number, kind, times in self._connection.execute(query)
        ]

    def call_backs(self, asked: Selection) -> list[CallBackRow]:
        t = tasks.c
        query = (
            select(*_task_place(), month(asked, t.created_at))
            .add_columns(t.due_at, t.answered_at, t.solve_by, t.done_at)
            .select_from(_tasks())
            .where(in_period(asked, t.created_at), t.solve_by.is_not(None), *within(asked))
        )
        return [
            CallBackRow(
                ward=ward,
                procedure=procedure,
                month=asked.months[number].name,
                due_at=due,
                answered_at=answered,
                solve_by=solve_by,
                done_at=done,
            )
            for ward, procedure, number, due, answered, solve_by, done in (
                self._connection.execute(query)
            )
        ]


def _tasks() -> Any:
    return tasks.join(patients, patients.c.id == tasks.c.patient_id).outerjoin(
        episodes, episodes.c.id == tasks.c.episode_id
    )


def _task_place() -> tuple[Any, ...]:
    """A task may be about a patient and no follow-up of hers."""
    return patients.c.ward, func.coalesce(episodes.c.procedure_code, "").label("procedure_code")

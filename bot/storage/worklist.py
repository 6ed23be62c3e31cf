"""Worklist: its own questions to the record. One query for each lane, however many cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)

from bot.core.escalation import Escalation, EscalationState
from bot.core.patient import Episode, Patient
from bot.core.staff import NurseTask
from bot.core.triage_level import TriageLevel
from bot.core.worklist import Fits, Whose
from bot.storage import tables
from bot.storage.rows import names_of

CASES, PEOPLE, EPISODES, TASKS = (
    *(tables.escalations, tables.patients),
    *(tables.episodes, tables.tasks),
)
CAUSES, TOLD, LEADS, CHATS = (
    *(tables.causes, tables.notifications),
    *(tables.takeovers, tables.conversations),
)
Marks = dict[str | None, list[object]]


def _columns(table: Any, cls: type) -> list[ColumnElement[Any]]:
    return [table.c[name] for name in names_of(cls)]


CASE_COLUMNS = _columns(CASES, Escalation)
PATIENT_COLUMNS = _columns(PEOPLE, Patient)
EPISODE_COLUMNS = _columns(EPISODES, Episode)
TASK_COLUMNS = _columns(TASKS, NurseTask)


def _is(state: EscalationState) -> ColumnElement[bool]:
    # The word itself, so that both databases see which part of the index they need.
    return CASES.c.state == literal_column(f"'{state.value}'")


OPEN, ACKNOWLEDGED = _is(EscalationState.OPEN), _is(EscalationState.ACKNOWLEDGED)
UNHEARD_EMERGENCY = and_(OPEN, CASES.c.level == TriageLevel.EMERGENCY)


class SqlWorklist:
    """Implements the `WorklistRows` port on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cases(
        self, fits: Fits, state: EscalationState, *, limit: int
    ) -> list[tuple[Escalation, Patient, Episode]]:
        """The open cases that fit: the gravest first, then the nearest deadline."""
        query = (
            select(*CASE_COLUMNS, *PATIENT_COLUMNS, *EPISODE_COLUMNS)
            .select_from(CASES.join(PEOPLE).join(EPISODES, EPISODES.c.id == CASES.c.episode_id))
            .where(_is(state), _case_fits(fits))
            .order_by(CASES.c.level.desc(), _deadline(), CASES.c.id)
            .limit(limit)
        )
        first, second = len(CASE_COLUMNS), len(CASE_COLUMNS) + len(PATIENT_COLUMNS)
        return [
            (Escalation(*row[:first]), Patient(*row[first:second]), Episode(*row[second:]))
            for row in self._connection.execute(query)
        ]

    def count_cases(self, fits: Fits) -> dict[str, int]:
        """How many fit, by state."""
        query = (
            select(CASES.c.state, func.count())
            .select_from(CASES.join(PEOPLE))
            .where(or_(OPEN, ACKNOWLEDGED), _case_fits(fits))
            .group_by(CASES.c.state)
        )
        return {str(state): count for state, count in self._connection.execute(query)}

    def tasks(self, fits: Fits, *, limit: int) -> list[tuple[NurseTask, Patient | None]]:
        """The tasks that fit, the nearest deadline first; None: it is about no patient."""
        query = _of_tasks(select(*TASK_COLUMNS, *PATIENT_COLUMNS), fits)
        query = query.order_by(TASKS.c.due_at, TASKS.c.id).limit(limit)
        cut = len(TASK_COLUMNS)
        return [
            (NurseTask(*row[:cut]), Patient(*row[cut:]) if row[cut] else None)
            for row in self._connection.execute(query)
        ]

    def count_tasks(self, fits: Fits) -> int:
        query = _of_tasks(select(func.count()), fits)
        return int(self._connection.execute(query).scalar_one())

    def emergencies(self) -> list[tuple[str, int, str]]:
        """(id, changes, ward) of each emergency that nobody has."""
        query = select(CASES.c.id, CASES.c.changes, PEOPLE.c.ward)
        query = query.select_from(CASES.join(PEOPLE)).where(UNHEARD_EMERGENCY)
        found = self._connection.execute(query.order_by(CASES.c.opened_at, CASES.c.id))
        return [(id, changes, ward) for id, changes, ward in found]

    def marks(self) -> Marks:
        """By ward, numbers that change with anything a worklist shows; None: of no ward.

        A case's own count of changes grows with another cause too.
        """
        found: Marks = {}
        for query in (_case_marks(), _task_marks(), _lead_marks()):
            for row in self._connection.execute(query):
                found.setdefault(row[0], []).append(tuple(row[1:]))
        return found


def _deadline() -> ColumnElement[Any]:
    return func.coalesce(CASES.c.next_step_at, CASES.c.opened_at)


def _case_fits(fits: Fits) -> ColumnElement[bool]:
    scope = true() if fits.scope is None else PEOPLE.c.ward == fits.scope
    if not fits.sought.narrowed:
        return scope
    return and_(scope, or_(UNHEARD_EMERGENCY, and_(true(), *_case_wishes(fits))))


def _case_wishes(fits: Fits) -> list[ColumnElement[bool]]:
    sought, wishes = fits.sought, _patient_wishes(fits)
    if sought.level is not None:
        wishes.append(CASES.c.level == sought.level)
    if sought.kind:
        same = CAUSES.c.escalation_id == CASES.c.id
        wishes.append(exists().where(same, CAUSES.c.kind == sought.kind))
    if sought.whose is Whose.MINE:
        same = TOLD.c.escalation_id == CASES.c.id
        told = exists().where(same, TOLD.c.nurse_id == fits.nurse_id)
        wishes.append(or_(CASES.c.acknowledged_by == fits.nurse_id, and_(OPEN, told)))
    if sought.whose is Whose.TEAM:
        wishes.append(or_(OPEN, CASES.c.acknowledged_by.in_(fits.team)))
    return wishes


def _patient_wishes(fits: Fits) -> list[ColumnElement[bool]]:
    sought, wishes = fits.sought, list[ColumnElement[bool]]()
    if sought.ward:
        wishes.append(PEOPLE.c.ward == sought.ward)
    if sought.search:
        named = PEOPLE.c.name.icontains(sought.search, autoescape=True)
        wishes.append(or_(named, PEOPLE.c.hospital_id.icontains(sought.search, autoescape=True)))
    return wishes


def _of_tasks(query: Select[Any], fits: Fits) -> Select[Any]:
    nobody = TASKS.c.patient_id.is_(None)
    query = query.select_from(TASKS.outerjoin(PEOPLE, PEOPLE.c.id == TASKS.c.patient_id))
    query = query.where(TASKS.c.done_at.is_(None))
    if fits.scope is not None:
        query = query.where(or_(nobody, PEOPLE.c.ward == fits.scope))
    if fits.sought.kind:
        query = query.where(TASKS.c.kind == fits.sought.kind)
    return query.where(*_patient_wishes(fits))


def _case_marks() -> Select[Any]:
    numbers = (func.count(), func.sum(CASES.c.changes), func.max(CASES.c.opened_at))
    query = select(PEOPLE.c.ward, *numbers).select_from(CASES.join(PEOPLE))
    return query.where(or_(OPEN, ACKNOWLEDGED)).group_by(PEOPLE.c.ward)


def _task_marks() -> Select[Any]:
    numbers = (func.count(), func.count(TASKS.c.answered_at), func.max(TASKS.c.created_at))
    joined = TASKS.outerjoin(PEOPLE, PEOPLE.c.id == TASKS.c.patient_id)
    query = select(PEOPLE.c.ward, *numbers).select_from(joined)
    return query.where(TASKS.c.done_at.is_(None)).group_by(PEOPLE.c.ward)


def _lead_marks() -> Select[Any]:
    """A led chat's line changes with every message in it: it says who waits."""
    joined = LEADS.join(PEOPLE).join(CHATS, CHATS.c.id == LEADS.c.conversation_id)
    said = (LEADS.c.id, LEADS.c.touched_at, CHATS.c.last_seq, CHATS.c.last_out)
    query = select(PEOPLE.c.ward, *said).select_from(joined)
    return query.where(LEADS.c.ended_at.is_(None)).order_by(LEADS.c.id)

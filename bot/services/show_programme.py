"""Show the programme: every indicator for some months, in the wards that the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.check_in import EXTRA_FROM
from bot.core.pathway import Pathway
from bot.core.permissions import Permission
from bot.core.programme.answers import OVER_TIME
from bot.core.programme.figure import Figure, Kind
from bot.core.programme.opinion import OPINIONS
from bot.core.programme.period import month_of, months, months_before
from bot.core.programme.rows import AnswerRow, By, ContactRow, Gathered, TaskRow
from bot.core.programme.tables import Table, by_contact, by_grade, by_shift, over_time, sections
from bot.core.staff import Nurse
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.services.audit import note
from bot.services.nurse_tasks import DUE_LIKE
from bot.services.parts import Parts
from bot.services.permissions import require, scope
from bot.services.ports import ProgrammeRows, Selection

SHOWN_AT_FIRST: Final = 3  # months, of which the last is not over


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for; empty is everything, or the months shown at first.

    `first` and `last` are months like "2026-03". `export`: it leaves the house as a file.
    """

    first: str = ""
    last: str = ""
    ward: str = ""
    procedure: str = ""
    by: By = By.MONTH
    export: bool = False


@dataclass(frozen=True)
class ProgrammeView:
    """`wanted` as it was understood; `tables` in the order of the page.

    `wards` and `procedures` are what may be chosen; `titles` are operations by their code,
    `questions` names of questions by theirs, where the library knows them.
    """

    wanted: Wanted
    now: datetime
    tables: tuple[Table, ...]
    wards: tuple[str, ...]
    procedures: tuple[str, ...]
    titles: Mapping[str, Words]
    questions: Mapping[str, Words]

    def table(self, id: str) -> Table:
        return next(one for one in self.tables if one.id == id)

    def figure(self, table: str, labels: tuple[str, ...], column: str) -> Figure:
        """One figure; an empty one where the table has no such line."""
        found = self.table(table)
        at = found.columns.index(column)
        figures = (one.figures[at] for one in found.lines if one.labels == labels)
        return next(figures, Figure(Kind.SHARE, None, 0))


def show_programme(parts: Parts, nurse: Nurse, wanted: Wanted) -> ProgrammeView:
    """The programme of her ward, or of every ward for those who see the whole house.

    That she saw or took it is noted. Raises NotAllowed, and ValueError for months that are
    none (see `bot.core.programme.period`).
    """
    require(nurse, Permission.SEE_PROGRAMME)
    now, zone = parts.clock.now(), parts.house.default_time_zone
    limit = scope(nurse).get("ward")
    wanted = _understood(wanted, month_of(now, zone), limit)
    asked = Selection(
        months=months(wanted.first, wanted.last, zone),
        now=now,
        ward=limit if limit is not None else wanted.ward or None,
        procedure=wanted.procedure or None,
    )
    with parts.record.reading() as tx:
        gathered = _gathered(tx.programme, parts, asked)
        wards = tx.programme.wards() if limit is None else [limit]
        procedures = tx.programme.procedures(limit)
    with parts.record.transaction() as tx:
        action = "exported_programme" if wanted.export else "saw_programme"
        details = f"{wanted.first}..{wanted.last} {wanted.ward} {wanted.procedure}".strip()
        note(tx, parts, who=nurse.id, action=action, about="programme", details=details)
    return ProgrammeView(
        wanted=wanted,
        now=now,
        tables=_tables(parts, gathered, wanted.by),
        wards=tuple(wards),
        procedures=tuple(procedures),
        titles={code: found.title for code in procedures if (found := _pathway(parts, code))},
        questions=_question_names(parts),
    )


def _understood(wanted: Wanted, this_month: str, limit: str | None) -> Wanted:
    """With the months filled in, and her own ward where she sees no other."""
    last = wanted.last or this_month
    first = wanted.first or (months_before(last, SHOWN_AT_FIRST - 1))
    return replace(wanted, first=first, last=last, ward=wanted.ward if limit is None else limit)


def _gathered(rows: ProgrammeRows, parts: Parts, asked: Selection) -> Gathered:
    levels = parts.library.shared.levels
    return Gathered(
        now=asked.now,
        zone=parts.house.default_time_zone,
        acknowledge_within={
            level: one.acknowledge_within
            for level, one in levels.items()
            if one.acknowledge_within is not None
        },
        episodes=tuple(rows.episodes(asked)),
        contacts=tuple(rows.contacts(asked)),
        lost=tuple(rows.lost(asked)),
        followed=tuple(rows.followed(asked)),
        stops=tuple(rows.stops(asked)),
        cases=tuple(rows.cases(asked)),
        tasks=tuple(
            TaskRow(
                ward=ward,
                procedure=procedure,
                month=month,
                level=DUE_LIKE.get(kind, TriageLevel.SAME_DAY),
                count=count,
            )
            for ward, procedure, month, kind, count in rows.tasks_done(asked)
        ),
        call_backs=tuple(rows.call_backs(asked)),
        scores=tuple(rows.scores(asked, OPINIONS)),
        answers=tuple(rows.answers(asked, OVER_TIME)),
    )


def _tables(parts: Parts, gathered: Gathered, by: By) -> tuple[Table, ...]:
    known = {one.id: one for one in parts.library.all()}

    def place(row: ContactRow | AnswerRow) -> str:
        return _place(known.get(row.pathway_id), row.plan_id, row.occurrence)

    return (
        *sections(gathered, by),
        by_contact(gathered, place),
        by_shift(gathered.cases, gathered.zone),
        over_time(gathered.answers, place),
        by_grade(gathered),
    )


def _place(pathway: Pathway | None, plan_id: str, occurrence: int) -> str:
    """Where a check-in stands in the plan: "0007:discharge", or its own id at the end.

    The plan is that of the version in force: an older version may have meant another day.
    """
    for plan in pathway.check_ins if pathway else ():
        if plan.id == plan_id:
            # An extra check-in stands with the one whose questions it asks.
            turn = occurrence - 1 if occurrence < EXTRA_FROM else 0
            again = turn * plan.repeat.every_days if plan.repeat else 0
            return f"{plan.day + again:04}:{plan.anchor}"
    return f"9999:{plan_id}"


def _pathway(parts: Parts, procedure: str) -> Pathway | None:
    return parts.library.for_procedure(procedure)


def _question_names(parts: Parts) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for pathway in parts.library.all():
        for one in pathway.questions.values():
            if one.code in OVER_TIME and one.name is not None:
                found.setdefault(one.code, one.name)
    return found

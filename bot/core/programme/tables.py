"""Tables: which indicators stand together, and what each table is broken down by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.core.escalation import GRADES
from bot.core.programme import alerts, answers, complications, contacts, effort, opinion, reach
from bot.core.programme import response as time_to
from bot.core.programme.figure import Figure
from bot.core.programme.period import SHIFTS, shift_of
from bot.core.programme.rows import AnswerRow, By, CaseRow, ContactRow, Gathered
from bot.core.triage_level import TriageLevel

Of = Callable[[Gathered], Figure]


@dataclass(frozen=True)
class Line:
    """One line: what it is about, as words of the record, and its figures by column.

    The first label is "all" for everybody, else a month, a ward, a procedure, a level, a
    question or a place in the plan; a second label is a shift or a place in the plan.
    """

    labels: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """`heads` says what the labels are: "month", "ward", "procedure", "level", "shift",
    "question", "contact"."""

    id: str
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


ALL: Final = "all"
# One section of the page each: its columns by id, and how each is counted.
SECTIONS: Final[Mapping[str, Mapping[str, Of]]] = {
    "reach": {
        "coverage": lambda g: reach.coverage(g.episodes, g.now, g.zone),
        "on_time": lambda g: reach.on_time(g.episodes, g.now, g.zone),
    },
    "contacts": {
        "completion": lambda g: contacts.completion(g.contacts),
        "drop_off": lambda g: contacts.drop_off(g.contacts, g.lost),
        "stopped": lambda g: contacts.stopped(g.stops, g.followed),
    },
    "alerts": {
        "alerts_per_100": lambda g: alerts.alerts_per_100(g.cases, g.followed),
        "precision": lambda g: alerts.precision(g.cases),
        "partly_right": lambda g: alerts.partly_right(g.cases),
    },
    "response": {
        "acknowledge_median": lambda g: time_to.acknowledge_median(g.cases),
        "acknowledge_p90": lambda g: time_to.acknowledge_p90(g.cases),
        "outcome_median": lambda g: time_to.outcome_median(g.cases),
        "outcome_p90": lambda g: time_to.outcome_p90(g.cases),
    },
    "breaches": {
        "acknowledged_late": lambda g: time_to.acknowledged_late(
            g.cases, g.acknowledge_within, g.now
        ),
        "outcome_late": lambda g: time_to.outcome_late(g.cases, g.now),
        "call_back_answered_late": lambda g: time_to.call_back_answered_late(g.call_backs, g.now),
        "call_back_solved_late": lambda g: time_to.call_back_solved_late(g.call_backs, g.now),
    },
    "effort": {
        "nurse_minutes": lambda g: effort.nurse_minutes(g.cases, g.tasks),
        "nurse_minutes_per_100": lambda g: effort.nurse_minutes_per_100(
            g.cases, g.tasks, g.followed
        ),
    },
    "opinion": {
        "satisfaction": lambda g: opinion.satisfaction(g.scores),
        "recommend": lambda g: opinion.recommend(g.scores),
        "promoters": lambda g: opinion.promoters(g.scores),
        "passives": lambda g: opinion.passives(g.scores),
        "detractors": lambda g: opinion.detractors(g.scores),
        "effort": lambda g: opinion.effort(g.scores),
        "easy": lambda g: opinion.easy(g.scores),
    },
    "complications": {
        "complications": lambda g: complications.complications(g.cases, g.followed),
        "severe_complications": lambda g: complications.severe_complications(g.cases, g.followed),
    },
}
LEVELS: Final = (TriageLevel.EMERGENCY, TriageLevel.SAME_DAY, TriageLevel.WITHIN_48_HOURS)


def sections(gathered: Gathered, by: By) -> tuple[Table, ...]:
    """Every section: everybody in the first line, then one line for each part."""
    parts = {ALL: gathered.whole(), **gathered.split(by)}
    return tuple(
        Table(
            name,
            (by.value,),
            tuple(columns),
            tuple(
                Line((key,), tuple(of(rows) for of in columns.values()))
                for key, rows in parts.items()
            ),
        )
        for name, columns in SECTIONS.items()
    )


def by_contact(gathered: Gathered, place: Callable[[ContactRow], str]) -> Table:
    """Completion and drop-off along the plan. `place` names where a row stands in it, so
    that names in order of the alphabet are places in order of time."""
    lost = dict(_grouped(gathered.lost, place))
    lines = [
        Line((key,), (contacts.completion(rows), contacts.drop_off(rows, lost.get(key, ()))))
        for key, rows in _grouped(gathered.contacts, place)
        if contacts.completion(rows).n
    ]
    return Table("by_contact", ("contact",), ("completion", "drop_off"), tuple(lines))


def by_shift(cases: Iterable[CaseRow], zone: str) -> Table:
    """Both times by level and by the shift in which the case reached its level."""
    columns: dict[str, Callable[[list[CaseRow]], Figure]] = {
        "acknowledge_median": time_to.acknowledge_median,
        "acknowledge_p90": time_to.acknowledge_p90,
        "outcome_median": time_to.outcome_median,
        "outcome_p90": time_to.outcome_p90,
    }
    house, lines = ZoneInfo(zone), []
    sorted_cases: dict[tuple[TriageLevel, str], list[CaseRow]] = {}
    for one in cases:
        for shift in (ALL, shift_of(one.since, house)):
            sorted_cases.setdefault((one.level, shift), []).append(one)
    for level in LEVELS:
        for shift in (ALL, *SHIFTS):
            if rows := sorted_cases.get((level, shift)):
                figures = tuple(of(rows) for of in columns.values())
                lines.append(Line((level.word, shift), figures))
    return Table("by_shift", ("level", "shift"), tuple(columns), tuple(lines))


def over_time(given: Iterable[AnswerRow], place: Callable[[AnswerRow], str]) -> Table:
    """What patients answered to one question along the plan."""
    lines = []
    for code, rows in _grouped(given, lambda one: one.code):
        for where, there in _grouped(rows, place):
            figures = (answers.typical(there), answers.worst_tenth(there))
            lines.append(Line((code, where), figures))
    return Table("over_time", ("question", "contact"), ("typical", "worst_tenth"), tuple(lines))


def by_grade(gathered: Gathered) -> Table:
    """How many follow-ups of each operation have which grade as their highest."""
    parts = {ALL: gathered, **gathered.split(By.PROCEDURE)}
    lines = [
        Line((key,), tuple(complications.of_grade(rows.cases, one) for one in GRADES))
        for key, rows in parts.items()
        if complications.highest(rows.cases)
    ]
    return Table("by_grade", ("procedure",), tuple(f"grade_{one}" for one in GRADES), tuple(lines))


def _grouped(rows: Iterable[Any], key: Callable[[Any], str]) -> list[tuple[str, list[Any]]]:
    return [(name, list(own)) for name, own in groupby(sorted(rows, key=key), key=key)]

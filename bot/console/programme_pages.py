"""Programme pages: whether the follow-up works, with every definition beside its figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.console.look import Look
from bot.console.programme_chart import charts
from bot.console.programme_look import Cell, ProgrammeLook
from bot.console.programme_sheets import as_csv, as_workbook, file_name
from bot.core.permissions import Permission
from bot.core.programme.period import MOST_MONTHS, month_of, months_before
from bot.core.programme.rows import By
from bot.core.programme.tables import ALL
from bot.core.triage_level import TriageLevel
from bot.services.show_programme import ProgrammeView, Wanted, show_programme

PROGRAMME = "/console/programme"
LONGEST = 200
# What is seen first: (table, labels of its line, column). How soon a case is taken is said of
# emergencies: a median over all levels is true of none.
ALL_OF_IT, EMERGENCIES = (ALL,), (TriageLevel.EMERGENCY.word, ALL)
HEADLINES = (
    ("reach", ALL_OF_IT, "coverage"),
    ("reach", ALL_OF_IT, "on_time"),
    ("contacts", ALL_OF_IT, "completion"),
    ("by_shift", EMERGENCIES, "acknowledge_median"),
    ("alerts", ALL_OF_IT, "precision"),
    ("opinion", ALL_OF_IT, "satisfaction"),
)


def programme(visit: Visit) -> Response:
    """The figures of the months, ward and procedure in the address; none of them names anybody."""
    try:
        view = show_programme(visit.parts, visit.nurse, wanted_of(visit))
    except ValueError:
        view = show_programme(visit.parts, visit.nurse, Wanted())
        return _page(visit, view, wrong=True, status=422)
    return _page(visit, view)


def to_csv(visit: Visit) -> Response:
    return _file(visit, "csv", "text/csv; charset=utf-8", as_csv)


def to_xlsx(visit: Visit) -> Response:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(visit, "xlsx", kind, as_workbook)


def _file(
    visit: Visit, ending: str, kind: str, write: Callable[[ProgrammeView, Look], bytes]
) -> Response:
    """The same figures as a file; that it left the house is noted."""
    try:
        wanted = replace(wanted_of(visit), export=True)
        view = show_programme(visit.parts, visit.nurse, wanted)
    except ValueError:
        return programme(visit)
    return Response(
        write(view, look_for(visit.desk, visit.nurse.language)),
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{file_name(view, ending)}"'},
    )


def wanted_of(visit: Visit) -> Wanted:
    """What the address asks for. Raises ValueError for a breakdown that is none."""
    asked = visit.request.query_params
    return Wanted(
        first=asked.get("from", "")[:LONGEST],
        last=asked.get("to", "")[:LONGEST],
        ward=asked.get("ward", "")[:LONGEST],
        procedure=asked.get("procedure", "")[:LONGEST],
        by=By(asked.get("by") or By.MONTH),
    )


def _page(visit: Visit, view: ProgrammeView, *, wrong: bool = False, status: int = 200) -> Response:
    look = look_for(visit.desk, visit.nurse.language)
    shown = ProgrammeLook(look, view)
    tables = shown.tables()
    return visit.page(
        "programme.html",
        status=status,
        view=view,
        now=view.now,
        shown=shown,
        tables=tables,
        drawn={one.id: charts(one, shown) for one in view.tables},
        headlines=_headlines(view, shown),
        months=_months(visit, shown),
        breakdowns=[(one.value, look.t(f"programme_head.{one}")) for one in By],
        wards=[(one, shown.label("ward", one)) for one in view.wards],
        procedures=[(one, shown.label("procedure", one)) for one in view.procedures],
        query=_query(view.wanted),
        wrong=wrong,
    )


def _query(wanted: Wanted) -> str:
    """The same selection as an address."""
    asked = {"from": wanted.first, "to": wanted.last, "ward": wanted.ward}
    return urlencode({**asked, "procedure": wanted.procedure, "by": wanted.by.value})


def _headlines(view: ProgrammeView, shown: ProgrammeLook) -> list[tuple[str, Cell]]:
    """(name, cell) of the figures that everybody asks for first."""
    return [
        (shown.headline(column, labels[0]), shown.cell(view.figure(table, labels, column)))
        for table, labels, column in HEADLINES
    ]


def _months(visit: Visit, shown: ProgrammeLook) -> list[tuple[str, str]]:
    """The months that may be chosen, the newest first."""
    now = month_of(visit.parts.clock.now(), visit.parts.house.default_time_zone)
    names = [months_before(now, back) for back in range(MOST_MONTHS)]
    return [(one, shown.month(one)) for one in names]


PAGES = (
    Page("/programme", "GET", Permission.SEE_PROGRAMME, programme),
    Page("/programme/csv", "GET", Permission.SEE_PROGRAMME, to_csv),
    Page("/programme/xlsx", "GET", Permission.SEE_PROGRAMME, to_xlsx),
)

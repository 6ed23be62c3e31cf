"""Programme sheets: the figures as CSV for a program and as a workbook for people.

Both say for what, as of when, and how every figure is defined, so that a file that is passed
on still tells what it means. Numbers are numbers; no text of theirs runs as a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, Final

from bot.console.look import Look
from bot.console.programme_look import ProgrammeLook
from bot.core.programme.figure import Figure, Kind
from bot.core.programme.tables import Table
from bot.core.spreadsheet import guarded
from bot.services.show_programme import ProgrammeView

# As a program wants them, the same in every language.
COLUMNS: Final = (
    *("from", "to", "ward", "operation", "as_of", "table", "line", "second_line", "indicator"),
    *("name", "value", "unit", "counted", "n", "left_out", "definition"),
)
UNITS: Final = {
    Kind.SHARE: "%",
    Kind.RATE: "/100",
    Kind.COUNT: "",
    Kind.MINUTES: "min",
    Kind.WORK: "min",
    Kind.POINTS: "",
    Kind.SCORE: "",
}
DIGITS: Final = 2
MOST_TITLE: Final = 31  # characters, of a sheet's name
NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f]")  # which a workbook cannot hold


def as_csv(view: ProgrammeView, look: Look) -> bytes:
    """One line for each figure; UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(COLUMNS)
    out.writerows([_safe(one) for one in row] for row in _lines(view, look))
    return text.getvalue().encode("utf-8-sig")


def as_workbook(view: ProgrammeView, look: Look) -> bytes:
    """One sheet for each table, before them one that says what this is, after them the
    definitions."""
    # Loaded when somebody wants a workbook: most workers never write one.
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook(write_only=True)
    sheets = [
        (look.t("nav.programme"), _about(view, look)),
        *(_sheet(one, view, look) for one in view.tables),
        (look.t("programme.definitions"), _definitions(view, look)),
    ]
    for title, rows in sheets:
        sheet = book.create_sheet(NOT_IN_TITLES.sub(" ", title)[:MOST_TITLE])
        sheet.freeze_panes = "A2"
        for letter, width in (("A", 34), ("B", 34)):
            sheet.column_dimensions[letter].width = width
        for number, row in enumerate(rows):
            cells = [WriteOnlyCell(sheet, _safe(one)) for one in row]
            for cell in cells:
                cell.font = Font(bold=number == 0)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.append(cells)
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def file_name(view: ProgrammeView, ending: str) -> str:
    return f"programme-{view.wanted.first}-{view.wanted.last}.{ending}"


def _safe(cell: Any) -> Any:
    return guarded(CONTROL.sub(" ", cell)) if isinstance(cell, str) else cell


def _lines(view: ProgrammeView, look: Look) -> Iterator[list[Any]]:
    says, wanted = ProgrammeLook(look, view), view.wanted
    of = (wanted.first, wanted.last, wanted.ward, wanted.procedure, look.exact(view.now))
    for table in view.tables:
        for line in table.lines:
            labels = [
                says.label(head, word) for head, word in zip(table.heads, line.labels, strict=True)
            ]
            second = labels[1] if len(labels) > 1 else ""
            for column, figure in zip(table.columns, line.figures, strict=True):
                yield [
                    *(*of, table.id, labels[0], second, column, says.column(column)),
                    *(_number(figure), UNITS[figure.kind], figure.counted, figure.n),
                    *(figure.left_out, says.definition(column)),
                ]


def _sheet(table: Table, view: ProgrammeView, look: Look) -> tuple[str, list[list[Any]]]:
    """Title and rows; each figure with its parts beside it, so that it can be added up again."""
    says, parts = ProgrammeLook(look, view), ("counted", "of", "left_out")
    head: list[Any] = [look.t(f"programme_head.{one}") for one in table.heads]
    figures = table.lines[0].figures if table.lines else ()
    for column, figure in zip(table.columns, figures, strict=bool(figures)):
        unit = UNITS[figure.kind]
        head.append(f"{says.column(column)} ({unit})" if unit else says.column(column))
        head += [look.t(f"programme.{part}") for part in parts]
    rows = [head]
    for line in table.lines:
        row: list[Any] = [
            says.label(label, word) for label, word in zip(table.heads, line.labels, strict=True)
        ]
        for figure in line.figures:
            row += [_number(figure), figure.counted, figure.n, figure.left_out]
        rows.append(row)
    return look.t(f"programme_table.{table.id}"), rows


def _about(view: ProgrammeView, look: Look) -> list[list[Any]]:
    t, says, wanted = look.t, ProgrammeLook(look, view), view.wanted
    return [
        [t("nav.programme"), ""],
        [t("programme.from"), says.month(wanted.first)],
        [t("programme.to"), says.month(wanted.last)],
        [t("field.ward"), wanted.ward or t("programme.every_ward")],
        [
            t("patients.operation"),
            says.label("procedure", wanted.procedure)
            if wanted.procedure
            else t("programme.every_procedure"),
        ],
        [t("programme.as_of", when=look.exact(view.now)), ""],
        [t("programme.how_to_read"), ""],
    ]


def _definitions(view: ProgrammeView, look: Look) -> list[list[Any]]:
    says = ProgrammeLook(look, view)
    columns = dict.fromkeys(column for table in view.tables for column in table.columns)
    return [[look.t("programme.indicator"), look.t("programme.definition")]] + [
        [says.column(one), says.definition(one)] for one in columns
    ]


def _number(figure: Figure) -> float | None:
    return None if figure.value is None else round(figure.value, DIGITS)

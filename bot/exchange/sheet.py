"""Sheets: rows of text with their lines, from and to CSV and XLSX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.core.spreadsheet import guarded
from bot.exchange.workbook_door import LARGEST, open_workbook
from bot.pathfiles.file_text import Unreadable, file_bytes, file_text, unreadable

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LINE_END: Final = re.compile(r"\r\n?")  # as some programs end a line inside a cell
WIDTH: Final = 40  # characters, of a column


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, and its cells by the name of their column."""

    line: int
    cells: dict[str, str]


Sheets = dict[str, tuple[Row, ...]]


def read_sheets(path: Path) -> Sheets:
    """The rows of a .csv (one sheet without a name) or .xlsx file. Raises Unreadable."""
    name = path.name
    try:
        if path.suffix.lower() == ".csv":
            return {"": tuple(_rows(_csv(file_text(path, name, largest=LARGEST), name), name))}
        if path.suffix.lower() == ".xlsx":
            return _workbook(file_bytes(path, name, largest=LARGEST), name)
    except OSError as fault:
        what = f"the file cannot be opened: {fault.strerror}"
        raise unreadable(name, "missing_file", what, "Look at its name") from None
    raise unreadable(
        name, "bad_workbook", "this is neither .csv nor .xlsx", "Save it as one of them"
    )


def _csv(text: str, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    first = text.partition("\n")[0]
    # A program for tables writes what its country uses between the cells.
    between = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    line = 1
    try:
        for cells in lines:
            yield line, cells
            line = lines.line_num + 1
    except csv.Error as fault:
        hint = "Look at the quotes of this row and the one before"
        raise unreadable(name, "bad_table", f"this is not CSV: {fault}", hint, (line, 1)) from None


def _workbook(raw: bytes, name: str) -> Sheets:
    book = open_workbook(raw, name)
    found: Sheets = {}
    for sheet in book.worksheets:
        called = f"{name} ({sheet.title})"
        cells = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)
        try:
            found[sheet.title] = tuple(_rows(_lines(cells, called), called))
        except Unreadable:
            raise
        except Exception as fault:  # the library fails in many ways on spoilt parts
            what = f"the workbook cannot be read ({type(fault).__name__})"
            raise unreadable(called, "bad_workbook", what, "Save it anew as .xlsx") from None
    return found


def _lines(rows: Iterable[Sequence[Any]], name: str) -> Iterator[tuple[int, Sequence[str]]]:
    for line, row in enumerate(rows, start=1):
        yield line, [_cell(cell, name, (line, turn)) for turn, cell in enumerate(row, start=1)]


def _cell(cell: Any, name: str, place: tuple[int, int]) -> str:
    """What a person sees in the cell. A formula, an error or a date is refused."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise unreadable(name, "formula", "this cell is a formula", "Write the words", place)
    if cell.data_type == "e":
        raise unreadable(name, "formula", f"this cell shows {value}", "Write the words", place)
    if cell.data_type == "d":
        what = "the program made a date of this cell"
        raise unreadable(name, "formula", what, "Format the column as text", place)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def _rows(lines: Iterable[tuple[int, Sequence[str]]], name: str) -> Iterator[Row]:
    """The first row names the columns; empty rows are left out."""
    names: list[str] = []
    for count, (line, cells) in enumerate(lines):
        if count > MOST_ROWS:
            what = f"the table has more than {MOST_ROWS} rows"
            raise unreadable(name, "file_too_large", what, "Remove empty rows", (line, 1))
        if not names:
            names = [one.strip() for one in cells]
            continue
        if any(one.strip() for one in cells):
            pairs = zip(names, (one.strip() for one in cells), strict=False)
            said = {column: LINE_END.sub("\n", cell) for column, cell in pairs if column}
            yield Row(line, said)


def as_csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as CSV; no cell of it is taken for a formula."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(names)
    out.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def as_workbook(sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """Tables as a workbook, every cell a text, the first row fixed."""
    book = openpyxl.Workbook(write_only=True)
    for title, (names, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for turn in range(1, len(names) + 1):
            sheet.column_dimensions[get_column_letter(turn)].width = WIDTH
        sheet.append([_text(sheet, name, bold=True) for name in names])
        for row in rows:
            sheet.append([_text(sheet, cell) for cell in row])
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value or None)
    if value:
        cell.data_type = "s"  # also where it looks like a formula
    cell.number_format = "@"  # so that a program keeps "1-2" a text
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    return cell

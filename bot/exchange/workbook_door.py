"""The door for workbooks: what is too large, or carries more than cells, stays outside.

A workbook is a zip of XML files. Before anybody reads its cells: no zip bomb, no macros, no
links to other files or addresses, nothing embedded, no XML that defines its own words.
"""

from __future__ import annotations

import io
import zipfile
from typing import Final

import openpyxl
from openpyxl.workbook.workbook import Workbook

from bot.pathfiles.file_text import Unreadable, unreadable

LARGEST: Final = 5 * 1024 * 1024  # bytes of the file; a pathway's sentences have about 60 thousand
LARGEST_INSIDE: Final = 20 * 1024 * 1024  # bytes of all its parts unpacked
MOST_PARTS: Final = 500
OLD: Final = b"\xd0\xcf\x11\xe0"  # .xls, and a workbook with a password
AS_XLSX: Final = "Save it as .xlsx, without a password"
# Parts of a workbook that do more than hold cells, and what a person calls them.
MORE_THAN_CELLS: Final = {
    "vbaproject": "macros",
    "macrosheets": "macros",
    "externallinks": "links to other workbooks",
    "connections": "connections to data elsewhere",
    "querytables": "connections to data elsewhere",
    "embeddings": "embedded files",
    "activex": "controls",
    "ctrlprops": "controls",
}
KEEP_CELLS: Final = "Copy the cells into a new workbook and save that"


def open_workbook(raw: bytes, name: str) -> Workbook:
    """The workbook, to be read cell by cell. Raises Unreadable."""
    if raw.startswith(OLD):
        raise unreadable(name, "bad_workbook", "the file is .xls or has a password", AS_XLSX)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            _look_inside(parts, name)
        return openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
    except Unreadable:
        raise
    except Exception as fault:  # the library fails in many ways on spoilt parts
        what = f"the file is no whole workbook ({type(fault).__name__})"
        raise unreadable(name, "bad_workbook", what, AS_XLSX) from None


def _look_inside(parts: zipfile.ZipFile, name: str) -> None:
    inside = parts.infolist()
    if len(inside) > MOST_PARTS or sum(one.file_size for one in inside) > LARGEST_INSIDE:
        what = f"the workbook would unpack to more than {LARGEST_INSIDE // 1024 // 1024} MB"
        raise unreadable(name, "file_too_large", what, KEEP_CELLS)
    for one in inside:
        low = one.filename.casefold()
        for part, called in MORE_THAN_CELLS.items():
            if part in low:
                raise unreadable(name, "more_than_cells", f"the workbook has {called}", KEEP_CELLS)
        if low.endswith((".xml", ".rels")):
            _look_at(parts.read(one), low, name)


def _look_at(content: bytes, part: str, name: str) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
        what = f"{part} defines words of its own, as no program for tables does"
        raise unreadable(name, "bad_workbook", what, KEEP_CELLS)
    if part == "[content_types].xml" and b"macroEnabled" in content:
        raise unreadable(name, "more_than_cells", "the workbook has macros", KEEP_CELLS)
    # A link under a word in a cell is never followed, and any program makes it of an address.
    for relation in content.split(b"<")[1:] if part.endswith(".rels") else ():
        if b'"External"' in relation and b"/hyperlink" not in relation:
            what = "the workbook links to something outside of it"
            raise unreadable(name, "more_than_cells", what, KEEP_CELLS)

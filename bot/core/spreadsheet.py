"""Spreadsheet: what a program for tables must not take for a formula."""

from __future__ import annotations

from typing import Final

# A program for tables takes a cell that begins so for a formula and may run it.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
GUARD: Final = "'"  # before such a cell, by the custom of those programs


def guarded(cell: str) -> str:
    """The text as a cell that stays a text."""
    return f"{GUARD}{cell}" if cell.startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(FORMULA) else cell

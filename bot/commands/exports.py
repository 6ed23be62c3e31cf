"""aftercare export: the hospital's own data as CSV files in one zip."""

from __future__ import annotations

import csv
import getpass
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.services.export import Cells, Wanted
from bot.services.export import export as export_tables
from bot.wiring import wire

# A spreadsheet takes a cell that begins so for a formula and may run it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DAY = ["%Y-%m-%d"]


def export(
    file: Annotated[Path, typer.Argument(help="a new .zip file")],
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="first day, UTC")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="day after the last")] = None,
    without_names: Annotated[
        bool, typer.Option("--without-names", help="ids only: no names, numbers, own words")
    ] = False,
) -> None:
    """Write patients, episodes, check-ins, observations, escalations and messages as CSV."""
    if file.exists():
        typer.echo(f"{file} is there already", err=True)
        raise typer.Exit(2)
    wanted = Wanted(_utc(since), _utc(until), names=not without_names)
    parts = wire(prepare=True).parts
    half = file.with_name(f".{file.name}.half")
    counted: dict[str, int] = {}
    try:
        half.touch(mode=0o600)
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in export_tables(parts, wanted, by=f"command:{getpass.getuser()}"):
                counted[name] = _write(archive, f"{name}.csv", rows)
        half.rename(file)
    except OSError as fault:
        typer.echo(f"{file}: {fault.strerror}", err=True)
        raise typer.Exit(2) from None
    finally:
        half.unlink(missing_ok=True)
    typer.echo(f"{file}: " + ", ".join(f"{n} {name}" for name, n in counted.items()))


def _write(archive: zipfile.ZipFile, name: str, rows: Iterator[Cells]) -> int:
    """One file, UTF-8 with the mark by which spreadsheets know it; how many rows."""
    count = -1  # the first row has the names of the columns
    with (
        archive.open(name, "w", force_zip64=True) as part,
        io.TextIOWrapper(part, encoding="utf-8-sig", newline="") as text,
    ):
        out = csv.writer(text)
        for row in rows:
            out.writerow([cell(one) for one in row])
            count += 1
    return count


def cell(value: Any) -> Any:
    """One value as a spreadsheet may have it: moments in UTC, no formulas."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


COMMANDS = (export,)

"""aftercare export: the hospital's own data, as tables in one zip or as FHIR R4."""

from __future__ import annotations

import csv
import getpass
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.core.spreadsheet import guarded
from bot.exchange.fhir_patient import fhir_base, patient_bundle
from bot.services.export import Cells, Wanted
from bot.services.export import export as export_tables
from bot.services.export_patient import export_patients
from bot.wiring import wire

DAY = ["%Y-%m-%d"]


class Format(StrEnum):
    """For whom an export is."""

    CSV = "csv"  # for spreadsheets: a zip with one table per kind
    FHIR = "fhir"  # for other systems: R4, one Bundle per patient and line


def export(
    file: Annotated[Path, typer.Argument(help="a new file: .zip, or .ndjson for fhir")],
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="first day, UTC")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="day after the last")] = None,
    without_names: Annotated[
        bool, typer.Option("--without-names", help="ids only: no names, numbers, own words")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="for whom it is")] = Format.CSV,
    base: Annotated[str, typer.Option("--base", help="fhir: the address of your codes")] = "",
) -> None:
    """Write the data of this house: tables for spreadsheets, or FHIR R4 for other systems."""
    if file.exists():
        typer.echo(f"{file} is there already", err=True)
        raise typer.Exit(2)
    wanted = Wanted(_utc(since), _utc(until), names=not without_names)
    parts = wire(prepare=True).parts
    by = f"command:{getpass.getuser()}"

    def tables(half: Path) -> str:
        counted: dict[str, int] = {}
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in export_tables(parts, wanted, by=by):
                counted[name] = _write(archive, f"{name}.csv", rows)
        return ", ".join(f"{n} {name}" for name, n in counted.items())

    def bundles(half: Path) -> str:
        address, count = base or fhir_base(parts.house.public_url), 0
        with half.open("w", encoding="utf-8", newline="\n") as lines:
            for one in export_patients(parts, wanted, by=by):
                house = parts.house.name
                bundle = patient_bundle(one, address, house=house, names=wanted.names)
                lines.write(json.dumps(bundle, ensure_ascii=False) + "\n")
                count += 1
        return f"{count} patients"

    typer.echo(f"{file}: {_whole(file, tables if format is Format.CSV else bundles)}")


def _whole(file: Path, write: Callable[[Path], str]) -> str:
    """Write a file that only its owner reads and that is there whole or not at all."""
    half = file.with_name(f".{file.name}.half")
    try:
        half.touch(mode=0o600)
        told = write(half)
        half.rename(file)
    except OSError as fault:
        typer.echo(f"{file}: {fault.strerror}", err=True)
        raise typer.Exit(2) from None
    finally:
        half.unlink(missing_ok=True)
    return told


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
    return guarded(value) if isinstance(value, str) else value


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


COMMANDS = (export,)

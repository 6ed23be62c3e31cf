"""aftercare pathway: what leaves the house and what comes back, as other programs know it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.exchange.sheet import as_csv, as_workbook
from bot.exchange.take_wordings import take_wordings
from bot.exchange.wordings import COLUMNS, rows
from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.findings import Finding, did_you_mean
from bot.pathfiles.load import SHARED_FILES
from bot.pathfiles.schema import published
from bot.settings import read_settings

Folder = Annotated[Path | None, typer.Option("--folder", help="the pathways' folder")]


class Format(StrEnum):
    """What an export is for."""

    CSV = "csv"  # a table for translators
    XLSX = "xlsx"  # the same as a workbook


def schema(folder: Folder = None) -> None:
    """Write the JSON Schema of the pathway files, by which editors complete and underline."""
    where = _folder(folder)
    for name, content in published().items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, ensure_ascii=False, indent=2)
        path.write_text(f"{text}\n", encoding="utf-8")
        typer.echo(str(path))


def export(
    name: Annotated[str, typer.Argument(help="a pathway, or a shared file: shared/questions")],
    format: Annotated[Format, typer.Option("--format", help="csv or xlsx")] = Format.CSV,
    out: Annotated[Path | None, typer.Option("--out", help="a new file; printed without")] = None,
    folder: Folder = None,
) -> None:
    """Write a pathway as other people and programs read it: a table for translators."""
    where, file = _folder(folder), f"{name}.yml"
    _known(where, name)
    try:
        table = list(rows(where, file))
    except Unreadable as error:
        raise _refused(error.finding) from None
    if format is Format.CSV:
        _put(as_csv(COLUMNS, table).encode("utf-8-sig"), out)
    else:
        _put(as_workbook({"sentences": (COLUMNS, table)}), out)


def take(
    file: Annotated[Path, typer.Argument(help="the table that came back, .csv or .xlsx")],
    look: Annotated[bool, typer.Option("--look", help="only tell, write nothing")] = False,
    folder: Folder = None,
) -> None:
    """Put the changed wordings of a translator's table back into the pathway files."""
    try:
        taken = take_wordings(file, _folder(folder), write=not look)
    except Unreadable as error:
        raise _refused(error.finding) from None
    for finding in taken.findings:
        typer.echo(str(finding), err=True)
    if taken.kept:
        typer.echo(f"{taken.kept} sentences were changed in the files since the export; they stay")
    for name, count in taken.changed.items():
        typer.echo(f"{name}: {count} wordings {'would change' if look else 'changed'}")
    if taken.errors:
        typer.echo(f"{len(taken.errors)} errors; no file was changed", err=True)
        raise typer.Exit(2)
    if not taken.changed:
        typer.echo("no wording is different; no file was changed")


def _folder(folder: Path | None) -> Path:
    return folder or Path(read_settings().pathways)


def _known(folder: Path, name: str) -> None:
    names = [path.stem for path in sorted(folder.glob("*.yml"))]
    names += [f"shared/{stem}" for stem in SHARED_FILES]
    if name not in names:
        typer.echo(f"no pathway '{name}'. {did_you_mean(name, names)}", err=True)
        raise typer.Exit(2)


def _put(content: bytes, out: Path | None) -> None:
    """Into a new file, or onto the screen."""
    if out is None:
        typer.echo(content.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), nl=False)
        return
    try:
        with out.open("xb") as file:
            file.write(content)
    except OSError as fault:
        typer.echo(f"{out}: {fault.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(str(out))


def _refused(finding: Finding) -> typer.Exit:
    typer.echo(str(finding), err=True)
    return typer.Exit(2)


COMMANDS = {"schema": schema, "export": export, "import": take}

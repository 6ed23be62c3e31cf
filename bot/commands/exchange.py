"""aftercare pathway: what leaves the house and what comes back, as other programs know it."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.core.plurals import fill_in
from bot.exchange import fhir, xlsform_out
from bot.exchange.draft import as_yaml
from bot.exchange.fhir_words import BASE
from bot.exchange.form import form_of
from bot.exchange.sheet import as_csv, as_workbook, read_sheets
from bot.exchange.take_wordings import take_wordings
from bot.exchange.wordings import COLUMNS, rows
from bot.exchange.xlsform_in import draft_of
from bot.pathfiles.check import check_with
from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.findings import Finding, did_you_mean
from bot.pathfiles.folder import may_hold
from bot.pathfiles.load import SHARED_FILES, read_library
from bot.pathfiles.schema import published
from bot.settings import read_settings

Folder = Annotated[Path | None, typer.Option("--folder", help="the pathways' folder")]
KEPT = (
    "{n} {n:sentence was|sentences were} changed in the files since the export; "
    "{n:it stays|they stay}"
)
CHANGES = {
    True: "{name}: {n} {n:wording|wordings} would change",
    False: "{name}: {n} {n:wording|wordings} changed",
}
BEGUN = (
    "{questions} {questions:question|questions}; "
    "{notes} {notes:note|notes} on what is not carried over"
)


class Format(StrEnum):
    """What an export is for."""

    CSV = "csv"  # a table for translators
    XLSX = "xlsx"  # the same as a workbook
    XLSFORM = "xlsform"  # the check-in questions, for programs that know XLSForm
    FHIR = "fhir"  # R4: a PlanDefinition and Questionnaires


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
    format: Annotated[Format, typer.Option("--format", help="what it is for")] = Format.CSV,
    out: Annotated[Path | None, typer.Option("--out", help="a new file; printed without")] = None,
    base: Annotated[str, typer.Option("--base", help="fhir: the address of your codes")] = BASE,
    folder: Folder = None,
) -> None:
    """Write a pathway as others read it: csv or xlsx for translators, xlsform, fhir."""
    where = _folder(folder)
    _known(where, name)
    if format in (Format.XLSX, Format.XLSFORM) and out is None:
        typer.echo("a workbook cannot be printed. Add --out NAME.xlsx", err=True)
        raise typer.Exit(2)
    try:
        content = _content(where, name, format, base.rstrip("/"))
    except Unreadable as error:
        raise _refused(error.finding) from None
    _put(content, out)


def _content(folder: Path, name: str, format: Format, base: str) -> bytes:
    if format in (Format.CSV, Format.XLSX):
        table = list(rows(folder, f"{name}.yml"))
        if format is Format.CSV:
            return as_csv(COLUMNS, table).encode("utf-8-sig")
        return as_workbook({"sentences": (COLUMNS, table)})
    read = read_library(folder)
    for error in read.errors:
        if error.file == f"{name}.yml" or error.file.startswith("shared/"):
            raise Unreadable(error)
    pathway = read.library.pathway(name)
    if format is Format.FHIR:
        for lost in fhir.not_carried(pathway):
            typer.echo(f"not in the bundle: {lost}", err=True)
        text = json.dumps(fhir.bundle(pathway, base), ensure_ascii=False, indent=2)
        return f"{text}\n".encode()
    form = form_of(pathway)
    for lost in xlsform_out.not_carried(form):
        typer.echo(f"not in the form: {lost}", err=True)
    return as_workbook(xlsform_out.xlsform(form))


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
    for name in taken.moved:
        typer.echo(f"{name} was changed since the export")
    if taken.one_sided and not taken.errors:
        typer.echo("changed in one language only; does the other still say the same?")
        for place in taken.one_sided:
            typer.echo(f"  {place}")
    if taken.kept:
        typer.echo(fill_in(KEPT, n=taken.kept))
    for name, count in taken.changed.items():
        typer.echo(fill_in(CHANGES[look], name=name, n=count))
    if taken.errors:
        typer.echo(
            fill_in("{n} {n:error|errors}; no file was changed", n=len(taken.errors)), err=True
        )
        raise typer.Exit(2)
    if not taken.changed:
        typer.echo("no wording is different; no file was changed")


def begin(
    form: Annotated[Path, typer.Argument(help="an XLSForm, .xlsx")],
    name: Annotated[str, typer.Argument(help="the new pathway, such as hernia_repair")],
    out: Annotated[Path | None, typer.Option("--out", help="NAME.yml here without")] = None,
    folder: Folder = None,
) -> None:
    """Begin a pathway from an XLSForm; tells what is not carried over and what is missing."""
    if not may_hold(f"{name}.yml"):
        typer.echo(f"'{name}' is not a good name. Use small letters, digits and _", err=True)
        raise typer.Exit(2)
    try:
        begun, notes = draft_of(read_sheets(form), name, " ".join(form.name.split()))
    except Unreadable as error:
        raise _refused(error.finding) from None
    text = as_yaml(begun)
    _put(text.encode(), out or Path(f"{name}.yml"))
    for note in notes:
        typer.echo(str(note))
    typer.echo(fill_in(BEGUN, questions=len(begun.questions), notes=len(notes)))
    missing = check_with(_folder(folder), {f"{name}.yml": text})
    own = [one for one in missing if one.file == f"{name}.yml"]
    for finding in own:
        typer.echo(str(finding))
    typer.echo(fill_in("{n} {n:thing|things} to do before it can be used", n=len(own)))


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


COMMANDS: dict[str, Callable[..., None]] = {
    "schema": schema,
    "export": export,
    "import": take,
    "begin": begin,
}

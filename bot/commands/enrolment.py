"""aftercare enrol: a CSV file of new patients; good rows are kept, bad ones explained."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from bot.core.enrolment import COLUMNS, NewEnrolment, read_enrolment
from bot.core.plurals import fill_in
from bot.core.words import Words
from bot.services.enrol import Enrolled, EnrolmentConflict
from bot.services.enrol import enrol as enrol_patient
from bot.services.move_time_zone import move_time_zone
from bot.services.parts import Parts
from bot.wiring import wire

LARGEST_FILE = 10 * 1024 * 1024
MISSING = Words({"zh": "缺少这些列", "en": "missing columns"})
NOT_CSV = Words({"zh": "不是可读的 CSV", "en": "not readable as CSV"})
TOO_MANY = Words(
    {
        "zh": "单元格比列多；含逗号的内容请加引号",
        "en": "more cells than columns; put quotes around text with a comma",
    }
)
CONFLICT = Words(
    {
        "zh": "这个住院号已登记，但 {column} 不同",
        "en": "hospital_id is known already with another {column}",
    }
)


def enrol(
    file: Path,
    lang: Annotated[str, typer.Option("--lang", help="zh or en")] = "en",
    cards: Annotated[
        Path | None, typer.Option("--cards", help="write the links of new patients here")
    ] = None,
) -> None:
    """Enrol the patients of a CSV file. Exit 1 when a row was not taken."""
    text = _read(file)
    parts = wire(prepare=True).parts
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [one for one in COLUMNS if one not in (rows.fieldnames or ())]
    except csv.Error as error:
        typer.echo(f"{file}:1: {NOT_CSV.say(lang)}: {error}", err=True)
        raise typer.Exit(2) from None
    if missing:
        typer.echo(f"{file}:1: {MISSING.say(lang)}: {', '.join(missing)}", err=True)
        raise typer.Exit(2)
    added = repeated = bad = 0
    try:
        for row in rows:
            done = _one(parts, file, rows.line_num, row, lang)
            bad += done is None
            added += done is not None and done.new
            repeated += done is not None and not done.new
            if done is not None and done.new:
                _cards(done, cards)
    except csv.Error as error:
        typer.echo(f"{file}:{rows.line_num}: {NOT_CSV.say(lang)}: {error}", err=True)
        bad += 1
    typer.echo(f"{added} enrolled, {repeated} already there, {bad} not taken")
    raise typer.Exit(1 if bad else 0)


def _read(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    if len(raw) > LARGEST_FILE:
        typer.echo(f"{file}: larger than {LARGEST_FILE} bytes", err=True)
        raise typer.Exit(2)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return raw.decode("gb18030")  # what spreadsheets on Chinese systems write
        except UnicodeDecodeError:
            typer.echo(f"{file}: neither UTF-8 nor GB18030; save it as UTF-8 CSV", err=True)
            raise typer.Exit(2) from None


def _one(parts: Parts, file: Path, line: int, row: dict[str, str], lang: str) -> Enrolled | None:
    """Take one row, or say with line, column and reason why not."""
    if None in row:
        # A comma inside a name moves every later cell by one; guessing would be worse.
        typer.echo(f"{file}:{line}: {TOO_MANY.say(lang)}", err=True)
        return None
    checked = read_enrolment(
        row, procedures=parts.library.procedures(), today=parts.clock.now().date()
    )
    if not isinstance(checked, NewEnrolment):
        for fault in checked:
            typer.echo(f"{file}:{line}: {fault.column}: {fault.reason.say(lang)}", err=True)
        return None
    try:
        return enrol_patient(parts, row=checked)
    except EnrolmentConflict as conflict:
        reason = CONFLICT.say(lang, column=conflict.column)
        typer.echo(f"{file}:{line}: {conflict.column}: {reason}", err=True)
        return None


def _cards(done: Enrolled, cards: Path | None) -> None:
    """The links are secrets: they go to the file that was asked for, or to the screen."""
    lines = [
        f"{one.role.value}\t{one.name}\t{one.web_link}\t{one.telegram_link}" for one in done.invited
    ]
    if cards is None:
        for line in lines:
            typer.echo(line)
        return
    with cards.open("a", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def move(hospital_id: str, zone: str) -> None:
    """Move a patient to another time zone, such as Europe/London; check-ins keep their hours."""
    parts = wire(prepare=True).parts
    moved = move_time_zone(parts, hospital_id=hospital_id, zone=zone, by="command line")
    typer.echo(fill_in("{n} planned {n:check-in|check-ins} moved to {zone}", n=moved, zone=zone))


COMMANDS = (enrol, move)

"""aftercare move-record: from SQLite to PostgreSQL, or back."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.settings import read_settings
from bot.storage.database import open_database
from bot.storage.move_record import move_record


def move_record_to(
    url: Annotated[str, typer.Argument(help="the address of an empty database")],
) -> None:
    """Copy the whole record to an empty database of either kind. The service must not run."""
    source, target = open_database(read_settings().database_url), open_database(url)
    try:
        moved = move_record(source, target)
    finally:
        source.dispose()
        target.dispose()
    rows, tables = sum(moved.values()), len(moved)
    typer.echo(f"{rows} rows in {tables} tables, each compared with the old record.")
    typer.echo("Now set AFTERCARE_DATABASE_URL to the new address. The old record is untouched.")

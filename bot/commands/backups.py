"""aftercare backup, restore: the whole record into one file, and back."""

from __future__ import annotations

import time
from dataclasses import replace as changed
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.services.after_restore import Settled, after_restore
from bot.settings import VERSION, Settings, read_settings
from bot.storage.backup.restore import restore_backup
from bot.storage.backup.write import House, name_for, prune, write_backup
from bot.wiring import make_clock, wire

MEGABYTE = 1_000_000


def backup(
    to: Annotated[Path, typer.Argument(help="a new file ending in .zip, or a folder")],
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="remove all but the newest N of the folder")
    ] = None,
) -> None:
    """Write the record, the photos and the pathways into one file, while the service runs."""
    settings = read_settings()
    now, began = make_clock(settings).now(), time.monotonic()
    into_folder = to.suffix != ".zip"
    if keep is not None and not into_folder:
        typer.echo("--keep needs a folder, not a file", err=True)
        raise typer.Exit(2)
    file = to / name_for(now) if into_folder else to
    manifest = write_backup(house_of(settings), file, now=now)
    size, took = file.stat().st_size / MEGABYTE, time.monotonic() - began
    rows, parts = sum(manifest.rows.values()), len(manifest.sums)
    typer.echo(f"{file}: {size:.1f} MB, {rows} rows, {parts} parts, checked, {took:.1f} s")
    if keep is not None:
        for gone in prune(file.parent, keep=keep):
            typer.echo(f"removed {gone}")


def restore(
    file: Path,
    replace: Annotated[
        bool, typer.Option("--replace", help="over a record that holds something")
    ] = False,
    nothing_since: Annotated[
        bool,
        typer.Option(
            "--nothing-since", help="the service stood still since the backup: hold nothing back"
        ),
    ] = False,
) -> None:
    """Put a backup in the place of the record. The service must not run."""
    settings, done = read_settings(), []
    clock = make_clock(settings)

    def prepare(url: str, made_at: datetime) -> None:
        done.append(_prepare(changed(settings, database_url=url), made_at, nothing_since))

    restored = restore_backup(
        file, house_of(settings), now=clock.now(), replace=replace, prepare=prepare
    )
    manifest = restored.manifest
    rows, made_at = sum(manifest.rows.values()), f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"Restored: {rows} rows and {restored.photos} photos, as of {made_at}.")
    if restored.kept:
        typer.echo(f"The record that was here is kept: {restored.kept}")
    if restored.pathways:
        typer.echo(
            f"Other pathways are in force here. Those of the backup are in {restored.pathways}: "
            "let the care team decide."
        )
    if settled := done[0]:
        typer.echo(
            f"{settled.paged} open cases page again, {settled.held} messages are held for nurses, "
            f"{settled.twice} may arrive twice, {settled.silent} check-ins were given to nurses."
        )
        typer.echo(f"What came in after {made_at} is not here: nurses have a task to look for it.")


def _prepare(settings: Settings, made_at: datetime, nothing_since: bool) -> Settled | None:
    """Bring the restored record up to date and settle it, before it gets its place."""
    wired = wire(changed(settings, telegram_token=""), prepare=True)
    try:
        return None if nothing_since else after_restore(wired.parts, made_at=made_at)
    finally:
        wired.record.engine.dispose()


def house_of(settings: Settings) -> House:
    """What a backup holds, by the settings in force."""
    return House(
        settings.database_url, Path(settings.media), Path(settings.pathways), version=VERSION
    )


COMMANDS = (backup, restore)

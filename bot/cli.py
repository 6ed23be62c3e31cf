"""The command line: `aftercare ...`. Every command reads, calls one use case, and prints."""

from __future__ import annotations

import os
import sys

import typer

from bot.commands import (
    audit,
    backups,
    demo,
    enrolment,
    exchange,
    exports,
    language,
    move,
    pathways,
    releases,
    service,
    watchdog,
)
from bot.core.errors import AftercareError

app = typer.Typer(
    name="aftercare",
    help="Follow-up for people who have just had an operation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for name, command in exchange.COMMANDS.items():
    pathways.app.command(name)(command)
for name, step in releases.COMMANDS.items():
    pathways.app.command(name)(step)
app.add_typer(pathways.app, name="pathway")
app.add_typer(audit.app, name="audit")
for module in (language, enrolment, service, backups, exports, watchdog, demo):
    for command in module.COMMANDS:
        app.command()(command)
app.command("move-record")(move.move_record_to)


def main() -> None:
    """The entry point of `.venv/bin/aftercare`."""
    # What a command makes (the database, photos, cards) is for its owner only.
    os.umask(0o077)
    try:
        app()
    except AftercareError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)

"""The command line: `aftercare ...`. Every command reads, calls one use case, and prints."""

from __future__ import annotations

import typer

from bot.commands import demo, enrolment, language, pathways, service

app = typer.Typer(
    name="aftercare",
    help="Follow-up for people who have just had an operation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(pathways.app, name="pathway")
for module in (language, enrolment, service, demo):
    for command in module.COMMANDS:
        app.command()(command)


def main() -> None:
    """The entry point of `.venv/bin/aftercare`."""
    app()

"""aftercare watchdog: the process that looks whether every promise is being kept."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import read_settings
from bot.watchdog.memory import Memory
from bot.watchdog.status import status_text


def watchdog(
    status: Annotated[bool, typer.Option(help="say what was found last, and end")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh or en")] = "en",
) -> None:
    """Watch over the other processes; sends the heartbeat and technical alarms.

    With --status: exit code 0 when all is well, 1 when something is not, or when the
    watchdog itself has not looked for a while.
    """
    settings = read_settings()
    if not status:
        # In place of this process, without what only the command line needs: it stays small.
        os.execv(sys.executable, [sys.executable, "-m", "bot.watchdog"])  # noqa: S606
    known = Memory(Path(settings.watchdog_memory)).recall()
    text, well = status_text(known, datetime.now(UTC), lang)
    typer.echo(text)
    raise typer.Exit(0 if well else 1)


COMMANDS = (watchdog,)

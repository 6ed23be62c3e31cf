"""aftercare pathway: what leaves the house and what comes back, as other programs know it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.pathfiles.schema import published
from bot.settings import read_settings

Folder = Annotated[Path | None, typer.Option("--folder", help="the pathways' folder")]


def schema(folder: Folder = None) -> None:
    """Write the JSON Schema of the pathway files, by which editors complete and underline."""
    where = folder or Path(read_settings().pathways)
    for name, content in published().items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, ensure_ascii=False, indent=2)
        path.write_text(f"{text}\n", encoding="utf-8")
        typer.echo(str(path))


COMMANDS = {"schema": schema}

"""aftercare pathway: check and show what the care team wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.pathfiles.check import check_library
from bot.pathfiles.findings import Severity
from bot.pathfiles.load import load_library
from bot.pathfiles.show import show as show_pathway
from bot.settings import read_settings

app = typer.Typer(help="Check and show pathways.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--folder", help="the pathways' folder")]


@app.command()
def check(folder: Folder = None) -> None:
    """Check every pathway: mistakes with file, line and what to do. Exit 1 on any error."""
    where = folder or Path(read_settings().pathways)
    findings = check_library(where)
    for one in findings:
        hint = f"  {one.hint}" if one.hint else ""
        typer.echo(f"{one.file}:{one.line}: {one.severity.value}: {one.what}.{hint}")
    errors = sum(one.severity is Severity.ERROR for one in findings)
    typer.echo(f"{errors} errors, {len(findings) - errors} warnings")
    raise typer.Exit(1 if errors else 0)


@app.command()
def show(
    name: str,
    lang: Annotated[str, typer.Option("--lang", help="zh or en")] = "en",
    folder: Folder = None,
) -> None:
    """Show one pathway as a leaflet."""
    library = load_library(folder or Path(read_settings().pathways))
    typer.echo(show_pathway(library.pathway(name), lang))

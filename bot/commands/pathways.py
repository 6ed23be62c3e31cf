"""aftercare pathway: check, show, simulate and compare what the care team wrote."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.finding_line import finding_line
from bot.console.sheet import sheet
from bot.core.errors import AftercareError, PathwayError
from bot.core.pathway import Library
from bot.core.plurals import fill_in
from bot.core.screening import Screening, screen
from bot.core.simulation import Assumptions, as_page, as_text, report
from bot.core.simulation import simulate as simulate_pathway
from bot.core.simulation.assumptions import NURSE_MINUTES
from bot.core.simulation.scene import Screen
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.pathfiles.check import check_library
from bot.pathfiles.diff import diff as compare
from bot.pathfiles.diff_words import DIFF
from bot.pathfiles.findings import Severity
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.load import load_library
from bot.pathfiles.show import show as show_pathway
from bot.settings import read_settings
from bot.wiring import make_house

app = typer.Typer(help="Check, show, simulate and compare pathways.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--folder", help="the pathways' folder")]
Lang = Annotated[str, typer.Option("--lang", help="zh or en")]
COUNTED = {
    "en": "{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}",
    "zh": "{errors} 个错误，{warnings} 个提醒",
}
Json = Annotated[bool, typer.Option("--json", help="as JSON, with keys that stay")]
EMERGENCY = NURSE_MINUTES[TriageLevel.EMERGENCY]
SAME_DAY = NURSE_MINUTES[TriageLevel.SAME_DAY]
WITHIN_48_HOURS = NURSE_MINUTES[TriageLevel.WITHIN_48_HOURS]


@app.command()
def check(folder: Folder = None, lang: Lang = "en") -> None:
    """Check every pathway: mistakes with file, line and what to do. Exit 1 on any error."""
    _known(lang)
    where = folder or Path(read_settings().pathways)
    findings = check_library(where)
    for one in findings:
        typer.echo(finding_line(one, lang))
    errors = sum(one.severity is Severity.ERROR for one in findings)
    typer.echo(fill_in(COUNTED[lang], errors=errors, warnings=len(findings) - errors))
    raise typer.Exit(1 if errors else 0)


@app.command()
def show(
    name: str,
    lang: Lang = "en",
    folder: Folder = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="draw it into this file: pictures and leaflet")
    ] = None,
) -> None:
    """Show one pathway as a leaflet; with --html as a picture (timeline and flow) and to print."""
    _known(lang)
    settings = read_settings()
    try:
        pathway = load_library(folder or Path(settings.pathways)).pathway(name)
    except AftercareError as error:
        raise _refused(error) from error
    if html is None:
        typer.echo(show_pathway(pathway, lang))
    else:
        _put(sheet(pathway, lang, make_house(settings)), html)


@app.command()
def simulate(
    name: str,
    *,
    patients: Annotated[int, typer.Option(min=1, max=100_000)] = 200,
    days: Annotated[int, typer.Option(min=1, max=4000, help="days after surgery")] = 90,
    seed: Annotated[int, typer.Option(help="the same seed gives the same result")] = 1,
    operations: Annotated[float, typer.Option(min=0, help="operations a week")] = 10.0,
    emergency_minutes: Annotated[float, typer.Option(min=0, help="of a nurse")] = EMERGENCY,
    same_day_minutes: Annotated[float, typer.Option(min=0, help="of a nurse")] = SAME_DAY,
    within_48_hours_minutes: Annotated[
        float, typer.Option(min=0, help="of a nurse")
    ] = WITHIN_48_HOURS,
    start: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="day of the first surgery")
    ] = datetime(2026, 3, 2),  # noqa: DTZ001, a date of a calendar
    lang: Lang = "en",
    as_json: Json = False,
    page: Annotated[
        Path | None, typer.Option(help="write a page to look at, .html, in both languages")
    ] = None,
    folder: Folder = None,
) -> None:
    """Let invented patients live through a pathway, and tell what it does to them and to nurses."""
    where = folder or Path(read_settings().pathways)
    _known(lang)
    languages = (lang, *(one for one in LANGUAGES if one != lang and page is not None))
    try:
        library = load_library(where)
        pathway = library.pathway(name)
        screening = _screening(where)
    except AftercareError as error:
        raise _refused(error) from error
    taken = Assumptions(
        nurse_minutes={
            TriageLevel.EMERGENCY: emergency_minutes,
            TriageLevel.SAME_DAY: same_day_minutes,
            TriageLevel.WITHIN_48_HOURS: within_48_hours_minutes,
        },
        operations_per_week=operations,
        first_surgery_on=start.date(),
        country=_country(library),
    )
    run = partial(simulate_pathway, pathway, patients=patients, days=days, seed=seed, taken=taken)
    reports = {one: report(run(language=one, screen=screening)) for one in languages}
    found = reports[lang]
    if page is not None:
        _put(as_page(reports, lang), page)
    elif as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        typer.echo(as_text(found, lang), nl=False)
    raise typer.Exit(1 if found["messages"]["in_quiet_hours"] else 0)


@app.command()
def diff(old: Path, new: Path, lang: Lang = "en", as_json: Json = False) -> None:
    """Compare two versions (folders or files) in the words of the ward."""
    _known(lang)
    try:
        changes = compare(old, new)
    except AftercareError as error:
        raise _refused(error) from error
    if as_json:
        typer.echo(json.dumps([one.as_row() for one in changes], ensure_ascii=False, indent=2))
        return
    for one in changes:
        typer.echo(one.say(lang))
    if not changes:
        typer.echo(DIFF[lang]["none"])


def _screening(where: Path) -> Screen | None:
    """The screening that every message passes; None for a library without a lexicon."""
    folder = where / "shared" / "lexicon"
    if not folder.is_dir():
        return None
    lexicons = load_lexicons(folder)

    def screened(words: str, procedure: str, day: int) -> Screening:
        return screen(words, lexicons=lexicons, procedure=procedure, day=day)

    return screened


def _country(library: Library) -> str:
    """The house's country, when the library knows its numbers."""
    country = read_settings().country
    return country if country in library.shared.emergency else ""


def _put(text: str, path: Path) -> None:
    """Into a file, which is written anew each time."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise _refused(PathwayError(str(path), fault.strerror or "cannot be written")) from fault
    typer.echo(str(path))


def _known(lang: str) -> None:
    if lang not in LANGUAGES:
        raise _refused(PathwayError("--lang", f"no language '{lang}'", "Use zh or en"))


def _refused(error: AftercareError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(2)

"""aftercare audit: is the audit whole, and who saw or did what."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.core.audit_chain import Misfit
from bot.core.plurals import fill_in
from bot.services.search_audit import AuditLine, Wanted, search_as
from bot.services.verify_audit import LATE, Verdict, verify_audit
from bot.wiring import wire

app = typer.Typer(help="The audit: verify its chain, and search it.", no_args_is_help=True)

WHENS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
MEANS = {
    "missing": (
        "it should be entry {expected}. One or more entries before it were taken out, or moved, "
        "by somebody who owns the database"
    ),
    "changed": "it is not as it was written: one of its fields, or its hash, was changed later",
    "order": (
        "it carries another hash of the entry before it: that one was written anew with a hash "
        "of its own, or entries were taken out and the rest numbered again"
    ),
}


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="a head that was noted earlier: is it still there?")
    ] = "",
) -> None:
    """Read the whole chain; exit code 1 and the first entry that does not fit, if one does not."""
    verdict = verify_audit(wire(prepare=True).parts, noted=head.strip().lower())
    for line in verdict_lines(verdict):
        typer.echo(line)
    raise typer.Exit(0 if verdict.whole else 1)


def verdict_lines(verdict: Verdict) -> list[str]:
    """What was found, in sentences."""
    newest = verdict.head
    if verdict.misfit is not None:
        lines = [_what_is_wrong(verdict.misfit), _before(verdict)]
    elif not verdict.known:
        lines = [
            "NOT WHOLE: the head that was noted earlier is not in the chain. Entries at its end "
            "were taken out, or the whole chain was written anew. Compare with a backup.",
            f"what is there fits together: {_entries(newest.number)}, head {newest.hash}",
        ]
    else:
        lines = [f"whole, {_entries(newest.number)}, head {newest.hash}"]
    if verdict.waiting:
        lines.append(
            fill_in("{n} newer {n:entry is|entries are} not in the chain yet", n=verdict.waiting)
        )
    if verdict.late:
        lines.append(
            f"{verdict.late} of them for more than {LATE.seconds // 60} minutes: the service "
            "chains them within a second while it runs, so it does not run, or see its log"
        )
    return lines


def _entries(number: int) -> str:
    return fill_in("{n} {n:entry|entries}", n=number)


def _what_is_wrong(misfit: Misfit) -> str:
    entry, why = misfit.entry, MEANS[misfit.why].format(expected=misfit.expected)
    return (
        f"NOT WHOLE: the first entry that does not fit is number {entry.number} ({entry.id}, "
        f"{entry.at:%Y-%m-%d %H:%M:%S} UTC, {entry.action}): {why}."
    )


def _before(verdict: Verdict) -> str:
    return (
        f"what is before it fits: {_entries(verdict.head.number)}. Stop trusting what comes "
        "after, keep a copy of the database as it is, and compare with a backup."
    )


@app.command()
def search(
    who: Annotated[str, typer.Option(help="a login, a name, or system")] = "",
    patient: Annotated[str, typer.Option(help="her hospital number, or our id")] = "",
    action: Annotated[str, typer.Option(help="such as saw_case, case.close, sign_in")] = "",
    since: Annotated[datetime | None, typer.Option(formats=WHENS, help="UTC")] = None,
    until: Annotated[datetime | None, typer.Option(formats=WHENS, help="UTC, not included")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="the newest so many")] = 200,
) -> None:
    """Print the entries that fit, newest first, one JSON object a line. The search is noted."""
    wanted = Wanted(who.strip(), patient.strip(), action.strip(), _utc(since), _utc(until))
    by = f"command:{getpass.getuser()}"
    found = search_as(wire(prepare=True).parts, wanted, limits={}, by=by, most=most)
    if found.unknown:
        typer.echo("there is no such patient", err=True)
        raise typer.Exit(2)
    for line in found.lines:
        typer.echo(json.dumps(_row(line), ensure_ascii=False))
    if found.more:
        typer.echo("there are older ones: give --until or --most", err=True)


def _row(line: AuditLine) -> dict[str, object]:
    one = line.entry
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "who": one.who,
        "name": line.who,
        "action": one.action,
        "about": one.about,
        "hospital_id": line.hospital_id,
        "details": one.details,
    }


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None

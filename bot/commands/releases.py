"""aftercare pathway draft, review, release, retire, versions, move-patients: how an edit gets
into force, signed by two named people. The console has buttons for the same use cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.finding_line import finding_line
from bot.commands.release_words import SAID
from bot.core.errors import AftercareError, NotAllowed, NotFound, NotReleasable, Overtaken
from bot.core.permissions import Permission
from bot.core.plurals import fill_in
from bot.core.question import Question
from bot.core.release import Draft
from bot.core.staff import Nurse
from bot.services.draft_pathway import open_draft
from bot.services.move_patients import DryRun, dry_run, move_patients
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.record_answer import short_name
from bot.services.release_pathway import release_draft, submit_draft
from bot.services.show_pathways import OneDraft, list_pathways, show_draft, show_pathway
from bot.services.who_signs import who_signs
from bot.wiring import wire

Lang = Annotated[str, typer.Option("--lang", help="zh or en")]
As = Annotated[str, typer.Option("--as", help="your login; the password is asked for")]
SHORT = 8  # characters of a draft's id that are shown, and enough to name it


def draft(
    files: Annotated[list[Path] | None, typer.Argument(help="none: all that wait")] = None,
    *,
    by: As,
    lang: Lang = "en",
) -> None:
    """Take edited files as a draft, and say what the check finds and what would change."""
    parts, nurse = _at_the_desk(by)
    with _Words(lang) as say:
        names = {_name(one): one for one in files or ()}
        texts: dict[str, str | None] = {
            name: path.read_text("utf-8") if path.is_file() else None
            for name, path in names.items()
        }
        if not files:
            waiting, folder = list_pathways(parts, nurse).unreleased, parts.workbench.folder()
            texts = {name: folder.get(name) for name in waiting}
        if not texts:
            typer.echo(say("nothing_waits"))
            return
        made = open_draft(parts, nurse=nurse, files=texts)
        _tell_draft(show_draft(parts, nurse, made.id), lang)


def review(id: str, *, by: As, lang: Lang = "en") -> None:
    """Ask a second person to look at a draft. Refused when the check finds errors."""
    parts, nurse = _at_the_desk(by)
    with _Words(lang) as say:
        found = _find(parts, nurse, id)
        submit_draft(parts, nurse=nurse, draft_id=found.id, number=found.number)
        typer.echo(say("asked", id=found.id[:SHORT]))


def release(
    id: str,
    *,
    by: As,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
    lang: Lang = "en",
) -> None:
    """Read what a draft changes, sign it, and let it into force. Not your own."""
    parts, nurse = _at_the_desk(by)
    with _Words(lang) as say:
        require(nurse, Permission.RELEASE_PATHWAY)
        found = _find(parts, nurse, id)
        _tell_draft(show_draft(parts, nurse, found.id), lang)
        if not yes and not typer.confirm(say("sure")):
            raise typer.Exit(1)
        done = release_draft(parts, nurse=nurse, draft_id=found.id, number=found.number)
        typer.echo(say("released"))
        for name, version in done.versions.items():
            typer.echo(f"  {name} {version}")


def retire(name: str, *, by: As, lang: Lang = "en") -> None:
    """Propose that nobody is enrolled on a pathway any more; a second person releases it."""
    parts, nurse = _at_the_desk(by)
    with _Words(lang) as say:
        parts.library.pathway(name)
        made = open_draft(parts, nurse=nurse, files={f"{name}.yml": None})
        submit_draft(parts, nurse=nurse, draft_id=made.id, number=made.number)
        typer.echo(say("asked", id=made.id[:SHORT]))


def versions(name: str, *, by: As, lang: Lang = "en") -> None:
    """Every version of a pathway: who wrote and approved it, what changed, who is on it."""
    parts, nurse = _at_the_desk(by)
    with _Words(lang) as say:
        found = show_pathway(parts, nurse, name)
        for one in found.versions:
            signed = one.release
            authors = ", ".join(found.names.get(who, who) for who in signed.authors)
            approver = found.names.get(signed.approver, signed.approver)
            by_whom = say("signed", authors=authors, approver=approver)
            typer.echo(
                f"{one.version}  {signed.released_at:%Y-%m-%d %H:%M} UTC  "
                f"{by_whom if approver else say('by_files')}  {say('patients', n=one.patients)}"
            )
            for change in signed.changes:
                typer.echo(f"    {change['text'][lang]}")


def move(
    name: str,
    *,
    by: As,
    only_look: Annotated[bool, typer.Option("--dry-run", help="say it, do not do it")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
    lang: Lang = "en",
) -> None:
    """Move patients to the version in force: who and how, and then do it."""
    parts, nurse = _at_the_desk(by)
    with _Words(lang) as say:
        run = dry_run(parts, nurse=nurse, pathway_id=name)
        _tell_run(run, lang)
        if only_look or not run.affected:
            return
        if not yes and not typer.confirm(say("sure_move")):
            raise typer.Exit(1)
        moved, waiting = move_patients(parts, nurse=nurse, pathway_id=name, seal=run.seal)
        typer.echo(say("moved", moved=moved, waiting=waiting))


class _Words:
    """Says things in one language, and turns an error into words and exit 2."""

    def __init__(self, language: str) -> None:
        if language not in SAID:
            raise typer.BadParameter("zh or en")
        self._said = SAID[language]

    def __enter__(self) -> _Words:
        return self

    def __call__(self, key: str, **values: object) -> str:
        return fill_in(self._said[key], **values)

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, Overtaken):
            key = "overtaken" if fault.by else "look_again"
            told = self(key, by=fault.by, files=", ".join(fault.theirs))
        elif isinstance(fault, NotReleasable):
            told = f"{self(fault.why)} {str(fault).removeprefix(fault.why).lstrip(': ')}"
        elif isinstance(fault, NotAllowed):
            told = self("not_allowed")
        elif isinstance(fault, AftercareError):
            told = str(fault)
        else:
            return
        typer.echo(told.strip(), err=True)
        raise typer.Exit(2) from fault


def _at_the_desk(login: str) -> tuple[Parts, Nurse]:
    """The house, and who speaks: a signature is a person's, not a machine's."""
    password = typer.prompt("Password", hide_input=True, err=True)
    parts = wire(prepare=True).parts
    return parts, who_signs(parts, login=login, password=password)


def _name(path: Path) -> str:
    """What a file is called inside the library."""
    return f"shared/{path.name}" if path.absolute().parent.name == "shared" else path.name


def _find(parts: Parts, nurse: Nurse, id: str) -> Draft:
    """The open draft whose id begins like this."""
    found = [one.draft for one in list_pathways(parts, nurse).drafts if one.draft.id.startswith(id)]
    if len(found) != 1:
        known = ", ".join(one.draft.id[:SHORT] for one in list_pathways(parts, nurse).drafts)
        raise NotFound(f"no one open draft '{id}'. Open: {known or '-'}")
    return found[0]


def _tell_draft(found: OneDraft, lang: str) -> None:
    say, one = _Words(lang), found.line.draft
    files = ", ".join(
        name if text is not None else say("goes", name=name) for name, text in one.files.items()
    )
    typer.echo(say("draft", id=one.id[:SHORT], files=files, authors=", ".join(found.line.names)))
    for finding in found.findings:
        typer.echo(f"  {finding_line(finding, lang)}")
    for name in found.overtaken:
        typer.echo(f"  {say('behind', name=name)}")
    for change in found.preview.changes:
        typer.echo(f"  {change['text'][lang]}")
    if not found.preview.changes and not found.preview.has_errors:
        typer.echo(f"  {say('no_clinical')}")


def _tell_run(run: DryRun, lang: str) -> None:
    say = _Words(lang)
    typer.echo(say("run", n=len(run.affected), version=run.pathway.version))
    for version, changes in run.changes.items():
        on_it = [one for one in run.affected if one.episode.pathway_version == version]
        typer.echo(say("from", version=version, n=len(on_it)))
        for change in changes:
            typer.echo(f"  {change['text'][lang]}")
        for one in on_it:
            plan = one.plan
            parts = [say("is_open")] if one.open else []
            parts += [say("gone", names=_named(one.gone, lang))] if one.gone else []
            parts += [say("new", names=_named(one.new, lang))] if one.new else []
            parts += [say("times", n=len(plan.changed))] if plan.changed else []
            parts += [say("fewer", n=len(plan.cancelled))] if plan.cancelled else []
            parts += [say("more", n=len(plan.added))] if plan.added else []
            parts += [say("ends")] if plan.ends_now else []
            typer.echo(f"    {one.episode.id}: {'; '.join(parts) or say('rules_only')}")


def _named(questions: Iterable[Question], lang: str) -> str:
    return ", ".join(short_name(one, lang) for one in questions)


COMMANDS: dict[str, Callable[..., None]] = {
    "draft": draft,
    "review": review,
    "release": release,
    "retire": retire,
    "versions": versions,
    "move-patients": move,
}

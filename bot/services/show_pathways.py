"""Show pathways: what is in force, who signed it, who is on it, and what is in the making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff

from bot.core.errors import NotFound, PathwayError
from bot.core.finding import Finding, Severity
from bot.core.pathway import Pathway
from bot.core.permissions import Permission
from bot.core.release import FROM_FILES, Draft, DraftState, Release, changed_by, overtaken
from bot.core.staff import Nurse
from bot.services.draft_pathway import files_now
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.release_pathway import Preview, preview_of
from bot.services.whom import LIVING

OPEN = (DraftState.WRITING, DraftState.IN_REVIEW)


@dataclass(frozen=True)
class PathwayLine:
    """One pathway of the list. `retired`: nobody is enrolled on it any more."""

    pathway: Pathway
    patients: int
    on_older: int
    retired: bool
    release: Release | None


@dataclass(frozen=True)
class VersionLine:
    """One version of a pathway, as it was signed, and how many patients are on it now."""

    version: str
    release: Release
    patients: int


@dataclass(frozen=True)
class DraftLine:
    """A change in the making. `names` are those of its authors."""

    draft: Draft
    names: tuple[str, ...]


@dataclass(frozen=True)
class PathwayList:
    lines: tuple[PathwayLine, ...]
    drafts: tuple[DraftLine, ...]
    unreleased: tuple[str, ...]  # changed in the folder, and not in force
    names: Mapping[str, str]


@dataclass(frozen=True)
class OnePathway:
    """`pathway` is the version in force, or the last one of a retired pathway."""

    pathway: Pathway
    retired: bool
    versions: tuple[VersionLine, ...]  # the newest first
    drafts: tuple[DraftLine, ...]
    names: Mapping[str, str]


@dataclass(frozen=True)
class OneDraft:
    """A draft and all that a reviewer must know. `overtaken`: files of which another text
    came into force since. `lines`: by file, what differs from what is in force."""

    line: DraftLine
    preview: Preview
    findings: tuple[Finding, ...]
    overtaken: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]
    standing: Mapping[str, str]


def list_pathways(parts: Parts, nurse: Nurse) -> PathwayList:
    """Every pathway in force, then the retired ones that patients are still on."""
    require(nurse, Permission.SEE_PATHWAY)
    folder = parts.workbench.folder()
    with parts.record.reading() as tx:
        releases = tx.releases.find(order_by="number")
        standing = files_now(tx, parts)
        current = {one.id: one for one in parts.library.all()}
        lines = [_line(tx, one, releases) for one in current.values()]
        for id in sorted({id for one in releases for id in one.versions} - set(current)):
            last = next(one.versions[id] for one in reversed(releases) if id in one.versions)
            if tx.episodes.count(pathway_id=id, state__in=LIVING):
                pathway = parts.library.followed(id, last)
                lines.append(_line(tx, pathway, releases, retired=True))
        return PathwayList(
            lines=tuple(lines),
            drafts=_drafts(tx),
            unreleased=tuple(
                name
                for name in sorted({*folder, *standing})
                if folder.get(name) != standing.get(name)
            ),
            names=_names(tx),
        )


def show_pathway(parts: Parts, nurse: Nurse, pathway_id: str) -> OnePathway:
    """One pathway with its versions. Raises NotFound."""
    require(nurse, Permission.SEE_PATHWAY)
    current = {one.id: one for one in parts.library.all()}.get(pathway_id)
    with parts.record.reading() as tx:
        signed = [one for one in tx.releases.find(order_by="-number") if pathway_id in one.versions]
        if current is None and not signed:
            raise NotFound(f"no pathway {pathway_id}")
        pathway = current or parts.library.followed(pathway_id, signed[0].versions[pathway_id])
        versions = tuple(
            VersionLine(version, one, _on(tx, pathway_id, version))
            for one in signed
            if (version := one.versions[pathway_id])
        )
        own = f"{pathway_id}.yml"
        drafts = tuple(one for one in _drafts(tx) if own in one.draft.files)
        return OnePathway(pathway, current is None, versions, drafts, _names(tx))


def pathway_of(parts: Parts, nurse: Nurse, pathway_id: str, *, draft_id: str = "") -> Pathway:
    """A pathway as it is in force, or as a draft would have it. Raises NotFound, also for a
    draft that the check finds errors in."""
    require(nurse, Permission.SEE_PATHWAY)
    if not draft_id:
        return show_pathway(parts, nurse, pathway_id).pathway
    with parts.record.reading() as tx:
        draft, standing = tx.drafts.get(draft_id), files_now(tx, parts)
    if draft is None:
        raise NotFound(f"no draft {draft_id}")
    try:
        found = parts.workbench.pathways(changed_by(draft, standing)).get(pathway_id)
    except PathwayError as fault:
        raise NotFound(str(fault)) from fault
    if found is None:
        raise NotFound(f"no pathway {pathway_id} in draft {draft_id}")
    return found


def show_draft(
    parts: Parts, nurse: Nurse, draft_id: str, *, typed: Mapping[str, str] | None = None
) -> OneDraft:
    """A draft laid over what is in force; `typed` is not saved yet. Raises NotFound."""
    require(nurse, Permission.SEE_PATHWAY)
    with parts.record.reading() as tx:
        draft = tx.drafts.get(draft_id)
        if draft is None:
            raise NotFound(f"no draft {draft_id}")
        standing, names = files_now(tx, parts), _names(tx)
    known = {name: text for name, text in (typed or {}).items() if name in draft.files}
    draft = replace(draft, files={**draft.files, **known})
    preview = preview_of(parts, draft, standing)
    # Warnings of files that she did not touch are not her business now.
    mine = [
        one for one in preview.findings if one.file in draft.files or one.severity is Severity.ERROR
    ]
    return OneDraft(
        line=DraftLine(draft, tuple(names.get(one, one) for one in draft.authors)),
        preview=preview,
        findings=tuple(mine),
        overtaken=tuple(overtaken(draft, standing)) if draft.is_open else (),
        lines={name: _lines(standing.get(name), text) for name, text in draft.files.items()},
        standing=standing,
    )


def _line(
    tx: Transaction, pathway: Pathway, releases: list[Release], *, retired: bool = False
) -> PathwayLine:
    living = tx.episodes.count(pathway_id=pathway.id, state__in=LIVING)
    here = 0 if retired else _on(tx, pathway.id, pathway.version)
    signed = [one for one in releases if one.versions.get(pathway.id) == pathway.version]
    return PathwayLine(pathway, living, living - here, retired, signed[-1] if signed else None)


def _on(tx: Transaction, pathway_id: str, version: str) -> int:
    return tx.episodes.count(pathway_id=pathway_id, pathway_version=version, state__in=LIVING)


def _drafts(tx: Transaction) -> tuple[DraftLine, ...]:
    names = _names(tx)
    found = tx.drafts.find(state__in=OPEN, order_by="-changed_at")
    return tuple(
        DraftLine(one, tuple(names.get(author, author) for author in one.authors)) for one in found
    )


def _names(tx: Transaction) -> dict[str, str]:
    """Of everybody with an account, by id; what the folder brought has no name."""
    return {FROM_FILES: "", **{one.id: one.name for one in tx.nurses.find()}}


def _lines(old: str | None, new: str | None) -> tuple[str, ...]:
    """The lines that differ, with two lines around them, as git shows them."""
    before, after = (old or "").splitlines(), (new or "").splitlines()
    return tuple(unified_diff(before, after, lineterm="", n=2))[2:]

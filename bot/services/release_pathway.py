"""Release a pathway: a second named person lets a checked draft into force.

It takes effect for new episodes in every process within seconds, without a restart and
without training. Episodes under way stay on the version they began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.core.errors import NotReleasable, Overtaken, PathwayError
from bot.core.finding import Finding, Severity
from bot.core.pathway import Pathway
from bot.core.permissions import Permission
from bot.core.release import Draft, DraftState, Files, Release, changed_by, overtaken
from bot.core.staff import Nurse
from bot.core.stranding import stranded
from bot.services.adopt_files import keep_versions
from bot.services.audit import note
from bot.services.draft_pathway import as_read, files_now
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction


@dataclass(frozen=True)
class Preview:
    """A draft laid over what is in force: what the check finds, and what would change."""

    findings: list[Finding]
    changes: list[dict[str, Any]]
    versions: dict[str, str]  # of every pathway that would have a new one

    @property
    def has_errors(self) -> bool:
        return any(one.severity is Severity.ERROR for one in self.findings)


def preview_of(parts: Parts, draft: Draft, standing: Files) -> Preview:
    """Check a draft and word what it changes; with errors nothing is compared."""
    whole = changed_by(draft, standing)
    found = parts.workbench.findings(whole)
    preview = Preview(found, [], {})
    if preview.has_errors:
        return preview
    old, new = _pathways(parts, standing), _pathways(parts, whole)
    known = {id: one.version for id, one in old.items()}
    versions = {id: one.version for id, one in new.items() if known.get(id) != one.version}
    found = [*stranded(old, new), *found]
    return Preview(found, parts.workbench.changes(standing, whole), versions)


def submit_draft(parts: Parts, *, nurse: Nurse, draft_id: str, number: int) -> None:
    """Ask for a review. Raises NotReleasable, Overtaken."""
    require(nurse, Permission.WRITE_PATHWAY)
    draft, standing = _fit(parts, draft_id, number)
    _releasable(parts, draft, standing)
    with parts.record.transaction() as tx:
        draft, now = as_read(tx, draft_id, number), parts.clock.now()
        asked = replace(draft, state=DraftState.IN_REVIEW, submitted_at=now, note="")
        tx.drafts.swap(draft, asked)
        _note(tx, parts, nurse, "pathway.submit", f"draft:{draft.id}")


def send_back(parts: Parts, *, nurse: Nurse, draft_id: str, number: int, why: str) -> None:
    """The reviewer does not approve, and says why."""
    require(nurse, Permission.RELEASE_PATHWAY)
    with parts.record.transaction() as tx:
        draft = as_read(tx, draft_id, number)
        tx.drafts.swap(draft, replace(draft, state=DraftState.WRITING, note=why.strip()))
        _note(tx, parts, nurse, "pathway.send_back", f"draft:{draft.id}")


def release_draft(parts: Parts, *, nurse: Nurse, draft_id: str, number: int) -> Release:
    """Sign and let into force, all of it or nothing.

    Raises NotAllowed, NotReleasable (the check finds errors, nobody asked for a review, she
    wrote in it herself), Overtaken (changed since she read it, or since it was begun).
    """
    require(nurse, Permission.RELEASE_PATHWAY)
    draft, standing = _fit(parts, draft_id, number)
    if nurse.id in draft.authors:
        raise NotReleasable("own_draft")
    if draft.state is not DraftState.IN_REVIEW:
        raise NotReleasable("not_in_review")
    preview = _releasable(parts, draft, standing)
    with parts.record.transaction() as tx:
        draft = as_read(tx, draft_id, number)
        _not_overtaken(tx, draft, files_now(tx, parts))
        release = _signed(tx, parts, draft, preview, nurse)
        whole = changed_by(draft, standing)
        keep_versions(tx, whole, preview.versions, parts.clock)
        done = replace(draft, state=DraftState.RELEASED, number=draft.number + 1)
        tx.drafts.swap(draft, done)
        retired = [name for name, text in draft.files.items() if text is None]
        action = "pathway.retire" if retired else "pathway.release"
        details = ", ".join(f"{id} {version}" for id, version in preview.versions.items())
        note(
            tx,
            parts,
            who=nurse.id,
            action=action,
            about=f"release:{release.id}",
            details=", ".join(retired) or details,
        )
    parts.library.refresh()
    return release


def _fit(parts: Parts, draft_id: str, number: int) -> tuple[Draft, Files]:
    """The draft and what is in force, if it is still what she read and what it began from."""
    with parts.record.transaction() as tx:
        draft = as_read(tx, draft_id, number)
        standing = files_now(tx, parts)
        _not_overtaken(tx, draft, standing)
    return draft, standing


def _not_overtaken(tx: Transaction, draft: Draft, standing: Files) -> None:
    names = overtaken(draft, standing)
    if not names:
        return
    for one in tx.releases.find(order_by="-number"):
        if set(names) & set(one.files):
            by = tx.nurses.get(one.approver)
            raise Overtaken(by.name if by else "", {name: standing.get(name) for name in names})
    raise Overtaken("", {name: standing.get(name) for name in names})


def _releasable(parts: Parts, draft: Draft, standing: Files) -> Preview:
    if all(standing.get(name) == text for name, text in draft.files.items()):
        raise NotReleasable("no_change")
    preview = preview_of(parts, draft, standing)
    if preview.has_errors:
        first = next(one for one in preview.findings if one.severity is Severity.ERROR)
        raise NotReleasable("errors", str(first))
    pathways = parts.workbench.pathways(changed_by(draft, standing))
    try:
        for one in pathways.values():
            one.shared.numbers(parts.house.country)
    except PathwayError as fault:
        raise NotReleasable("no_number", str(fault)) from None
    return preview


def _signed(tx: Transaction, parts: Parts, draft: Draft, preview: Preview, nurse: Nurse) -> Release:
    release = Release(
        id=parts.ids.new(),
        number=tx.releases.count() + 1,
        files=draft.files,
        versions=preview.versions,
        authors=draft.authors,
        approver=nurse.id,
        written_at=draft.changed_at,
        released_at=parts.clock.now(),
        draft_id=draft.id,
        changes=preview.changes,
    )
    if not tx.releases.add_if_new(release):  # another release at this very moment
        raise Overtaken("", draft.files)
    return release


def _pathways(parts: Parts, files: Files) -> Mapping[str, Pathway]:
    """By name; empty when this release of the software cannot read the files."""
    try:
        return parts.workbench.pathways(files)
    except PathwayError:
        return {}


def _note(tx: Transaction, parts: Parts, nurse: Nurse, action: str, about: str) -> None:
    note(tx, parts, who=nurse.id, action=action, about=about)

"""Draft a pathway: one person writes, in the browser or from a file; nothing is in force yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core.errors import AlreadyDone, NotFound, Overtaken, PathwayError
from bot.core.permissions import Permission
from bot.core.release import Draft, DraftState, Files, hash_of, in_force
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction

Texts = Mapping[str, str | None]


def files_now(tx: Transaction, parts: Parts) -> Files:
    """The files in force; the folder's where nothing was ever released."""
    releases = tx.releases.find(order_by="number")
    return in_force(releases) if releases else parts.workbench.folder()


def older_text(parts: Parts, name: str, *, number: int = 0) -> str:
    """The text of a file in force, or as it was after the release of this number.

    Raises NotFound where it had none.
    """
    with parts.record.reading() as tx:
        releases = tx.releases.find(order_by="number")
        earlier = [one for one in releases if one.number <= number]
        files = in_force(earlier) if number else files_now(tx, parts)
    if name not in files:
        raise NotFound(f"no text of {name}")
    return files[name]


def open_draft(parts: Parts, *, nurse: Nurse, files: Texts) -> Draft:
    """Begin a change: the new text of each file, None where its pathway shall be retired."""
    require(nurse, Permission.WRITE_PATHWAY)
    for name in files:
        _must_be_ours(parts, name)
    now = parts.clock.now()
    with parts.record.transaction() as tx:
        standing = files_now(tx, parts)
        draft = Draft(
            id=parts.ids.new(),
            authors=[nurse.id],
            files=dict(files),
            bases={name: hash_of(standing.get(name)) for name in files},
            state=DraftState.WRITING,
            number=1,
            created_at=now,
            changed_at=now,
        )
        tx.drafts.add(draft)
        _note(tx, parts, nurse, "open", draft)
    return draft


def save_draft(
    parts: Parts, *, nurse: Nurse, draft_id: str, number: int, files: Texts, follow: bool = False
) -> Draft:
    """Save what she wrote over the draft she has read. A review begins anew.

    `follow`: she has seen what came into force meanwhile, and her text takes it into
    account. Raises Overtaken when another person saved since; then nothing is changed.
    """
    require(nurse, Permission.WRITE_PATHWAY)
    for name in files:
        _must_be_ours(parts, name)
    with parts.record.transaction() as tx:
        draft = as_read(tx, draft_id, number)
        standing = files_now(tx, parts)
        whole = {**draft.files, **files}
        now = {name: hash_of(standing.get(name)) for name in whole}
        saved = replace(
            draft,
            files=whole,
            bases=now if follow else {**now, **draft.bases},
            authors=list(dict.fromkeys([*draft.authors, nurse.id])),
            state=DraftState.WRITING,
            number=draft.number + 1,
            changed_at=parts.clock.now(),
            submitted_at=None,
        )
        _swap(tx, draft, saved)
        _note(tx, parts, nurse, "save", saved)
    return saved


def drop_draft(parts: Parts, *, nurse: Nurse, draft_id: str, number: int) -> None:
    """Give a draft up. It stays in the record."""
    require(nurse, Permission.WRITE_PATHWAY)
    with parts.record.transaction() as tx:
        draft = as_read(tx, draft_id, number)
        dropped = replace(draft, state=DraftState.DROPPED, number=draft.number + 1)
        _swap(tx, draft, dropped)
        _note(tx, parts, nurse, "drop", dropped)


def as_read(tx: Transaction, draft_id: str, number: int) -> Draft:
    """The draft as this person has read it, held until the transaction ends.

    Raises NotFound, AlreadyDone when it is settled, Overtaken when it was saved since.
    """
    draft = tx.drafts.get(draft_id, lock=True)
    if draft is None:
        raise NotFound(f"no draft {draft_id}")
    if not draft.is_open:
        raise AlreadyDone(_last_author(tx, draft))
    if draft.number != number:
        raise Overtaken(_last_author(tx, draft), draft.files)
    return draft


def _last_author(tx: Transaction, draft: Draft) -> str:
    entries = tx.audit.find(about=f"draft:{draft.id}", order_by="-at", limit=1)
    who = tx.nurses.get(entries[0].who) if entries else None
    return who.name if who else ""


def _must_be_ours(parts: Parts, name: str) -> None:
    if not parts.workbench.may_hold(name):
        raise PathwayError(name, "a library has no such file", "Name it like hernia_repair.yml")


def _swap(tx: Transaction, old: Draft, new: Draft) -> None:
    if not tx.drafts.swap(old, new):
        raise Overtaken(_last_author(tx, old), old.files)


def _note(tx: Transaction, parts: Parts, nurse: Nurse, action: str, draft: Draft) -> None:
    note(
        tx,
        parts,
        who=nurse.id,
        action=f"pathway.draft_{action}",
        about=f"draft:{draft.id}",
        details=", ".join(draft.files),
    )

"""Release: how a change of the care team's files comes into force, by two named people.

A draft is what one person writes. A release is what a second person let into force;
releases are numbered, only ever added, and together say what is in force. A text that
is None says that the file is not used any more: its pathway is retired.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

Files = dict[str, str]
HASH_LENGTH: Final = 12
FROM_FILES: Final = "files"  # stands where a name would: taken from the folder, by nobody


class DraftState(StrEnum):
    WRITING = "writing"
    IN_REVIEW = "in_review"
    RELEASED = "released"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Draft:
    """A change before it is in force.

    `files` maps a path inside the folder to its new text. `bases` holds the hash of the
    text that was in force when the author began ("" for a new file): if it is another by
    now, somebody else was faster. `number` counts the saves; whoever saves or releases
    names the number she has read. `authors` are all who wrote in it, the first one first.
    """

    id: str
    authors: list[str]
    files: dict[str, str | None]
    bases: dict[str, str]
    state: DraftState
    number: int
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None = None
    note: str = ""  # why a reviewer gave it back

    @property
    def is_open(self) -> bool:
        return self.state in (DraftState.WRITING, DraftState.IN_REVIEW)


@dataclass(frozen=True)
class Release:
    """A change in force, as signed: who wrote it, who approved it, what it changes.

    `versions` are the version hashes of the pathways it made; `changes` says what changed
    in clinical words, each in every language.
    """

    id: str
    number: int
    files: dict[str, str | None]
    versions: dict[str, str]
    authors: list[str]
    approver: str
    written_at: datetime
    released_at: datetime
    draft_id: str | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)


def hash_of(text: str | None) -> str:
    """What stands for a text when two are compared; "" for none."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def in_force(releases: Iterable[Release]) -> Files:
    """The files in force: of each the newest released text. `releases` in their order."""
    newest: dict[str, str | None] = {}
    for one in releases:
        newest.update(one.files)
    return {name: text for name, text in sorted(newest.items()) if text is not None}


def changed_by(draft: Draft, files: Mapping[str, str]) -> Files:
    """`files` as they will be when the draft is in force."""
    whole: dict[str, str | None] = {**files, **draft.files}
    return {name: text for name, text in sorted(whole.items()) if text is not None}


def overtaken(draft: Draft, files: Mapping[str, str]) -> list[str]:
    """The files of a draft of which another text came into force since it was begun."""
    return [name for name in draft.files if hash_of(files.get(name)) != draft.bases.get(name, "")]


def files_of(files: Mapping[str, str], pathway_id: str) -> Files:
    """The files that make one pathway: its own and the shared ones."""
    own = f"{pathway_id}.yml"
    return {name: text for name, text in files.items() if name == own or name.startswith("shared/")}

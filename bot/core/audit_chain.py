"""Audit chain: each entry carries the hash of the one before, so that no past can be changed.

The hash is SHA-256 over a canonical form: a JSON list, ASCII, without spaces, of the
form's name, the number, the hash before and every field of the entry, with its moment
in UTC to the microsecond. See docs/decisions/0013-audit-chain.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Final

from bot.core.staff import AuditEntry

FORM: Final = "aftercare-audit-1"
BEFORE_ALL: Final = "0" * 64  # what the first entry carries as the hash before it


@dataclass(frozen=True)
class Head:
    """The newest entry of the chain: its number and hash. An empty chain has 0."""

    number: int = 0
    hash: str = BEFORE_ALL


@dataclass(frozen=True)
class Misfit:
    """The first entry that does not fit. `why` is one of missing, order, changed."""

    entry: AuditEntry
    why: str
    expected: int


def hash_of(entry: AuditEntry) -> str:
    """What the entry's hash must be, from its number, the hash before and its own fields."""
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    own = (entry.id, at, entry.who, entry.action, entry.about, entry.details)
    form = json.dumps([FORM, entry.number, entry.previous, *own], separators=(",", ":"))
    return hashlib.sha256(form.encode("ascii")).hexdigest()


def chained(entry: AuditEntry, head: Head) -> AuditEntry:
    """The entry as the next link after `head`."""
    linked = replace(entry, number=head.number + 1, previous=head.hash)
    return replace(linked, hash=hash_of(linked))


def head_after(entry: AuditEntry) -> Head:
    return Head(entry.number or 0, entry.hash)


def walk(entries: Iterable[AuditEntry], head: Head | None = None) -> Iterator[Head | Misfit]:
    """The head after each entry, in order of their numbers; ends with the first misfit."""
    head = head or Head()
    for entry in entries:
        if why := _why_not(entry, head):
            yield Misfit(entry, why, head.number + 1)
            return
        head = head_after(entry)
        yield head


def _why_not(entry: AuditEntry, head: Head) -> str:
    if entry.number != head.number + 1:
        return "missing"
    if entry.hash != hash_of(entry):
        return "changed"
    return "" if entry.previous == head.hash else "order"

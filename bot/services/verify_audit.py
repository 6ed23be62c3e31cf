"""Verify the audit: is every entry in its place, and as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.core.audit_chain import Head, Misfit, walk
from bot.core.staff import AuditEntry
from bot.services.parts import Parts

PAGE: Final = 1000
LATE: Final = timedelta(minutes=10)  # the chain is a second behind, while the service runs


@dataclass(frozen=True)
class Verdict:
    """What was found. `misfit` None: whole. `known` False: the head noted earlier is gone.

    `waiting` entries are not links yet; `late` of them should long have been.
    """

    head: Head
    misfit: Misfit | None
    known: bool
    waiting: int
    late: int

    @property
    def whole(self) -> bool:
        return self.misfit is None and self.known


def verify_audit(parts: Parts, *, noted: str = "") -> Verdict:
    """Read the whole chain. `noted`: a head's hash that somebody wrote down earlier."""
    head, misfit, known = Head(), None, not noted
    for found in walk(_entries(parts)):
        if isinstance(found, Misfit):
            misfit = found
        else:
            head = found
            known = known or found.hash == noted
    with parts.record.reading() as tx:
        waiting = tx.audit.count(number=None)
        late = tx.audit.count(number=None, at__lt=parts.clock.now() - LATE)
    return Verdict(head, misfit, known or misfit is not None, waiting, late)


def _entries(parts: Parts) -> Iterator[AuditEntry]:
    """Every link in its order, in short transactions: the service goes on meanwhile."""
    # From below zero: a number that nobody gave must be met, not stepped over.
    last = -(2**31)
    while True:
        with parts.record.reading() as tx:
            page = tx.audit.find(number__gt=last, order_by="number", limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].number or 0

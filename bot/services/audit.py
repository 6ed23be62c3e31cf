"""Audit: who did or saw what. Entries are only ever added."""

from __future__ import annotations

from datetime import datetime

from bot.core.staff import AuditEntry
from bot.services.parts import Parts
from bot.services.ports import Transaction


def note(
    tx: Transaction,
    parts: Parts,
    *,
    who: str,
    action: str,
    about: str,
    details: str = "",
    at: datetime | None = None,
) -> None:
    """Add one entry. `about` is an id; `details` never hold a patient's words.

    `at` where the entry must bear the very moment of what it is about.
    """
    tx.audit.add(
        AuditEntry(
            id=parts.ids.new(),
            at=at or parts.clock.now(),
            who=who,
            action=action,
            about=about,
            details=details,
        )
    )

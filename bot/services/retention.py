"""Retention: rows that only help the machine, and for how long each kind is kept.

What patients, nurses and the chatbot said and did is the record: it is never
deleted here. Each kind below says why nobody misses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.services.parts import Parts


@dataclass(frozen=True)
class Keep:
    """How long one kind of row is kept after the moment in `field`, and why no longer."""

    field: str
    days: int
    why: str


RETENTION: Final[Mapping[str, Keep]] = {
    "turns": Keep(
        "created_at",
        7,
        "The answer to one message, so that a retry says the same. Retries end within a day; "
        "what was said stands in outbound.",
    ),
    "buttons": Keep(
        "created_at",
        180,
        "What pressing a button stands for. No check-in waits that long, an old button is "
        "still screened by its title, and what was offered stands in outbound.",
    ),
    "sign_ins": Keep(
        "expires_at",
        90,
        "A session that ended, kept so that a device is known again. Who signed in when "
        "stands in audit.",
    ),
    "guesses": Keep(
        "last_at",
        7,
        "How many wrong passwords came from one place. It is forgotten after a quarter of an hour.",
    ),
}
BATCH: Final = 200  # rows in one transaction: a few milliseconds, so nobody waits for it


def forget_old(parts: Parts) -> bool:
    """Delete one small batch of each kind that is over its time; says whether more may wait."""
    now, more = parts.clock.now(), False
    for name, keep in RETENTION.items():
        with parts.record.transaction() as tx:
            before = now - timedelta(days=keep.days)
            gone = getattr(tx, name).drop_before(keep.field, before, limit=BATCH)
        more = more or gone == BATCH
    return more

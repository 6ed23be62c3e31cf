"""Sign of life: a process shows in the record that it works. The watchdog reads it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.core.watch import SignOfLife
from bot.services.ports import Transaction

# How often a worker signs; the watchdog's limit allows for several signs that are missed.
SIGN_EVERY: Final = timedelta(seconds=10)


def sign(tx: Transaction, id: str, now: datetime, *, left: bool = False) -> None:
    """Sign as `id`. `left`: this was the last sign, the process ends in good order."""
    before, new = tx.signs_of_life.get(id), SignOfLife(id, now, left)
    if before is None:
        tx.signs_of_life.add_if_new(new)
    else:
        tx.signs_of_life.swap(before, new)

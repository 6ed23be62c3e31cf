"""Seats: several workers on one record tell each other apart, and share what is due.

Who does a piece of work is never a question of safety: lanes, claims and
compare-and-swap on the rows hold that it happens once. Seats only keep three
workers from doing the looking three times.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Protocol

Work = tuple[str, str]  # (work, about), as `find_due` names it
PATIENCE = 2.0  # seconds that another worker's work may stay due before the next one takes it


class Seats(Protocol):
    """A worker's place among those that share one record."""

    def mine(self) -> int:
        """This worker's number, from 1; no other living worker has it."""

    def taken(self) -> Sequence[int]:
        """The numbers of all living workers, this one's among them."""

    def leads(self, what: str) -> bool:
        """Whether this worker, and no other, does `what` now. Takes it over when it is free."""

    def close(self) -> None:
        """Leave: others may take the seat and the lead at once."""


class Alone:
    """One worker has the record for itself: SQLite, and tests."""

    def mine(self) -> int:
        return 1

    def taken(self) -> Sequence[int]:
        return (1,)

    def leads(self, what: str) -> bool:  # noqa: ARG002, alone it leads everything
        return True

    def close(self) -> None:
        """Nobody waits for this seat."""


class Share:
    """This worker's share of what is due.

    Each piece has an order of workers, the same in the eyes of all. The first takes
    it at once; the second only when it is still due after a while, for then the
    first is slow, or died a moment ago.
    """

    def __init__(self, seats: Seats, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seats, self._monotonic = seats, monotonic
        self._since: dict[Work, float] = {}

    def of(self, due: Sequence[Work]) -> list[Work]:
        """What of `due` this worker takes now, in the same order."""
        mine, taken = self._seats.mine(), self._seats.taken()
        if len(taken) < 2:
            return list(due)
        now = self._monotonic()
        self._since = {one: self._since.get(one, now) for one in due}
        share = [
            one for one in due if now - self._since[one] >= PATIENCE * _place(one, mine, taken)
        ]
        self._since |= dict.fromkeys(share, now)  # not again before another while
        return share


def _place(work: Work, mine: int, taken: Sequence[int]) -> int:
    """How many workers come before this one for this piece."""
    own = _draw(work, mine)
    return sum(_draw(work, seat) < own for seat in taken if seat != mine)


def _draw(work: Work, seat: int) -> bytes:
    return hashlib.sha256(f"{seat} {work[0]} {work[1]}".encode()).digest()

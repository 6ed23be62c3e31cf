"""Slow down: wrong passwords and codes, counted per login and place for all workers together.

Guessing is slowed down and never locked: whoever types wrong passwords somewhere else holds
up that place only. The record keeps a hash of both, since people type a password where the
login belongs.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core.staff import Guesses
from bot.services.parts import Parts

FREE_TRIES: Final = 5
LONGEST_WAIT: Final = timedelta(seconds=60)
FORGET_AFTER: Final = timedelta(minutes=15)


def wait_for(parts: Parts, login: str, place: str) -> timedelta:
    """How long until the next try from this place is looked at."""
    now = parts.clock.now()
    with parts.record.reading() as tx:
        found = tx.guesses.get(_id(login, place))
    if found is None or found.count < FREE_TRIES or now - found.last_at > FORGET_AFTER:
        return timedelta(0)
    pause = min(timedelta(seconds=2 ** min(found.count - FREE_TRIES + 1, 8)), LONGEST_WAIT)
    return max(found.last_at + pause - now, timedelta(0))


def count_wrong(parts: Parts, login: str, place: str) -> None:
    """One more that was wrong."""
    now, id = parts.clock.now(), _id(login, place)
    with parts.record.transaction() as tx:
        if tx.guesses.add_if_new(Guesses(id, 1, now)):
            return
        found = tx.guesses.get(id, lock=True)
        if found is not None:
            count = 1 if now - found.last_at > FORGET_AFTER else found.count + 1
            tx.guesses.swap(found, replace(found, count=count, last_at=now))


def forgive(parts: Parts, login: str, place: str) -> None:
    """The right one came: the count begins again."""
    id, now = _id(login, place), parts.clock.now()
    with parts.record.reading() as tx:
        if tx.guesses.get(id) is None:
            return
    with parts.record.transaction() as tx:
        found = tx.guesses.get(id, lock=True)
        if found is not None:
            tx.guesses.swap(found, replace(found, count=0, last_at=now))


def _id(login: str, place: str) -> str:
    return hashlib.sha256(f"{login}\n{place}".encode()).hexdigest()

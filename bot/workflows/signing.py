"""Signing: a worker whose sweep runs to its end says so in the record, for the watchdog."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.services.parts import Parts
from bot.services.sign_of_life import SIGN_EVERY, sign


class Signing:
    """Signs as `worker-N`, N being this worker's seat."""

    def __init__(self) -> None:
        self._signed: tuple[str, datetime] | None = None
        self._left = False

    def run(self, parts: Parts, seat: int) -> bool:
        """Sign unless it was done a moment ago; says whether it was done now."""
        name, now = f"worker-{seat}", parts.clock.now()
        last, at = self._signed or ("", now)
        if self._left or (last == name and timedelta(0) <= now - at < SIGN_EVERY):
            return False
        with parts.record.transaction() as tx:
            sign(tx, name, now)
        self._signed = name, now
        return True

    def leave(self, parts: Parts) -> None:
        """The last sign: this worker ends in good order, nobody need wait for it."""
        self._left = True
        if self._signed is not None:
            with parts.record.transaction() as tx:
                sign(tx, self._signed[0], parts.clock.now(), left=True)

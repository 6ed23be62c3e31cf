"""Seal: the secrets that phones share are kept so that the record alone does not give them away."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from bot.core.errors import AftercareError

if TYPE_CHECKING:
    from bot.services.parts import Parts

log = logging.getLogger(__name__)
MARK: Final = "sealed:"  # before what is sealed; what has none is kept as it is


class SealBroken(AftercareError):
    """What is sealed cannot be opened: its key is missing, or it was changed."""


class Seal(Protocol):
    """Closes and opens secrets. `kept`: whether there is a key at all."""

    kept: bool

    def close(self, text: str) -> str: ...
    def open(self, sealed: str) -> str:
        """Raises SealBroken."""

    def is_newest(self, sealed: str) -> bool:
        """Whether it is sealed as a new one would be; else it is to be sealed again."""


class NoSeal:
    """A house without a key: secrets stand in the record as they are."""

    kept = False

    def close(self, text: str) -> str:
        return text

    def open(self, sealed: str) -> str:
        if sealed.startswith(MARK):
            raise SealBroken("there is no key")
        return sealed

    def is_newest(self, sealed: str) -> bool:
        return not sealed.startswith(MARK)


def seal_secrets(parts: Parts) -> int:
    """At the start: seal every secret with the newest key; how many were done.

    What no key opens is left as it is and logged: its owner still has her recovery codes.
    """
    done = broken = 0
    with parts.record.reading() as tx:
        found = [one for one in tx.second_steps.find() if one.secret]
    if found and not parts.seal.kept:
        log.warning("secrets of phones are not sealed: set AFTERCARE_SECRET_KEYS")
    for one in found:
        if parts.seal.is_newest(one.secret):
            continue
        try:
            fresh = replace(one, secret=parts.seal.close(parts.seal.open(one.secret)))
        except SealBroken:
            broken += 1
            continue
        with parts.record.transaction() as tx:
            done += tx.second_steps.swap(one, fresh)
    if broken:
        log.error("no key of AFTERCARE_SECRET_KEYS opens some secrets", extra={"count": broken})
    if done:
        log.info("secrets of phones were sealed", extra={"count": done})
    return done

"""Seal what stands in the record unsealed, or under an older key."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.core.seal import SealBroken
from bot.services.parts import Parts

log = logging.getLogger(__name__)


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

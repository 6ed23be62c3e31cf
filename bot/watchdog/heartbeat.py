"""Heartbeat: a sign to an outside party, which raises the alarm when it stays away (P6)."""

from __future__ import annotations

import logging
from typing import Final, Protocol

import httpx

from bot.services.faults import kind_and_place

log = logging.getLogger(__name__)
SECONDS: Final = 10.0


class Heartbeat(Protocol):
    """Says that all is well, or that it is not. False: the other side did not take it."""

    def beat(self, *, well: bool) -> bool: ...


class NoHeartbeat:
    """Nobody outside listens."""

    def beat(self, *, well: bool) -> bool:  # noqa: ARG002, there is nobody to tell
        return True


class UrlHeartbeat:
    """GET `url` while all is well, as healthchecks.io and others of its kind want it.

    `says_fail`: also GET `url`/fail when something is wrong. The address is a secret
    of its own kind and stands in no log.
    """

    def __init__(self, url: str, *, says_fail: bool = False) -> None:
        self._url, self._says_fail = url.rstrip("/"), says_fail
        self._http = httpx.Client(timeout=SECONDS)

    def beat(self, *, well: bool) -> bool:
        if not well and not self._says_fail:
            return True
        try:
            answer = self._http.get(self._url if well else f"{self._url}/fail")
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            log.error("heartbeat not sent", extra=kind_and_place(fault))
            return False
        if not answer.is_success:
            log.error("heartbeat refused with %d", answer.status_code)
        return answer.is_success

"""Limits: how big and how often. A refused message stays with the person who wrote it."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

from starlette.requests import Request

LONGEST_TEXT = 4000
MOST_BODY_BYTES = 1024 * 1024


class TooLarge(Exception):
    """The body is larger than may be sent."""


async def body_of(request: Request, most: int) -> bytes:
    """The whole body, read piece by piece and given up as soon as it is too large."""
    if int(request.headers.get("content-length") or 0) > most:
        raise TooLarge
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise TooLarge
    return bytes(body)


class Pace:
    """At most so many in so many seconds for each key; forgets keys it has not seen lately."""

    def __init__(
        self, most: int, seconds: float, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._now = most, seconds, now
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, key: str) -> bool:
        """Count one for this key; False when it must wait."""
        now = self._now()
        with self._lock:
            times = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while times and now - times[0] > self._seconds:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            if len(self._seen) > 10_000:
                self._seen.popitem(last=False)
        return True

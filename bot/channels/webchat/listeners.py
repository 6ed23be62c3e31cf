"""Listeners: open chat pages of this process, and how to wake them from any thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

Waiting = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Listeners:
    """Waking is a courtesy: a page that nobody wakes looks for itself after a while."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[Waiting]] = {}
        self._lock = Lock()

    @contextmanager
    def listening(self, address: str) -> Iterator[asyncio.Event]:
        """An event that is set when something may be new for this address."""
        mine = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.setdefault(address, set()).add(mine)
        try:
            yield mine[1]
        finally:
            with self._lock:
                others = self._waiting.get(address, set())
                others.discard(mine)
                if not others:
                    self._waiting.pop(address, None)

    def poke(self, address: str) -> None:
        """Wake the pages of this address. Called from any thread."""
        with self._lock:
            waiting = tuple(self._waiting.get(address, ()))
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

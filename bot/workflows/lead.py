"""Lead: run something in one of several workers, and in another when that one dies."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from bot.services.faults import kind_and_place
from bot.services.seats import Seats

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0  # seconds without anybody, at most, after a leader's seat became free


class Runs(Protocol):
    """What is led: begins and ends, on threads of its own."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Lead:
    """Starts what `make` makes while this worker leads `what`, and stops it otherwise."""

    def __init__(self, seats: Seats, what: str, make: Callable[[], Runs]) -> None:
        self._seats, self._what, self._make = seats, what, make
        self._runs: Runs | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"lead {what}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End, also what was led; the seat's owner gives the lead back."""
        self._stopped.set()
        self._thread.join(LOOK_EVERY + 1)
        self._follow()

    def look(self) -> None:
        """Begin or end, as the seats say now."""
        if self._seats.leads(self._what):
            if self._runs is None:
                self._runs = self._make()
                self._runs.start()
        else:
            self._follow()

    def _follow(self) -> None:
        runs, self._runs = self._runs, None
        if runs is not None:
            runs.stop()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            try:
                self.look()
            except Exception as fault:
                log.error("lead failed", extra={"what": self._what, **kind_and_place(fault)})
            self._stopped.wait(LOOK_EVERY)

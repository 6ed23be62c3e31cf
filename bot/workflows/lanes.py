"""Lanes: what waits to be started in this process, and how many of each run side by side.

Nothing here is worth keeping: rows say what is due, and the sweep fills the lanes again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from bot.workflows.verbs import verb_of

Work = tuple[str, str]
LOST_AFTER = 600.0  # seconds; longer than any piece of work: its slot is given again


class Lanes:
    """Each kind of work waits in a lane of its own. Safe to share between threads."""

    def __init__(
        self, slots: Mapping[str, int], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._slots, self._monotonic = slots, monotonic
        self._order = {verb: place for place, verb in enumerate(slots)}
        self._waiting: dict[str, deque[str]] = {}
        self._known: set[Work] = set()
        self._running: dict[str, dict[str, float]] = {}  # lane -> ticket -> since
        self._changed = threading.Condition()
        self._closed = False

    def put(self, work: str, about: str) -> None:
        """Let it wait for a slot, unless the same piece waits already."""
        with self._changed:
            if (work, about) in self._known or self._closed:
                return
            self._known.add((work, about))
            self._waiting.setdefault(work, deque()).append(about)
            self._changed.notify()

    def take(self, ticket: str) -> Work | None:
        """The next piece that has a free slot, the most urgent first; waits for it.

        `ticket` names the slot until `done`. None when the lanes are closed.
        """
        with self._changed:
            while not self._closed:
                for work in sorted(self._waiting, key=self._urgency):
                    if self._waiting[work] and self._free(work) > 0:
                        about = self._waiting[work].popleft()
                        self._known.discard((work, about))
                        self._running.setdefault(work, {})[ticket] = self._monotonic()
                        return work, about
                self._changed.wait(LOST_AFTER)
            return None

    def done(self, ticket: str) -> None:
        """The slot is free again. A ticket that is not known changes nothing."""
        with self._changed:
            for running in self._running.values():
                running.pop(ticket, None)
            self._changed.notify()

    def close(self) -> None:
        """Nothing is started any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _urgency(self, work: str) -> int:
        return self._order.get(verb_of(work), len(self._order))

    def _free(self, work: str) -> int:
        running, now = self._running.get(work, {}), self._monotonic()
        for ticket in [one for one, since in running.items() if now - since > LOST_AFTER]:
            del running[ticket]
        return self._slots.get(verb_of(work), 1) - len(running)

"""Durable work on DBOS: what was started runs to its end, also after a crash.

Every piece of work is a use case that reads the record again and is safe to
repeat, so DBOS may run it twice. A sweep each second starts what is due and what
a crash left unstarted. See docs/decisions/0006-durable-work.md.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping

from dbos import DBOS, DBOSConfig, SetWorkflowID

from bot.services.faults import kind_and_place
from bot.services.find_due import find_due
from bot.services.parts import Parts
from bot.services.seats import Alone, Seats, Share
from bot.workflows.daily import Daily

log = logging.getLogger(__name__)

VERSION = "aftercare-1"  # fixed: DBOS would else skip work that older code started
AT_ONCE = 16  # pieces of work that run side by side in one process
# Its turns wait for the engine. When that hangs they may fill their own places, never
# those of pages, deliveries and steps: a nurse is paged while the engine is down.
WAITS_FOR_ENGINE = "converse"
SWEEP_SECONDS = 1.0


class DurableWork:
    """Implements the `Work` port. One per process, because DBOS is one per process."""

    def __init__(
        self,
        url: str,
        verbs: Mapping[str, Callable[[Parts, str], None]],
        *,
        seats: Seats | None = None,
    ) -> None:
        self._verbs, self._parts = verbs, None
        self._seats = seats or Alone()
        self._share = Share(self._seats)
        self._daily = Daily()
        self._slots, self._turns = (threading.BoundedSemaphore(AT_ONCE) for _ in range(2))
        self._waiting: set[tuple[str, str]] = set()
        self._lock, self._stopped = threading.Lock(), threading.Event()
        config: DBOSConfig = {
            "name": "aftercare",
            "system_database_url": url,
            "application_version": VERSION,
            # A new worker recovers what the last one on its seat left, and nothing that lives.
            "executor_id": f"worker-{self._seats.mine()}",
            "run_admin_server": False,
            "log_level": "WARNING",
        }
        DBOS(config=config)

        @DBOS.workflow(name="work")
        def run(work: str, about: str) -> None:
            self._do(work, about)

        self._run = run
        self._sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)

    def launch(self, parts: Parts) -> None:
        """Begin: recover what was under way, then sweep for what is due."""
        self._parts = parts
        DBOS.launch()
        self._sweeper.start()

    def stop(self) -> None:
        """End in good order; whatever is cut off is recovered at the next start."""
        self._stopped.set()
        DBOS.destroy(workflow_completion_timeout_sec=5)

    def start(self, work: str, about: str) -> None:
        """Start one piece of work now, unless the same piece is about to begin anyway."""
        with self._lock:
            if (work, about) in self._waiting or self._stopped.is_set():
                return
            self._waiting.add((work, about))
        try:
            with SetWorkflowID(f"{work}:{about}:{uuid.uuid4().hex[:12]}"):
                DBOS.start_workflow(self._run, work, about)
        except Exception as fault:
            # The row is committed; the sweep will find it. Never fail the caller.
            log.error("work not started", extra={"work": work, **kind_and_place(fault)})
            self._begin(work, about)

    def _do(self, work: str, about: str) -> None:
        with self._turns if work == WAITS_FOR_ENGINE else self._slots:
            self._begin(work, about)
            if self._parts is None or work not in self._verbs:
                return
            try:
                self._verbs[work](self._parts, about)
            except Exception as fault:
                # Our row says that it is still due, so the sweep starts it again. The
                # exception ends here: its text may hold words that no log may repeat.
                log.error("work failed", extra={"work": work, **kind_and_place(fault)})

    def _begin(self, work: str, about: str) -> None:
        with self._lock:
            self._waiting.discard((work, about))

    def _sweep(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            try:
                if self._parts is not None:
                    for work, about in self._share.of(find_due(self._parts)):
                        self.start(work, about)
                    if self._seats.leads("daily"):
                        self._daily.run(self._parts)
            except Exception as fault:
                log.error("sweep failed", extra=kind_and_place(fault))

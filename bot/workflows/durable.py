"""Durable work on DBOS: what was started runs to its end, also after a crash.

Every piece of work is a use case that reads the record again and is safe to
repeat, so DBOS may run it twice. A sweep each second starts what is due and what
a crash left unstarted. See docs/decisions/0006-durable-work.md, and for the lanes
docs/decisions/0008-pace-and-lanes.md.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS, DBOSConfig, SetWorkflowID

from bot.services.chain_audit import chain_audit
from bot.services.faults import kind_and_place
from bot.services.find_due import any_held_back, find_due, find_unsent
from bot.services.parts import Parts
from bot.services.seats import Alone, Seats, Share
from bot.workflows.daily import Daily
from bot.workflows.housekeeping import Housekeeping
from bot.workflows.lanes import Lanes
from bot.workflows.signing import Signing
from bot.workflows.verbs import AT_ONCE, SLOTS, verb_of

log = logging.getLogger(__name__)

VERSION = "aftercare-1"  # fixed: DBOS would else skip work that older code started
SWEEP_SECONDS = 1.0
MOST_AT_ONCE = 64  # threads; above the slots of all channels of what runs at once
PACE_SECONDS = 0.1  # while messages wait for their provider's pace


class DurableWork:
    """Implements the `Work` port. One per process, because DBOS is one per process."""

    def __init__(
        self,
        url: str,
        verbs: Mapping[str, Callable[[Parts, str], None]],
        *,
        seats: Seats | None = None,
    ) -> None:
        self._verbs = verbs
        self._parts: Parts | None = None
        self._seats = seats or Alone()
        self._share = Share(self._seats)
        self._daily, self._signing = Daily(), Signing()
        self._housekeeping = Housekeeping()
        self._unsent_share = Share(self._seats)
        self._lanes, self._stopped = Lanes(SLOTS), threading.Event()
        self._at_once = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="at once")
        config: DBOSConfig = {
            "name": "aftercare",
            "system_database_url": url,
            "application_version": VERSION,
            # A new worker recovers what the last one on its seat left, and nothing that lives.
            "executor_id": f"worker-{self._seats.mine()}",
            "log_level": "WARNING",
        }
        DBOS(config=config)

        @DBOS.workflow(name="work")
        def run(work: str, about: str, ticket: str = "") -> None:
            self._do(work, about, ticket)

        self._run = run
        self._sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        self._starter = threading.Thread(target=self._begin, name="start", daemon=True)

    def launch(self, parts: Parts) -> None:
        """Begin: recover what was under way, then sweep for what is due."""
        self._parts = parts
        DBOS.launch()
        self._starter.start()
        self._sweeper.start()

    def stop(self) -> None:
        """End in good order; whatever is cut off is recovered at the next start."""
        self._stopped.set()
        self._lanes.close()
        self._at_once.shutdown(wait=False, cancel_futures=True)
        DBOS.destroy(workflow_completion_timeout_sec=5)
        try:
            if self._parts is not None:
                self._signing.leave(self._parts)
        except Exception as fault:
            log.error("not signed off", extra=kind_and_place(fault))

    def start(self, work: str, about: str) -> None:
        """Start one piece of work as soon as its lane has room. Never fails the caller."""
        self._lanes.put(work, about)

    def _begin(self) -> None:
        """Start what has a slot; in a thread of its own, outside of any workflow."""
        while (taken := self._lanes.take(ticket := uuid.uuid4().hex)) is not None:
            work, about = taken
            try:
                if verb_of(work) in AT_ONCE:
                    self._at_once.submit(self._do, work, about, ticket)
                else:
                    with SetWorkflowID(f"{work}:{about}:{ticket}"):
                        DBOS.start_workflow(self._run, work, about, ticket)
            except Exception as fault:
                # Our rows are the record: a page goes out also when DBOS's are broken.
                log.error("work not kept", extra={"work": work, **kind_and_place(fault)})
                threading.Thread(target=self._do, args=(work, about, ticket), daemon=True).start()

    def _do(self, work: str, about: str, ticket: str) -> None:
        """`ticket` is that of the slot; one of before a crash is not known any more."""
        try:
            if self._parts is not None and verb_of(work) in self._verbs:
                self._verbs[verb_of(work)](self._parts, about)
        except Exception as fault:
            # Our row says that it is still due, so the sweep starts it again. The
            # exception ends here: its text may hold words that no log may repeat.
            log.error("work failed", extra={"work": work, **kind_and_place(fault)})
        finally:
            self._lanes.done(ticket)

    def _sweep(self) -> None:
        """Look for all that is due once a second, for what may be sent more often."""
        sending, next_look = False, 0.0
        while not self._stopped.wait(PACE_SECONDS if sending else SWEEP_SECONDS):
            try:
                if self._parts is None:
                    continue
                unsent = find_unsent(self._parts) if sending else []
                for work, about in self._unsent_share.of(unsent):
                    self.start(work, about)
                if time.monotonic() < next_look:
                    continue
                next_look = time.monotonic() + SWEEP_SECONDS
                due = find_due(self._parts)
                for work, about in self._share.of(due):
                    self.start(work, about)
                sending = any_held_back(self._parts)
                if self._seats.leads("daily"):
                    self._daily.run(self._parts)
                    self._housekeeping.run(self._parts)
                    self._chain(self._parts)
                self._signing.run(self._parts, self._seats.mine())
            except Exception as fault:
                log.error("sweep failed", extra=kind_and_place(fault))

    def _chain(self, parts: Parts) -> None:
        """One batch of the audit; a fault here is no reason to give no sign of life."""
        try:
            chain_audit(parts)
        except Exception as fault:
            log.error("audit not chained", extra=kind_and_place(fault))

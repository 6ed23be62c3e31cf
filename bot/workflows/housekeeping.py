"""Housekeeping: rows that nobody needs go away in small batches, all day long.

One batch for each sweep: the sweep also starts the steps of escalations, and
must never wait for a large deletion.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from dbos import DBOS

from bot.services.parts import Parts
from bot.services.retention import BATCH, forget_old

KEEP_FINISHED = timedelta(days=1)  # long enough to look into what happened yesterday
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
REST_SECONDS = 600.0  # when there was nothing more to delete


class Housekeeping:
    """Remembers when to look again."""

    def __init__(self) -> None:
        self._rest_until = 0.0

    def run(self, parts: Parts) -> None:
        """Delete one batch of each kind, unless it is time to rest."""
        if time.monotonic() < self._rest_until:
            return
        self._rest_until = time.monotonic() + REST_SECONDS  # also when what follows fails
        more = forget_old(parts)
        if forget_finished(KEEP_FINISHED) == BATCH or more:
            self._rest_until = 0.0


def forget_finished(keep: timedelta) -> int:
    """Delete one batch of workflows that ended longer ago than `keep`; how many.

    What is pending or enqueued stays, however old. DBOS counts by the machine's
    clock, not by a rehearsal's.
    """
    before = (datetime.now(UTC) - keep).isoformat()
    found = DBOS.list_workflows(
        status=FINISHED, completed_before=before, limit=BATCH, load_input=False, load_output=False
    )
    if found:
        DBOS.delete_workflows([one.workflow_id for one in found])
    return len(found)

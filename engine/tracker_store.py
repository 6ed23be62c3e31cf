"""The tracker store: which conversations are inside a form, and nothing else.

Rasa's own stores keep every word for ever and read all of it back at every
turn. Our database keeps the words; what the dialogue needs between two turns is
the name of the active form and the slot it asked for. That is written through
to a small SQLite file, and only when it changes. A write that fails is raised,
so the turn fails. A lost file costs one re-asked question.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

# While one write waits for a lock, nobody's turn goes on: they share one event loop.
LOCKED_SECONDS = 1.0

_TABLE = """
CREATE TABLE IF NOT EXISTS active_form (
  conversation_id TEXT PRIMARY KEY,
  form TEXT NOT NULL,
  requested_slot TEXT
) WITHOUT ROWID
"""


class ActiveForm(NamedTuple):
    """What a conversation is in the middle of."""

    form: str
    requested_slot: str | None


class StateTrackerStore(TrackerStore):
    """Remembers the active form of each conversation across turns and restarts."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: Any = None,
        path: str = "var/engine/tracker.db",
        **_: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        file = Path(os.environ.get("AFTERCARE_ENGINE_STATE") or path)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(
            file, timeout=LOCKED_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._file.execute("PRAGMA journal_mode = WAL")
        # NORMAL: a power cut may lose the last rows, which costs a re-asked question.
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute(_TABLE)
        rows = self._file.execute("SELECT conversation_id, form, requested_slot FROM active_form")
        self._active = {row[0]: ActiveForm(row[1], row[2]) for row in rows}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the active form of `tracker`. Raises when it cannot be written."""
        name = tracker.active_loop_name
        requested = tracker.get_slot(REQUESTED_SLOT)
        self._keep(tracker.sender_id, ActiveForm(name, requested) if name else None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        """Return a listening tracker that stands where the conversation stands."""
        tracker = self.init_tracker(sender_id)
        events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        active = self._active.get(sender_id)
        if active is not None:
            events += [
                SlotSet(REQUESTED_SLOT, active.requested_slot),
                ActiveLoop(active.form),
            ]
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        tracker.update_with_events(events, self.domain)
        return tracker

    async def keys(self) -> Iterable[str]:
        """Return the conversations that are inside a form."""
        return list(self._active)

    def enter(self, sender_id: str, active: ActiveForm) -> None:
        """Stand inside `active`, unless the conversation is inside a form already."""
        if sender_id not in self._active:
            self._keep(sender_id, active)

    def leave(self, sender_id: str) -> None:
        """Stand outside of every form."""
        self._keep(sender_id, None)

    def _keep(self, sender_id: str, active: ActiveForm | None) -> None:
        if active == self._active.get(sender_id):
            return
        if active is None:
            self._file.execute("DELETE FROM active_form WHERE conversation_id = ?", (sender_id,))
            del self._active[sender_id]
        else:
            self._file.execute(
                "INSERT OR REPLACE INTO active_form VALUES (?, ?, ?)", (sender_id, *active)
            )
            self._active[sender_id] = active

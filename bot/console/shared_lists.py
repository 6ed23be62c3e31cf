"""Shared lists: what many open screens would read from the record in the same moment is read once.

Fifty nurses of one ward hear of a change together and ask for the same list. It is drawn once
for those who read the same: who has none of its cases, and leads none of its chats.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from bot.core.permissions import sees_every_ward
from bot.core.staff import Nurse
from bot.core.worklist import Sought, Whose
from bot.services.show_worklist import Worklist

SECONDS = 2.0  # clocks on the page go on by themselves; names and rotas may be as old as this
MOST = 64


@dataclass(frozen=True)
class _Kept:
    stamp: str
    at: float
    list: Worklist


class SharedLists:
    """One list for all who may see the same and look for the same."""

    def __init__(self) -> None:
        self._kept: dict[object, _Kept] = {}
        self._drawn: dict[object, tuple[Worklist, str]] = {}
        # Stands in a drawing where each session's own secret belongs. Nobody can have written it.
        self.secret_here = secrets.token_hex(16)
        self._turn = Lock()

    def get(
        self, nurse: Nurse, sought: Sought, shown: int, stamp: str, read: Callable[[], Worklist]
    ) -> Worklist:
        """The list that belongs to `stamp`, which changes whenever some worklist of hers does.

        What is hers alone, and what somebody searched for, is read for her.
        """
        if sought.whose is not Whose.ALL or sought.search:
            return read()
        key = "" if sees_every_ward(nurse) else nurse.ward, sought, shown
        with self._turn:
            kept = self._kept.get(key)
            if kept and kept.stamp == stamp and time.monotonic() - kept.at < SECONDS:
                return kept.list
            if len(self._kept) >= MOST:
                self._kept.clear()
            began, found = time.monotonic(), read()
            self._kept[key] = _Kept(stamp, began, found)
            return found

    def drawn(self, nurse: Nurse, found: Worklist, stamp: str, draw: Callable[[], str]) -> str:
        """The drawing of this very list, for readers of one language and role."""
        hers = any(one.escalation.acknowledged_by == nurse.id for one in found.held)
        leads = any(one.takeover.nurse_id == nurse.id for one in found.led)
        every = sees_every_ward(nurse)
        reader = nurse.id if hers or leads else ""
        key = id(found), stamp, nurse.language, nurse.role, every, reader
        kept = self._drawn.get(key)
        if kept is not None and kept[0] is found:
            return kept[1]
        html = draw()
        if len(self._drawn) >= MOST:
            self._drawn.clear()
        self._drawn[key] = found, html
        return html

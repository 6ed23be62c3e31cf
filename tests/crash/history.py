"""History: what our rows hold beside what people wrote and what their telephones showed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.conversation import Conversation, Inbound, Outbound
from bot.core.escalation import Cause, Escalation, Notification
from bot.core.nudge import Nudge
from bot.core.staff import AuditEntry, NurseTask
from bot.core.triage_level import TriageLevel
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlRecord
from tests.crash.house import House
from tests.crash.people import People
from tests.telegram_server.transcript import Message

KINDS = (
    *("conversations", "inbound", "outbound", "escalations", "causes"),
    *("notifications", "tasks", "audit", "nudges"),
)


@dataclass(frozen=True)
class Rows:
    """Every row that a promise is about, read in one transaction."""

    conversations: Sequence[Conversation] = ()
    inbound: Sequence[Inbound] = ()
    outbound: Sequence[Outbound] = ()
    escalations: Sequence[Escalation] = ()
    causes: Sequence[Cause] = ()
    notifications: Sequence[Notification] = ()
    tasks: Sequence[NurseTask] = ()
    audit: Sequence[AuditEntry] = ()
    nudges: Sequence[Nudge] = ()


@dataclass(frozen=True)
class History:
    """The merged history. Addresses are chats; `said` and `shown` are in order of time.

    `calm_pages` and `stormy_pages` are seconds from a red flag, written, to its page,
    read: without a fault and in the middle of them. `half_done` is what `Watcher` saw.
    """

    rows: Rows
    now: datetime
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shown: Mapping[str, Sequence[Message]] = field(default_factory=dict)
    nurses: frozenset[str] = frozenset()
    calm_pages: Sequence[float] = ()
    stormy_pages: Sequence[float] = ()
    unpaged: Sequence[str] = ()
    half_done: Sequence[str] = ()
    signs_of_life: Mapping[str, int] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)


def read_rows(record: SqlRecord) -> Rows:
    with record.reading() as tx:
        return Rows(**{kind: getattr(tx, kind).find(order_by="id") for kind in KINDS})


def history_of(house: House, people: People, watcher: Watcher, **more: Any) -> History:
    """Everything there is to know, once the house has come to rest."""
    record = SqlRecord(open_database(house.database.url))
    try:
        rows = read_rows(record)
    finally:
        record.engine.dispose()
    chats = [one.person.address for one in people.patients] + list(people.nurses.values())
    said = {one.person.address: list(one.said) for one in people.patients}
    shown = {a: [m for m in house.telegram.transcript.of(a) if m.from_bot] for a in chats}
    return History(
        rows=rows,
        now=house.service.parts.clock.now(),
        said=said,
        shown=shown,
        nurses=frozenset(people.nurses),
        half_done=tuple(watcher.seen),
        kills=house.kills,
        **more,
    )


class Watcher:
    """Looks at the committed state again and again while processes die.

    A red flag without its escalation, or a case without a next step, must not be
    seen by anybody at any moment: that is what "the same transaction" means.
    """

    def __init__(self, url: str, every: float = 0.25) -> None:
        self.seen: list[str] = []
        self.looks = 0
        self._record = SqlRecord(open_database(url))
        self._every, self._known = every, set[str]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)
        self._record.engine.dispose()

    def look(self) -> None:
        """One look at one committed state. Flags first: their causes may only be older."""
        alarms = [level.word for level in TriageLevel if level.needs_nurse]
        with self._record.reading() as tx:
            flags = tx.inbound.find(level__in=alarms, order_by="-received_at", limit=50)
            fresh = [one for one in flags if one.id not in self._known]
            known = [chat.id for chat in tx.conversations.find(contact_id__not=None)]
            fresh = [one for one in fresh if one.conversation_id in known]
            ids = [one.id for one in fresh]
            caused = {one.inbound_id for one in tx.causes.find(inbound_id__in=ids)} if ids else ()
            self.seen += [
                f"red flag {id} was there without its escalation" for id in ids if id not in caused
            ]
            idle = tx.escalations.find(state__in=("open", "acknowledged"), next_step_at=None)
            self.seen += [f"case {one.id} had no next step" for one in idle]
        self._known.update(ids)
        self.looks += 1

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.look()
            except Exception:  # noqa: S112, the database is one of the things that die
                continue

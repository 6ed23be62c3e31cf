"""Unit of work: one transaction over all tables, then wake the work it made."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, Table

from bot.core.check_in import Asked, CheckIn, Observation
from bot.core.conversation import ButtonPress, Conversation, Inbound, Outbound, Turn
from bot.core.escalation import Cause, Escalation, Notification
from bot.core.merge import Merge
from bot.core.move import Move
from bot.core.nudge import Nudge
from bot.core.pace import Pace
from bot.core.pathway_version import PathwayVersion
from bot.core.patient import Consent, Contact, Episode, Invitation, Patient
from bot.core.release import Draft, Release
from bot.core.staff import (
    AuditEntry,
    Guesses,
    Nurse,
    NurseTask,
    SecondStep,
    Shift,
    ShiftOffer,
    SignIn,
)
from bot.core.takeover import Takeover
from bot.core.watch import Drill, Invariant, SignOfLife
from bot.storage import tables
from bot.storage.database import BUSY_SECONDS
from bot.storage.programme import SqlProgramme
from bot.storage.rows import SqlRows
from bot.storage.worklist import SqlWorklist

log = logging.getLogger(__name__)


def rows(table: Table, cls: type) -> Any:
    """One table as a property that is made when first used in a transaction."""

    def make(transaction: SqlTransaction) -> Any:
        return SqlRows(transaction.connection, table, cls)

    return cached_property(make)


class SqlTransaction:
    """Implements the `Transaction` port on one connection."""

    patients = rows(tables.patients, Patient)
    merges = rows(tables.merges, Merge)
    contacts = rows(tables.contacts, Contact)
    episodes = rows(tables.episodes, Episode)
    invitations = rows(tables.invitations, Invitation)
    consents = rows(tables.consents, Consent)
    conversations = rows(tables.conversations, Conversation)
    takeovers = rows(tables.takeovers, Takeover)
    inbound = rows(tables.inbound, Inbound)
    outbound = rows(tables.outbound, Outbound)
    paces = rows(tables.paces, Pace)
    buttons = rows(tables.buttons, ButtonPress)
    turns = rows(tables.turns, Turn)
    check_ins = rows(tables.check_ins, CheckIn)
    nudges = rows(tables.nudges, Nudge)
    asked = rows(tables.asked, Asked)
    observations = rows(tables.observations, Observation)
    escalations = rows(tables.escalations, Escalation)
    causes = rows(tables.causes, Cause)
    notifications = rows(tables.notifications, Notification)
    nurses = rows(tables.nurses, Nurse)
    shifts = rows(tables.shifts, Shift)
    shift_offers = rows(tables.shift_offers, ShiftOffer)
    guesses = rows(tables.guesses, Guesses)
    sign_ins = rows(tables.sign_ins, SignIn)
    second_steps = rows(tables.second_steps, SecondStep)
    tasks = rows(tables.tasks, NurseTask)
    audit = rows(tables.audit, AuditEntry)
    invariants = rows(tables.invariants, Invariant)
    signs_of_life = rows(tables.signs_of_life, SignOfLife)
    drills = rows(tables.drills, Drill)
    pathway_versions = rows(tables.pathway_versions, PathwayVersion)
    drafts = rows(tables.drafts, Draft)
    releases = rows(tables.releases, Release)
    moves = rows(tables.moves, Move)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.woken: dict[tuple[str, str], None] = {}

    @cached_property
    def worklist(self) -> SqlWorklist:
        return SqlWorklist(self.connection)

    @cached_property
    def programme(self) -> SqlProgramme:
        return SqlProgramme(self.connection)

    def wake(self, work: str, about: str) -> None:
        self.woken[(work, about)] = None


class SqlRecord:
    """Implements the `Record` port; `start` is called after the commit only."""

    def __init__(self, engine: Engine, start: Callable[[str, str], None] | None = None) -> None:
        self.engine = engine
        self.start = start
        self._writes = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        with self._turn_to_write(), self.engine.begin() as connection:
            opened = SqlTransaction(connection)
            yield opened
        if self.start:
            for work, about in opened.woken:
                self.start(work, about)

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        """SQLite lets one write at a time, and who finds it taken sleeps up to 0.1 s before it
        looks again. Threads of one process wait for each other here and lose no time; after
        the time that SQLite itself would wait, it is left to SQLite to say no."""
        mine = self._writes is not None and self._writes.acquire(timeout=BUSY_SECONDS)
        try:
            yield
        finally:
            if self._writes is not None and mine:
                self._writes.release()

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        """A transaction that only reads; it waits for nobody."""
        connected = self.engine.connect().execution_options(reads_only=True)
        with connected as connection, connection.begin():
            yield SqlTransaction(connection)

"""Seats on PostgreSQL: session locks of the server, on one connection per worker.

The server gives a lock back when the connection ends: a killed worker leaves its
seat at once, a machine that vanished after about ten seconds (keep-alive below).
No clocks are compared, nothing is left behind, nobody has to tidy up. The
connection must be a worker's own: a pooler in transaction mode would break it.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Sequence
from threading import RLock
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.services.seats import Alone, Seats

log = logging.getLogger(__name__)

SEATS, LEADS = 0x5EA7, 0x1EAD  # the first half of a lock's name; ours by custom
MOST_WORKERS = 200
# Both sides notice within about ten seconds that the other's machine is gone.
KEEP_ALIVE = {
    "application_name": "aftercare",  # by this name a restore sees that a worker lives
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3",
}
TAKEN = text(
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = :kind AND granted"
    " AND objsubid = 2 AND database = (SELECT oid FROM pg_database"
    " WHERE datname = current_database()) ORDER BY objid"
)


def open_seats(url: str) -> Seats:
    """The seats that belong to a record; alone on SQLite, where one worker is all."""
    if make_url(url).get_backend_name() == "sqlite":
        return Alone()
    return PostgresSeats(url)


class PostgresSeats:
    """Implements the `Seats` port. Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=KEEP_ALIVE,
        )
        self._lock = RLock()
        self._connection: Connection | None = None
        self._number, self._leading = 0, set[str]()

    def mine(self) -> int:
        """This worker's seat. After a lost connection the same one again, if it is free."""
        with self._lock:
            self._open()
            return self._number

    def taken(self) -> Sequence[int]:
        """Raises SQLAlchemyError when the database cannot be asked."""
        with self._lock:
            try:
                found = self._open().execute(TAKEN, {"kind": SEATS}).scalars()
                return tuple(int(one) for one in found)
            except SQLAlchemyError:
                self._lost()
                raise

    def leads(self, what: str) -> bool:
        """A database that cannot be asked has no leader: whoever led stops."""
        with self._lock:
            try:
                open_one = self._open()
                if what in self._leading:
                    open_one.execute(text("SELECT 1"))
                elif self._try(open_one, LEADS, zlib.crc32(what.encode()) & 0x7FFFFFFF):
                    self._leading.add(what)
                    log.info("worker %d leads: %s", self._number, what)
            except SQLAlchemyError:
                self._lost()
            return what in self._leading

    def close(self) -> None:
        """Leave: the seat and all that was led are free at once."""
        with self._lock:
            self._lost()

    def _open(self) -> Connection:
        if self._connection is None:
            opened = self._engine.connect()
            wanted = [self._number] if self._number else []
            free = (n for n in [*wanted, *range(1, MOST_WORKERS)] if self._try(opened, SEATS, n))
            self._number = next(free)
            self._connection = opened
        return self._connection

    def _try(self, opened: Connection, kind: int, number: int) -> bool:
        values: dict[str, Any] = {"kind": kind, "number": number}
        query = text("SELECT pg_try_advisory_lock(:kind, :number)")
        return bool(opened.execute(query, values).scalar_one())

    def _lost(self) -> None:
        if self._leading:
            log.warning("worker %d leads no longer: %s", self._number, ", ".join(self._leading))
        connection, self._connection = self._connection, None
        self._leading.clear()
        if connection is not None:
            connection.invalidate()  # never back into use: its locks must end with it
            connection.close()

"""The database: one engine, opened the same safe way on SQLite and PostgreSQL.

SQLite runs in WAL mode with synchronous FULL (a commit survives a power cut),
foreign keys on, and takes the write lock when a writing transaction begins, so
that two writers wait for each other instead of failing half way.

Errors do not repeat the values of a statement: they are patients' words.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

BUSY_SECONDS = 30


def open_database(url: str) -> Engine:
    """Open the database at `url`; for SQLite the folder is made when missing."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return _open_sqlite(url, where.database)
    if where.drivername == "postgresql":
        where = where.set(drivername="postgresql+psycopg")
    return create_engine(
        where,
        # By this name a restore sees that a service is still connected.
        connect_args={"application_name": "aftercare"},
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,
    )


def _open_sqlite(url: str, file: str | None) -> Engine:
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=10,
        hide_parameters=True,
    )
    _prepare_sqlite(engine, BUSY_SECONDS)
    return engine


def open_for_watching(url: str, *, seconds: int) -> Engine:
    """A connection of its own for every look, which gives up after `seconds`.

    A database that is missing is not made: that it is missing must be noticed.
    """
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        file = f"file:{quote(str(Path(where.database or '').absolute()))}?mode=rw"

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(file, uri=True, timeout=seconds, check_same_thread=False)

        engine = create_engine(
            "sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True
        )
        _prepare_sqlite(engine, seconds)
        return engine
    return create_engine(
        where.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={
            "connect_timeout": seconds,
            "options": f"-c statement_timeout={seconds}s -c lock_timeout={seconds}s",
        },
    )


def _prepare_sqlite(engine: Engine, busy_seconds: int) -> None:
    """What every connection to SQLite is told first; see above for why."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={busy_seconds * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

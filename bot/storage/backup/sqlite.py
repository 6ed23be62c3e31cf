"""A record on SQLite: copy it while it is written to, check a copy, put one in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from bot.core.errors import BackupError

# Kept by every start of the service, so they do not make a record that holds something.
NOT_COUNTED: Final = frozenset({"alembic_version", "pathway_versions", "releases", "signs_of_life"})
# The first start also notes that it took the pathways as they stand in their files.
OF_A_START: Final = "SELECT count(*) FROM audit WHERE action = 'pathway.adopt'"
BESIDE: Final = ("-wal", "-shm", "-journal")
BUSY_SECONDS: Final = 30


def copy_record(source: Path, to: Path) -> tuple[dict[str, int], str]:
    """Copy the record as it is at one moment; its rows per table, and its revision.

    The rows are counted and the pages copied in one read transaction, so both
    show the same moment, and nobody who writes has to wait.
    """
    if not source.exists():
        raise BackupError(f"there is no record at {source}")
    with _opened(source) as live, _opened(to) as copy:
        live.execute("BEGIN")
        rows, revision = _rows(live), _revision(live)
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    return rows, revision


def check_record(file: Path) -> dict[str, int]:
    """Look through every page of a copy; its rows per table. Raises BackupError."""
    try:
        with _opened(file) as copy:
            said = [one for (one,) in copy.execute("PRAGMA integrity_check(1)")]
            broken = copy.execute("PRAGMA foreign_key_check").fetchone()
            if said != ["ok"] or broken:
                raise BackupError("the copy of the record is damaged")
            return _rows(copy)
    except sqlite3.DatabaseError as fault:
        raise BackupError("the copy of the record is damaged") from fault


def holds_something(file: Path) -> bool:
    """Whether overwriting this file would lose anything. Doubt counts as yes."""
    if not file.exists():
        return False
    try:
        with _opened(file) as there:
            rows = _rows(there)
            if "audit" in rows:
                rows["audit"] -= there.execute(OF_A_START).fetchone()[0]
            return any(n for name, n in rows.items() if name not in NOT_COUNTED)
    except sqlite3.DatabaseError:
        return True


def refuse_while_open(file: Path) -> None:
    """Raise BackupError while any process has this record open.

    Leaving the write-ahead log needs to be alone, and leaves one file to move.
    """
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as there:
            there.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as fault:
        if fault.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        raise BackupError(
            f"{file} is in use: stop the service first, then restore again"
        ) from fault
    except sqlite3.DatabaseError:
        return  # it is damaged, so no service works with it


def put_in_place(staged: Path, target: Path, *, aside: str) -> Path | None:
    """Give the restored record its name; what was there keeps all its files under `aside`."""
    refuse_while_open(staged)
    refuse_while_open(target)
    old = target.with_name(f"{target.name}.{aside}")
    kept = holds_something(target)
    for ending in BESIDE:
        # A log left beside the new file would be taken for its own.
        with suppress(FileNotFoundError):
            target.with_name(target.name + ending).rename(old.with_name(old.name + ending))
    if kept:
        old.hardlink_to(target)  # so that there is a record under its name at any moment
    staged.replace(target)
    return old if kept else None


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        yield connection


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    count = 'SELECT count(*) FROM "{}"'
    return {name: connection.execute(count.format(name)).fetchone()[0] for (name,) in found}


def _revision(connection: sqlite3.Connection) -> str:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        row = None
    if row is None:
        raise BackupError("this database is not a record of Aftercare")
    return str(row[0])

"""Move the record from one database to another, of either kind: all of it or nothing.

Rows are read at one moment and written in one transaction. Before that is committed,
what arrived is read back and compared with what left, row for row, by sums that do not
depend on order.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import BackupError
from bot.storage.backup import postgres, sqlite
from bot.storage.migrate import migrate
from bot.storage.tables import metadata

CHUNK: Final = 1000  # rows in memory at a time


def move_record(source: Engine, target: Engine) -> dict[str, int]:
    """Copy every table to an empty database; its rows per table. The source stays as it is.

    Raises BackupError when a service still uses the source, when the target holds
    something, or when what arrived is not what left.
    """
    _refuse_while_open(source)
    migrate(source)
    migrate(target)
    with source.connect().execution_options(reads_only=True) as old, target.begin() as new:
        if source.dialect.name == "postgresql":
            old = old.execution_options(isolation_level="REPEATABLE READ")
        full = [one.name for one in metadata.sorted_tables if _count(new, one)]
        if full:
            raise BackupError(f"the new database holds something already: {', '.join(full)}")
        moved = {}
        for table in metadata.sorted_tables:
            moved[table.name] = _copy(old, new, table)
            if _sum(old, table) != _sum(new, table):
                raise BackupError(
                    f"what arrived in {table.name} is not what left; nothing is moved"
                )
    return moved


def _refuse_while_open(source: Engine) -> None:
    if source.dialect.name == "postgresql":
        postgres.refuse_while_open(source)
    elif source.url.database:
        if not Path(source.url.database).exists():
            raise BackupError(f"there is no record at {source.url.database}")
        sqlite.refuse_while_open(Path(source.url.database))


def _copy(old: Connection, new: Connection, table: Table) -> int:
    number = 0
    for chunk in old.execute(select(table)).mappings().partitions(CHUNK):
        try:
            new.execute(insert(table), [dict(row) for row in chunk])
        except SQLAlchemyError as fault:
            kind = type(fault).__name__  # its text may hold patients' words
            raise BackupError(f"a row of {table.name} was refused: {kind}") from None
        number += len(chunk)
    return number


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _sum(connection: Connection, table: Table) -> tuple[int, int]:
    """How many rows, and the sum of their fingerprints: the same in any order."""
    rows = total = 0
    for chunk in connection.execute(select(table)).partitions(CHUNK):
        for row in chunk:
            print_of = hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest()
            total += int.from_bytes(print_of, "big")
        rows += len(chunk)
    return rows, total

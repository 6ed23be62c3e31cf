"""Rows: one table seen as core objects. Add, get, find, and change with care."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.exc import IntegrityError

from bot.storage.statements import (
    adding,
    asked,
    counting,
    heading,
    selecting,
    swapping,
)

T = TypeVar("T")


def names_of(cls: type[Any]) -> tuple[str, ...]:
    """The fields of a core class, which are also its columns."""
    return tuple(one.name for one in fields(cls))


class SqlRows(Generic[T]):
    """Implements the `Rows` port for one table and one core class."""

    def __init__(self, connection: Connection, table: Table, cls: type[T]) -> None:
        self._connection, self._table, self._cls = connection, table, cls
        self._names = names_of(cls)

    def add(self, item: T) -> None:
        self._connection.execute(adding(self._table), self._values(item))

    def add_if_new(self, item: T) -> bool:
        """Add unless a unique key is taken already; says whether it was added."""
        try:
            with self._connection.begin_nested():
                self.add(item)
        except IntegrityError:
            return False
        return True

    def add_all(self, items: Iterable[T]) -> None:
        values = [self._values(item) for item in items]
        if values:
            self._connection.execute(adding(self._table), values)

    def get(self, id: str, *, lock: bool = False) -> T | None:
        """The object with this id. `lock` holds its row until the transaction ends."""
        return self.one(lock=lock, id=id)

    def one(self, *, lock: bool = False, **where: Any) -> T | None:
        """The only (or first) object that fits; see `find` for the conditions."""
        shape, values = asked(self._table, where)
        limit = None if "id" in where else 1
        query = selecting(self._table, self._names, shape, limit=limit, lock=lock)
        row = self._connection.execute(query, values).first()
        return None if row is None else self._cls(*row)

    def find(self, *, order_by: str = "", limit: int | None = None, **where: Any) -> list[T]:
        """Objects that fit. Conditions are `field=value` or `field__op=value` with op one
        of lte, lt, gte, gt, in, not_in, not, none_or_lte. `order_by`: fields; "-" reverses.
        """
        shape, values = asked(self._table, where)
        query = selecting(self._table, self._names, shape, order_by, limit)
        return [self._cls(*row) for row in self._connection.execute(query, values)]

    def ids(self, *, order_by: str, limit: int, **where: Any) -> list[str]:
        """Only the ids of what `find` would find: cheap where there may be very many."""
        shape, values = asked(self._table, where)
        query = selecting(self._table, ("id",), shape, order_by, limit)
        return list(self._connection.execute(query, values).scalars())

    def heads(
        self,
        *,
        by: str,
        line: str,
        among: Mapping[str, Any],
        order_by: str,
        limit: int,
        **where: Any,
    ) -> list[str]:
        """Of the objects `among` which each `by` has a queue: those `by` whose first in
        `line` fits `where`. What stands behind the first is never looked at.
        """
        queues, among_values = asked(self._table, among)
        first, values = asked(self._table, where)
        query = heading(self._table, by, line, queues, first, order_by).limit(limit)
        return list(self._connection.execute(query, {**among_values, **values}).scalars())

    def count(self, **where: Any) -> int:
        shape, values = asked(self._table, where)
        return int(self._connection.execute(counting(self._table, shape), values).scalar_one())

    def swap(self, old: T, new: T) -> bool:
        """Write what differs, only if those fields still hold their old values.

        Says whether it was so: of two that try the same change, one wins.
        """
        before, after = self._values(old), self._values(new)
        changed = [name for name in self._names if before[name] != after[name]]
        if not changed:
            return True
        missing = frozenset(name for name in changed if before[name] is None)
        values = {f"now_{name}": after[name] for name in changed}
        values |= {f"was_{name}": before[name] for name in ("id", *changed) if name not in missing}
        query = swapping(self._table, tuple(changed), missing)
        return self._connection.execute(query, values).rowcount == 1

    def drop_before(self, field: str, moment: datetime, *, limit: int) -> int:
        """Delete at most `limit` rows whose `field` is before `moment`; how many it were.

        Only for rows that `bot.services.retention` names: the record is never deleted.
        """
        columns = self._table.c
        old = select(columns.id).where(columns[field] < moment).order_by(columns[field])
        query = delete(self._table).where(columns.id.in_(old.limit(limit)))
        return self._connection.execute(query).rowcount

    def _values(self, item: T) -> dict[str, Any]:
        return {name: getattr(item, name) for name in self._names}

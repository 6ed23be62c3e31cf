"""Rows: one table seen as core objects. Add, get, find, and change with care."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    JSON,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.storage.types import ChainJson, Ordinal, Word

T = TypeVar("T")

COMPARE = {
    "lte": lambda column, value: column <= _plain(column, value),
    "lt": lambda column, value: column < value,
    "gte": lambda column, value: column >= value,
    "gt": lambda column, value: column > value,
    "in": lambda column, value: column.in_(_plain(column, list(value))),
    "not_in": lambda column, value: column.not_in(_plain(column, list(value))),
    "not": lambda column, value: column.is_not(None) if value is None else column != value,
    "none_or_lte": lambda column, value: or_(column.is_(None), column <= value),
}


def _plain(column: Any, value: Any) -> Any:
    """A value to compare with. The words of an enumeration stand in the statement itself:
    both databases then see that a partial index, which names the same words, fits.
    """
    if not isinstance(column.type, Word | Ordinal):
        return value
    many = isinstance(value, list)
    return bindparam(None, value, column.type, expanding=many, literal_execute=True)


@cache
def _ahead(table: Table) -> FromClause:
    return table.alias("ahead")


class SqlRows(Generic[T]):
    """Implements the `Rows` port for one table and one core class."""

    def __init__(self, connection: Connection, table: Table, cls: type[T]) -> None:
        self._connection, self._table, self._cls = connection, table, cls
        self._names = [one.name for one in fields(cls)]  # type: ignore[arg-type]

    def add(self, item: T) -> None:
        self._connection.execute(insert(self._table).values(self._values(item)))

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
            self._connection.execute(insert(self._table), values)

    def get(self, id: str, *, lock: bool = False) -> T | None:
        """The object with this id. `lock` holds its row until the transaction ends."""
        query = select(self._table).where(self._table.c.id == id)
        return self._first(query.with_for_update() if lock else query)

    def one(self, *, lock: bool = False, **where: Any) -> T | None:
        """The only (or first) object that fits; see `find` for the conditions."""
        query = select(self._table).where(self._conditions(where)).limit(1)
        return self._first(query.with_for_update() if lock else query)

    def find(self, *, order_by: str = "", limit: int | None = None, **where: Any) -> list[T]:
        """Objects that fit. Conditions are `field=value` or `field__op=value` with op one
        of lte, lt, gte, gt, in, not_in, not, none_or_lte. `order_by`: fields; "-" reverses.
        """
        query = select(self._table).where(self._conditions(where))
        rows = self._connection.execute(self._ordered(query, order_by).limit(limit)).mappings()
        return [self._cls(**row) for row in rows]

    def ids(self, *, order_by: str, limit: int, **where: Any) -> list[str]:
        """Only the ids of what `find` would find: cheap where there may be very many."""
        query = select(self._table.c.id).where(self._conditions(where))
        return list(self._connection.execute(self._ordered(query, order_by).limit(limit)).scalars())

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
        ahead = _ahead(self._table)
        behind = (
            select(1)
            .select_from(ahead)
            .where(ahead.c[by] == self._table.c[by], ahead.c[line] < self._table.c[line])
            .where(self._conditions(among, ahead))
        )
        query = (
            select(self._table.c[by])
            .where(self._conditions(among), self._conditions(where))
            .where(~behind.exists())
        )
        return list(self._connection.execute(self._ordered(query, order_by).limit(limit)).scalars())

    def count(self, **where: Any) -> int:
        query = select(func.count()).select_from(self._table).where(self._conditions(where))
        return int(self._connection.execute(query).scalar_one())

    def swap(self, old: T, new: T) -> bool:
        """Write what differs, only if those fields still hold their old values.

        Says whether it was so: of two that try the same change, one wins.
        """
        before, after = self._values(old), self._values(new)
        changed = [name for name in self._names if before[name] != after[name]]
        if not changed:
            return True
        columns = self._table.c
        # JSON has no equality on PostgreSQL; such fields change only beside others.
        compared = [n for n in changed if not isinstance(columns[n].type, JSON | ChainJson)]
        same = [
            columns[name].is_(None) if before[name] is None else columns[name] == before[name]
            for name in compared
        ]
        query = (
            update(self._table)
            .where(columns.id == before["id"], *same)
            .values({name: after[name] for name in changed})
        )
        return self._connection.execute(query).rowcount == 1

    def _ordered(self, query: Select[Any], order_by: str) -> Select[Any]:
        for name in filter(None, order_by.split(",")):
            column = self._table.c[name.lstrip("-")]
            query = query.order_by(column.desc() if name.startswith("-") else column)
        return query

    def drop_before(self, field: str, moment: datetime, *, limit: int) -> int:
        """Delete at most `limit` rows whose `field` is before `moment`; how many it were.

        Only for rows that `bot.services.retention` names: the record is never deleted.
        """
        columns = self._table.c
        old = select(columns.id).where(columns[field] < moment).order_by(columns[field])
        query = delete(self._table).where(columns.id.in_(old.limit(limit)))
        return self._connection.execute(query).rowcount

    def _first(self, query: Select[Any]) -> T | None:
        row = self._connection.execute(query).mappings().first()
        return None if row is None else self._cls(**row)

    def _values(self, item: T) -> dict[str, Any]:
        return {name: getattr(item, name) for name in self._names}

    def _conditions(self, where: Mapping[str, Any], of: FromClause | None = None) -> Any:
        parts, table = [], self._table if of is None else of
        for key, value in where.items():
            name, _, op = key.partition("__")
            column = table.c[name]
            if op:
                parts.append(COMPARE[op](column, value))
            else:
                parts.append(column.is_(None) if value is None else column == _plain(column, value))
        return and_(True, *parts)

"""Statements: each question to a table, put together once and asked again with new values.

Putting a statement together takes SQLAlchemy longer than SQLite takes to answer
it. A question has a shape: its table, which fields it compares and how, what is
missing (None), which words of an enumeration it names, order and limit. One
statement is kept per shape; values are bound to it when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)

from bot.storage.types import ChainJson, Ordinal, Word

Shape = tuple[tuple[str, Any], ...]

SHAPES = 2000  # kept at once; the program asks a few hundred
VALUE, MISSING = "value", None
MANY = ("in", "not_in")
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "": lambda column, value: column == value,
    "lte": lambda column, value: column <= value,
    "lt": lambda column, value: column < value,
    "gte": lambda column, value: column >= value,
    "gt": lambda column, value: column > value,
    "in": lambda column, value: column.in_(value),
    "not_in": lambda column, value: column.not_in(value),
    "not": lambda column, value: column != value,
    "none_or_lte": lambda column, value: or_(column.is_(None), column <= value),
}


def asked(table: Table, where: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
    """The shape of `where`, and the values to bind to its statement."""
    shape: list[tuple[str, Any]] = []
    values: dict[str, Any] = {}
    for key, value in where.items():
        name, _, op = key.partition("__")
        kind = table.c[name].type
        if isinstance(kind, Word | Ordinal) and value is not None:
            named = value if op in MANY else (value,)
            shape.append((key, tuple(kind.kind(one).value for one in named)))
        elif value is None:
            shape.append((key, MISSING))
        else:
            shape.append((key, VALUE))
            values[key] = list(value) if op in MANY else value
    return tuple(shape), values


def conditions(table: FromClause, shape: Shape) -> Any:
    """What `shape` asks for, on a table or an alias of it."""
    return and_(true(), *(_condition(table, key, what) for key, what in shape))


def _condition(table: FromClause, key: str, what: Any) -> Any:
    name, _, op = key.partition("__")
    column = table.c[name]
    if what is MISSING:
        return column.is_not(None) if op == "not" else column.is_(None)
    if what == VALUE:
        return COMPARE[op](column, bindparam(key, type_=column.type, expanding=op in MANY))
    # The words of an enumeration stand in the statement itself: both databases then see
    # that a partial index, which names the same words, fits.
    words = [_spelled(word) for word in what]
    if op in MANY and not words:
        return false() if op == "in" else true()
    return COMPARE[op](column, words if op in MANY else words[0])


def _spelled(word: str | int) -> Any:
    """One of our own words, or its number, as it stands in SQL."""
    return literal_column(str(word) if isinstance(word, int) else f"'{word}'")


def ordered(query: Select[Any], table: Table, order_by: str) -> Select[Any]:
    """`order_by`: fields with commas between them; "-" reverses."""
    for name in filter(None, order_by.split(",")):
        column = table.c[name.lstrip("-")]
        query = query.order_by(column.desc() if name.startswith("-") else column)
    return query


@lru_cache(SHAPES)
def selecting(
    table: Table,
    names: tuple[str, ...],
    shape: Shape,
    order_by: str = "",
    limit: int | None = None,
    lock: bool = False,
) -> Select[Any]:
    query = select(*(table.c[name] for name in names)).where(conditions(table, shape))
    query = ordered(query, table, order_by).limit(limit)
    return query.with_for_update() if lock else query


@lru_cache(SHAPES)
def heading(
    table: Table, by: str, line: str, queues: Shape, first: Shape, order_by: str
) -> Select[Any]:
    """The `by` of those among `queues` that fit `first` and have nothing before them.

    Whether somebody stands one place ahead is asked first, and only then whether anybody
    does: in a long queue that finds one row, where the second question reads a page of
    them. Both are values and not joins, so that neither database can decide to work
    through all that waits: the search goes in order and ends at its limit.
    """
    ahead = table.alias("ahead")
    one: ColumnElement[int] = literal_column("1")
    same = select(true()).where(ahead.c[by] == table.c[by], conditions(ahead, queues)).limit(one)
    next_ahead = same.where(ahead.c[line] == table.c[line] - one).scalar_subquery()
    any_ahead = same.where(ahead.c[line] < table.c[line]).scalar_subquery()
    query = select(table.c[by]).where(conditions(table, queues), conditions(table, first))
    return ordered(query.where(~func.coalesce(next_ahead, any_ahead, false())), table, order_by)


@lru_cache(SHAPES)
def counting(table: Table, shape: Shape) -> Select[Any]:
    return select(func.count()).select_from(table).where(conditions(table, shape))


@lru_cache(SHAPES)
def adding(table: Table) -> Insert:
    return insert(table)


@lru_cache(SHAPES)
def swapping(table: Table, changed: tuple[str, ...], missing: frozenset[str]) -> Update:
    """Change these fields of one row if they still are what they were.

    `missing` were None before. Values are bound as `was_<field>` and `now_<field>`.
    """
    # JSON has no equality on PostgreSQL; such fields change only beside others.
    compared = [one for one in changed if not isinstance(table.c[one].type, JSON | ChainJson)]
    same = [
        table.c[name].is_(None)
        if name in missing
        else table.c[name] == bindparam(f"was_{name}", type_=table.c[name].type)
        for name in compared
    ]
    now = {name: bindparam(f"now_{name}", type_=table.c[name].type) for name in changed}
    return update(table).where(table.c.id == bindparam("was_id"), *same).values(now)

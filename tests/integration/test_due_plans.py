"""Finding what is due reads only what waits: every query goes by an index, on both databases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from bot.core.pace import Pace
from bot.services.find_due import any_held_back, find_due, find_unsent
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests.builders import START
from tests.fakes import FixedClock

NO_DRILL = SimpleNamespace(drill=None)


@pytest.fixture
def plans(database_url: str) -> dict[str, str]:
    """Each statement of the sweep, and how the database would carry it out."""
    engine = open_database(database_url)
    migrate(engine)
    record = SqlRecord(engine)
    with record.transaction() as tx:
        tx.paces.add(Pace("telegram:1", START))
    asked: list[tuple[str, Any]] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
    )
    parts: Any = SimpleNamespace(record=record, clock=FixedClock(), limits={}, house=NO_DRILL)
    find_due(parts)
    find_unsent(parts)
    any_held_back(parts)
    small = ("FROM paces", "FROM drills")  # a row for each account, one for each week
    selects = [
        one
        for one in asked
        if one[0].startswith("SELECT") and not any(table in one[0] for table in small)
    ]
    postgres = engine.name == "postgresql"
    found = {}
    with engine.connect() as connection:
        if postgres:  # tables are empty here; the question is whether an index fits
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in selects:
            explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
            rows = connection.exec_driver_sql(explain + statement, parameters)
            found[statement] = "\n".join(str(row[-1]) for row in rows)
    engine.dispose()
    return found


def test_every_query_of_the_sweep_goes_by_an_index(plans: dict[str, str]) -> None:
    assert len(plans) >= 10
    for statement, plan in plans.items():
        assert "Seq Scan" not in plan, statement
        for line in plan.splitlines():
            if line.startswith(("SCAN", "SEARCH")):
                assert "INDEX" in line, f"{statement}\n{plan}"


def test_what_waits_is_found_by_the_indexes_of_what_waits(plans: dict[str, str]) -> None:
    for table, index in (
        ("outbound", "ix_outbound_un"),
        ("inbound", "ix_inbound_unheard"),
        ("check_ins", "ix_check_ins_"),
    ):
        of_table = [plan for statement, plan in plans.items() if f"FROM {table}" in statement]
        assert of_table
        assert all(index in plan or "ix_outbound_urgent" in plan for plan in of_table)

"""Finding what is due reads only what waits: every query goes by an index, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from benchmarks.due import Filler, analyse, fill_history, fill_peak
from bot.core.pace import Pace
from bot.services.find_due import any_held_back, find_due, find_unsent
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests.builders import START
from tests.fakes import FixedClock

NO_DRILL = SimpleNamespace(drill=None)
# One row by its whole key, as SQLite and PostgreSQL say it.
NEXT_AHEAD = re.compile(
    r"ahead USING .*\(conversation_id=\? AND seq=\?\)"
    r"|Index Cond: \(\(conversation_id = .*\) AND \(seq = \(\w+\.seq - 1\)\)\)"
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def plans(engine: Engine) -> dict[str, str]:
    """Of empty tables, where the question is whether an index fits at all."""
    with SqlRecord(engine).transaction() as tx:
        tx.paces.add(Pace("telegram:1", START))
    return plans_of(engine, seq_scans=False)


@pytest.fixture
def plans_at_the_peak(engine: Engine) -> dict[str, str]:
    """Of tables that are full, with one chat flooded: what the database then chooses."""
    with engine.begin() as connection:
        if engine.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        fill_history(Filler(connection), 2_000)
        fill_peak(Filler(connection), 1_000, flood=1_000)
    analyse(engine)
    return plans_of(engine, seq_scans=True)


def plans_of(engine: Engine, *, seq_scans: bool) -> dict[str, str]:
    """Each statement of the sweep, and how the database would carry it out."""
    record = SqlRecord(engine)
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
        if postgres and not seq_scans:
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in selects:
            explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
            rows = connection.exec_driver_sql(explain + statement, parameters)
            found[statement] = "\n".join(str(row[-1]) for row in rows)
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


def test_one_place_ahead_in_a_chat_is_one_row_found_by_its_key(
    plans_at_the_peak: dict[str, str],
) -> None:
    """So each row of a flooded chat, behind thousands of others, costs the sweep one look."""
    heads = {one: plan for one, plan in plans_at_the_peak.items() if " AS ahead" in one}
    assert len(heads) >= 5
    for statement, plan in heads.items():
        assert NEXT_AHEAD.search(plan), f"{statement}\n{plan}"
        # Nor is it a join with all that waits: the search goes in order, up to its limit.
        assert not re.search("Join|Hash|Seq Scan|SCAN ahead", plan), f"{statement}\n{plan}"

"""The audit's chain on both databases: whole under many writers, and nobody can change its past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.audit_chain import BEFORE_ALL, hash_of
from bot.core.staff import AuditEntry
from bot.services.audit import note
from bot.services.chain_audit import ChainMoved, chain_audit
from bot.services.verify_audit import verify_audit
from bot.storage.append_only import SAYS
from bot.storage.database import open_database
from bot.storage.migrate import SCRIPTS, migrate
from bot.storage.unit_of_work import SqlRecord
from tests.builders import START
from tests.fakes import World, a_world
from tests.integration.test_storage import at_once

BEFORE_CHAIN = "70969648d0a6"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    (tmp_path / "beside").mkdir()
    world = a_world(tmp_path / "beside")
    record = SqlRecord(engine)
    world.record, world.parts = record, replace(world.parts, record=record)
    return world


def wrote(world: World, *details: str) -> None:
    for one in details:
        with world.record.transaction() as tx:
            note(tx, world.parts, who="nurse-chen", action="saw_patient", about="p", details=one)
        world.clock.advance(seconds=1)


def links(world: World) -> list[AuditEntry]:
    return world.rows("audit", number__not=None, order_by="number")


def spoil(engine: Engine, statement: str) -> None:
    """What only the owner of the database can do: take the triggers away, then change."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            for name in ("audit_stays", "audit_as_written", "audit_not_replaced"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))


def test_every_entry_carries_the_hash_of_the_one_before(world: World) -> None:
    wrote(world, "一", "two", "three \U0001f600")
    assert chain_audit(world.parts) is False
    first, second, third = links(world)
    assert [one.details for one in (first, second, third)] == ["一", "two", "three \U0001f600"]
    assert (first.previous, second.previous, third.previous) == (
        *(BEFORE_ALL, first.hash, second.hash),
    )
    assert all(one.hash == hash_of(one) for one in (first, second, third))
    verdict = verify_audit(world.parts)
    assert verdict.whole
    assert (verdict.head.number, verdict.head.hash) == (3, third.hash)


def test_chaining_goes_on_where_it_stopped_and_again_changes_nothing(world: World) -> None:
    wrote(world, "a")
    chain_audit(world.parts)
    wrote(world, "b")
    chain_audit(world.parts)
    before = links(world)
    chain_audit(world.parts)
    assert links(world) == before
    assert [one.number for one in before] == [1, 2]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET details = 'nothing' WHERE number = 2",
        "UPDATE audit SET who = 'nurse-li' WHERE number IS NULL",
        "UPDATE audit SET who = 'nurse-li', number = 9 WHERE number IS NULL",
        "UPDATE audit SET number = NULL WHERE number = 2",
        "UPDATE audit SET hash = '' WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit WHERE number IS NULL",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(
    world: World, engine: Engine, statement: str
) -> None:
    wrote(world, "a", "b", "c")
    chain_audit(world.parts)
    wrote(world, "not a link yet")
    before = world.rows("audit", order_by="id")
    with pytest.raises(SQLAlchemyError, match=SAYS), engine.begin() as connection:
        connection.execute(text(statement))
    assert world.rows("audit", order_by="id") == before


def test_the_database_refuses_to_write_over_an_entry_or_to_empty_the_table(
    world: World, engine: Engine
) -> None:
    wrote(world, "a")
    chain_audit(world.parts)
    sqlite = engine.dialect.name == "sqlite"
    statement = (
        "INSERT OR REPLACE INTO audit SELECT id, at, 'x', action, about, details, 1, '', ''"
        " FROM audit"
        if sqlite
        else "TRUNCATE audit"
    )
    with pytest.raises(SQLAlchemyError, match=SAYS), engine.begin() as connection:
        connection.execute(text(statement))
    assert verify_audit(world.parts).head.number == 1


@pytest.mark.parametrize(
    ("statement", "why", "number"),
    [
        ("UPDATE audit SET details = 'x' WHERE number = 3", "changed", 3),
        ("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE number = 4", "changed", 4),
        ("DELETE FROM audit WHERE number = 3", "missing", 3),
        ("DELETE FROM audit WHERE number = 1", "missing", 1),
        ("UPDATE audit SET number = -1 WHERE number = 2", "missing", 1),
    ],
)
def test_a_change_by_the_owner_of_the_database_is_found_at_its_place(
    world: World, engine: Engine, statement: str, why: str, number: int
) -> None:
    wrote(world, "a", "b", "c", "d", "e")
    chain_audit(world.parts)
    spoil(engine, statement)
    verdict = verify_audit(world.parts)
    assert verdict.misfit is not None
    assert (verdict.misfit.why, verdict.misfit.expected) == (why, number)
    assert not verdict.whole


def test_an_entry_written_anew_with_its_own_hash_does_not_fit_its_neighbour(
    world: World, engine: Engine
) -> None:
    wrote(world, "a", "b", "c")
    chain_audit(world.parts)
    forged = hash_of(replace(links(world)[1], details="forged"))
    spoil(engine, f"UPDATE audit SET details = 'forged', hash = '{forged}' WHERE number = 2")  # noqa: S608
    verdict = verify_audit(world.parts)
    assert verdict.misfit is not None
    assert (verdict.misfit.why, verdict.misfit.entry.number) == ("order", 3)


def test_a_tail_that_was_cut_off_is_known_by_a_head_noted_earlier(
    world: World, engine: Engine
) -> None:
    wrote(world, "a", "b", "c")
    chain_audit(world.parts)
    noted = verify_audit(world.parts).head.hash
    wrote(world, "d")
    chain_audit(world.parts)
    assert verify_audit(world.parts, noted=noted).whole
    spoil(engine, "DELETE FROM audit WHERE number >= 3")
    assert verify_audit(world.parts).whole  # by itself a shorter chain is whole too
    assert not verify_audit(world.parts, noted=noted).whole


def test_many_writers_and_several_chaining_at_once_leave_one_whole_chain(world: World) -> None:
    wrote(world, "first")
    chain_audit(world.parts)

    def write() -> None:
        wrote(world, *(f"entry {n}" for n in range(20)))

    def chain() -> None:
        for _ in range(10):
            chain_audit(world.parts)

    assert at_once([write, write, write, write, chain, chain, chain]) == []
    while chain_audit(world.parts):
        pass
    verdict = verify_audit(world.parts)
    assert verdict.whole
    assert (verdict.head.number, verdict.waiting) == (81, 0)


def test_the_very_first_links_from_several_workers_are_one_chain(world: World) -> None:
    """No first link is there to be locked: the unique number decides, and the rest try again."""
    wrote(world, *(f"entry {n}" for n in range(10)))
    faults = at_once([lambda: chain_audit(world.parts) for _ in range(4)])
    assert all(isinstance(one, ChainMoved | SQLAlchemyError) for one in faults)
    chain_audit(world.parts)
    verdict = verify_audit(world.parts)
    assert verdict.whole
    assert verdict.head.number == 10


def test_a_writer_never_waits_for_the_chain(world: World) -> None:
    """While a chaining worker holds the first link, entries go on being committed."""
    if world.record.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer for everything")
    wrote(world, "a")
    chain_audit(world.parts)
    with world.record.transaction() as tx:
        tx.audit.one(number=1, lock=True)
        wrote(world, "committed meanwhile")
        assert [one.details for one in world.rows("audit", number=None)] == ["committed meanwhile"]


def test_what_waits_too_long_is_counted(world: World) -> None:
    wrote(world, "a")
    assert (verify_audit(world.parts).waiting, verify_audit(world.parts).late) == (1, 0)
    world.clock.advance(minutes=11)
    assert verify_audit(world.parts).late == 1


def test_entries_of_before_the_chain_become_its_first_links(database_url: str) -> None:
    """The migration and the running service make one and the same form."""
    engine = open_database(database_url)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE_CHAIN)
        for n, words in enumerate(("喘", "plain", 'quote " and \\')):
            connection.execute(
                text(
                    "INSERT INTO audit (id, at, who, action, about, details)"
                    " VALUES (:id, :at, 'nurse', 'saw_case', 'p', :details)"
                ),
                {
                    "id": f"old-{2 - n}",
                    "at": (START + timedelta(seconds=n, microseconds=7)).replace(tzinfo=None),
                    "details": words,
                },
            )
    migrate(engine)
    with SqlRecord(engine).reading() as tx:
        entries = tx.audit.find(order_by="number")
    assert [(one.id, one.number) for one in entries] == [("old-2", 1), ("old-1", 2), ("old-0", 3)]
    assert [one.previous for one in entries] == [BEFORE_ALL, entries[0].hash, entries[1].hash]
    assert all(one.hash == hash_of(one) for one in entries)
    engine.dispose()

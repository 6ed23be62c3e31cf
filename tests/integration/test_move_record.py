"""Moving the record: every row arrives as it was, on either kind of database, or none does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import BackupError
from bot.services.audit import note
from bot.services.chain_audit import chain_audit
from bot.services.verify_audit import verify_audit
from bot.storage.append_only import SAYS
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.move_record import move_record
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlRecord
from tests import builders as b
from tests.fakes import a_world
from tests.integration.test_rows_on_both_databases import EVERYTHING, ROOM, keep

pytestmark = pytest.mark.postgres


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Engine]:
    """A ward on SQLite: one row of every kind, and 2,500 messages beside."""
    engine = open_database(f"sqlite:///{tmp_path}/old.db")
    migrate(engine)
    record = SqlRecord(engine)
    keep(record, *EVERYTHING)
    message = b.an_inbound("第一句 😮 it's \\ fine")
    many = [
        replace(message, id=f"many-{n}", seq=1000 + n, external_id=f"many-{n}") for n in range(2500)
    ]
    with record.transaction() as tx:
        tx.inbound.add_all(many)
    engine.dispose()
    yield engine
    engine.dispose()


@pytest.fixture
def new(postgres_url: str) -> Iterator[Engine]:
    engine = open_database(postgres_url)
    yield engine
    engine.dispose()


def everything_in(engine: Engine) -> list[object]:
    with SqlRecord(engine).reading() as tx:
        return [getattr(tx, ROOM[type(one).__name__]).get(one.id) for one in EVERYTHING]


def test_every_row_is_in_postgresql_as_it_was_and_the_old_record_is_untouched(
    old: Engine, new: Engine
) -> None:
    moved = move_record(old, new)
    assert everything_in(new) == EVERYTHING == everything_in(old)
    assert moved["inbound"] == 2501
    assert set(moved) == {one.name for one in metadata.sorted_tables}


def test_the_audits_chain_goes_on_in_the_new_database_and_nobody_can_change_it(
    old: Engine, new: Engine, tmp_path: Path
) -> None:
    (tmp_path / "beside").mkdir()
    parts = replace(a_world(tmp_path / "beside").parts, record=SqlRecord(old))
    chain_audit(parts)
    before = verify_audit(parts).head
    assert before.number > 0
    old.dispose()
    move_record(old, new)
    parts = replace(parts, record=SqlRecord(new))
    with parts.record.transaction() as tx:
        note(tx, parts, who="nurse-chen", action="saw_case", about="patient-wang")
    chain_audit(parts)
    verdict = verify_audit(parts, noted=before.hash)
    assert verdict.whole
    assert verdict.head.number == before.number + 1
    with pytest.raises(SQLAlchemyError, match=SAYS), new.begin() as connection:
        connection.execute(text("DELETE FROM audit"))


def test_the_way_back_is_the_same(old: Engine, new: Engine, tmp_path: Path) -> None:
    move_record(old, new)
    new.dispose()
    again = open_database(f"sqlite:///{tmp_path}/again.db")
    move_record(new, again)
    assert everything_in(again) == EVERYTHING
    again.dispose()


def test_a_database_that_holds_something_is_not_written_to(old: Engine, new: Engine) -> None:
    migrate(new)
    keep(SqlRecord(new), b.a_patient("zhang"))
    with pytest.raises(BackupError, match="holds something already: patients"):
        move_record(old, new)
    with SqlRecord(new).reading() as tx:
        assert [one.id for one in tx.patients.find()] == ["patient-zhang"]


def test_while_a_service_writes_nothing_is_moved(old: Engine, new: Engine) -> None:
    with old.begin(), pytest.raises(BackupError, match="in use"):
        move_record(old, new)


def test_what_arrives_changed_is_noticed_and_nothing_stays(old: Engine, new: Engine) -> None:
    @event.listens_for(new, "before_cursor_execute", retval=True)
    def spoil(_conn, _cursor, statement, parameters, _context, _many):  # type: ignore[no-untyped-def]
        if statement.startswith("INSERT INTO observations"):
            rows = parameters if isinstance(parameters, list) else [parameters]
            parameters = [{**row, "source_text": "别的话"} for row in rows]
        return statement, parameters

    with pytest.raises(BackupError, match="observations is not what left"):
        move_record(old, new)
    with SqlRecord(new).reading() as tx:
        assert tx.patients.count() == 0


def test_a_record_that_does_not_exist_is_named(tmp_path: Path, new: Engine) -> None:
    with pytest.raises(BackupError, match="there is no record"):
        move_record(open_database(f"sqlite:///{tmp_path}/nothing.db"), new)

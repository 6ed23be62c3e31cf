"""What only PostgreSQL can get wrong: its client programs, its users, its passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import BackupError
from bot.storage.backup import postgres_tools
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from tests.fakes import FixedClock
from tests.integration.restored_house import Machine

pytestmark = pytest.mark.postgres
only_here = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def old(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    engine = open_database(database_url)
    migrate(engine)
    engine.dispose()
    return Machine(database_url, tmp_path, FixedClock(), monkeypatch)


def a_client(folder: Path, version: str) -> None:
    for name in ("pg_dump", "pg_restore", "psql"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)


@only_here
def test_without_the_client_it_says_what_to_install(
    old: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=r"pg_dump is not on PATH: install .* version \d+"):
        old.backup(tmp_path / "b.zip")
    a_client(tmp_path, "9.6.24")
    with pytest.raises(BackupError, match=r"pg_dump is version 9 and the server \d+: install"):
        old.backup(tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


@only_here
def test_a_wrong_user_is_refused_in_one_sentence(old: Machine, tmp_path: Path) -> None:
    user, _, rest = old.url.removeprefix("postgresql://").rpartition("@")
    nobody = Machine(
        f"postgresql://nobody_{user[:1]}:SECRET@{rest}", tmp_path, old.clock, old.monkeypatch
    )
    with pytest.raises(BackupError, match="no backup was made in") as caught:
        nobody.backup(tmp_path / "b.zip")
    assert "SECRET" not in str(caught.value)
    assert not (tmp_path / "b.zip").exists()


def test_a_password_is_never_an_argument() -> None:
    url = "postgresql+psycopg://aftercare:S3CRET@db.example:5433/aftercare?sslmode=require"
    assert postgres_tools.address(url) == (
        "postgresql://aftercare@db.example:5433/aftercare?sslmode=require"
    )
    assert postgres_tools.environment(url)["PGPASSWORD"] == "S3CRET"


def test_of_an_error_only_the_first_line_is_repeated() -> None:
    said = b"psql:<stdin>:7: ERROR:  duplicate key\nDETAIL:  Key (name)=(Wang) exists.\n"
    assert "Wang" not in postgres_tools.complaint(said)
    assert postgres_tools.complaint(b"") == "no reason given"

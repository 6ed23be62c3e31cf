"""Fixtures for every room: databases of both kinds."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

POSTGRES = os.environ.get(
    "AFTERCARE_TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/postgres"
)


def _postgres_reason() -> str | None:
    """Why the PostgreSQL leg cannot run here; None when it can."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL reachable (AFTERCARE_TEST_POSTGRES_URL): {type(error).__name__}"
    return None


@pytest.fixture(scope="session")
def postgres_reason() -> str | None:
    return _postgres_reason()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_reason: str | None
) -> Iterator[str]:
    """An empty database of each kind; the PostgreSQL leg names why it is skipped."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/aftercare.db"
        return
    with a_postgres(postgres_reason) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_reason: str | None) -> Iterator[str]:
    """An empty PostgreSQL database, for what SQLite is not asked to do."""
    with a_postgres(postgres_reason) as url:
        yield url


@contextmanager
def a_postgres(reason: str | None) -> Iterator[str]:
    """An empty database on the server for tests; skips with the reason when there is none."""
    if reason:
        pytest.skip(reason)
    name = _free.pop() if _free else _new_database()
    base, _, _ = POSTGRES.rpartition("/")
    try:
        yield f"{base}/{name}"
    finally:
        _emptied(f"{base}/{name}", name)
        _free.append(name)


# Databases of this run that are empty again: making and dropping one takes the server seconds.
_made: list[str] = []
_free: list[str] = []


def _new_database() -> str:
    name = f"aftercare_test_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    _made.append(name)
    return name


def _emptied(url: str, name: str) -> None:
    """As new: nobody is connected and no schema of a test is left."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
        for (schema,) in database.execute(
            "SELECT nspname FROM pg_namespace"
            " WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'"
        ).fetchall():
            database.execute(f'DROP SCHEMA "{schema}" CASCADE')
        database.execute("CREATE SCHEMA public")


def pytest_sessionfinish() -> None:
    """Leave nothing on the server."""
    if _made:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            for name in _made:
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

"""A record on PostgreSQL: dump it at one moment, check a dump, load one beside the record."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from sqlalchemy import Connection, Engine, inspect, make_url, text

from bot.core.errors import BackupError
from bot.storage.append_only import guard, refusing_function
from bot.storage.backup.manifest import Manifest
from bot.storage.backup.postgres_tools import address, complaint, environment, program
from bot.storage.backup.sqlite import NOT_COUNTED, OF_A_START

STAGED: Final = "aftercare_restore"  # the schema in which a restored record waits
CHUNK: Final = 1 << 20


def dump_record(engine: Engine, url: str, to: Path) -> tuple[dict[str, int], str, str]:
    """Dump the record as it is at one moment; rows per table, revision, and schema.

    The rows are counted in the very snapshot that is dumped.
    """
    pg_dump = program("pg_dump", engine)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        schema, tables = _schema(connection), _tables(connection)
        if "alembic_version" not in tables:
            raise BackupError("this database is not a record of Aftercare")
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        rows = _rows(connection, schema, tables)
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        command = [
            *(pg_dump, "--format=custom", f"--snapshot={snapshot}", "--no-owner"),
            *("--no-privileges", f"--file={to}", f"--dbname={address(url)}"),
            *(f"--table={schema}.{name}" for name in tables),
        ]
        done = subprocess.run(  # noqa: S603, a program of the client
            command, env=environment(url), capture_output=True, check=False
        )
    if done.returncode:
        raise BackupError(f"pg_dump failed: {complaint(done.stderr)}")
    return rows, str(revision), schema


def check_dump(engine: Engine, file: Path, schema: str) -> dict[str, int]:
    """Read a dump from its first to its last byte; its rows per table."""
    rows: dict[str, int] = {}
    table, start = "", f"COPY {schema}.".encode()
    with _script(engine, file) as lines:
        for line in lines:
            if table:
                if line == b"\\.\n":
                    table = ""
                else:
                    rows[table] += 1
            elif line.startswith(start):
                table = line[len(start) :].split(b" ", 1)[0].decode().strip('"')
                rows[table] = 0
    return rows


def holds_something(engine: Engine) -> bool:
    """Whether this database has rows that a restore would replace."""
    with engine.connect() as connection:
        rows = _rows(connection, _schema(connection), _tables(connection))
        if "audit" in rows:
            rows["audit"] -= connection.execute(text(OF_A_START)).scalar_one()
    return any(n for name, n in rows.items() if name not in NOT_COUNTED)


def refuse_while_open(engine: Engine) -> None:
    """Raise BackupError while a service is connected to this database."""
    with engine.connect() as connection:
        others = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'aftercare' AND pid <> pg_backend_pid()"
            )
        ).scalar_one()
    if others:
        raise BackupError("the service is connected to this database: stop it first")


def load_staged(engine: Engine, url: str, file: Path, manifest: Manifest) -> str:
    """Load a dump into a schema of its own; the address that sees it in the record's place.

    A dump names its schema, so the tables that are there step aside and come
    back, all in one transaction: it happens whole or not at all.
    """
    psql, schema = program("psql", engine), manifest.schema
    with engine.connect() as connection:
        if (here := _schema(connection)) != schema:
            raise BackupError(f"the backup's tables belong into schema {schema}, not {here}")
        there = _tables(connection)
    aside = f"{STAGED}_aside"
    before = [
        *("BEGIN;", f'DROP SCHEMA IF EXISTS "{STAGED}" CASCADE;', f'CREATE SCHEMA "{aside}";'),
        *(_move(name, schema, aside) for name in there),
        refusing_function(schema),  # the audit's triggers need it, and a dump of tables lacks it
    ]
    after = [
        f'CREATE SCHEMA "{STAGED}";',
        *(_move(name, schema, STAGED) for name in manifest.rows),
        *(_move(name, aside, schema) for name in there),
        *(f'DROP SCHEMA "{aside}";', "COMMIT;"),
    ]
    with subprocess.Popen(  # noqa: S603, a program of the client
        [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", f"--dbname={address(url)}"],
        env=environment(url),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as loading:
        try:
            with _script(engine, file) as lines:
                _feed(loading, before, lines)
            _feed(loading, after, ())  # only now, when all of the dump was read
        except BrokenPipeError:
            pass  # it ended early and says why
        except BackupError:
            loading.kill()  # without COMMIT nothing has happened
            raise
        _, errors = loading.communicate()
    if loading.returncode:
        raise BackupError(f"the record could not be loaded: {complaint(errors)}")
    where = make_url(url)
    options = f"{where.query.get('options', '')} -csearch_path={STAGED}".strip()
    return where.update_query_dict({"options": options}).render_as_string(hide_password=False)


def put_in_place(engine: Engine, schema: str, *, aside: str) -> str | None:
    """Move the staged tables to their place; what held rows is kept in schema `aside`."""
    refuse_while_open(engine)
    kept = holds_something(engine)
    with engine.begin() as connection:
        there = _tables(connection)
        if kept:
            connection.execute(text(f'CREATE SCHEMA "{aside}"'))
        for name in there:
            gone = f'DROP TABLE "{schema}"."{name}" CASCADE'
            connection.execute(text(_move(name, schema, aside) if kept else gone))
        for name in inspect(connection).get_table_names(schema=STAGED):
            connection.execute(text(_move(name, STAGED, schema)))
        guard(connection)
        connection.execute(text(f'DROP FUNCTION IF EXISTS "{STAGED}".audit_refuse()'))
        connection.execute(text(f'DROP SCHEMA "{STAGED}"'))
    return aside if kept else None


def drop_staged(engine: Engine) -> None:
    """Forget a restored record that did not get to its place."""
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{STAGED}" CASCADE'))


def _move(name: str, old: str, new: str) -> str:
    return f'ALTER TABLE "{old}"."{name}" SET SCHEMA "{new}";'


def _feed(loading: subprocess.Popen[bytes], first: Iterable[str], then: Iterable[bytes]) -> None:
    if loading.stdin is None:
        return
    loading.stdin.write("\n".join([*first, ""]).encode())
    loading.stdin.writelines(then)
    loading.stdin.flush()


@contextmanager
def _script(engine: Engine, file: Path) -> Iterator[IO[bytes]]:
    """The dump as SQL, line by line; raises BackupError when it cannot be read to its end."""
    command = [program("pg_restore", engine), "--no-owner", "--no-privileges", "--file=-"]
    with subprocess.Popen(  # noqa: S603, a program of the client
        [*command, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=CHUNK
    ) as reading:
        if reading.stdout is None or reading.stderr is None:
            raise BackupError("the dump cannot be read")
        yield reading.stdout
        reading.stdout.read()
        errors = reading.stderr.read()
    if reading.returncode:
        raise BackupError(f"the dump of the record is damaged: {complaint(errors)}")


def _schema(connection: Connection) -> str:
    return str(connection.execute(text("SELECT current_schema()")).scalar_one())


def _tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


def _rows(connection: Connection, schema: str, tables: list[str]) -> dict[str, int]:
    count = 'SELECT count(*) FROM "{}"."{}"'
    return {
        name: connection.execute(text(count.format(schema, name))).scalar_one() for name in tables
    }

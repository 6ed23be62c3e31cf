"""Programme: how long its page takes with 100,000 patients, on the server, from request to HTML.

Run: python -m benchmarks.programme [--postgres URL] [--patients N] [--long]
The database holds two years; the page opens with three months. `--long` asks for twelve and
twenty-four as well. Yardstick in the same run: one count of the check-ins.

Beside the time by the clock stands, for SQLite, what this process worked, which a busy machine
lengthens less. PostgreSQL works in processes of its own.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
from sqlalchemy import Engine, func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.console import a_database
from benchmarks.due import SERVER
from benchmarks.figures import Figure, middle
from benchmarks.programme_rows import fill_programme
from bot.console import console_routes
from bot.core.staff import StaffRole
from bot.storage.database import open_database
from bot.storage.media import FileMedia
from bot.storage.migrate import migrate
from bot.storage.tables import check_ins
from bot.storage.unit_of_work import SqlRecord
from tests import builders
from tests.fakes import a_world

PATIENTS, RUNS = 100_000, 3
TARGET_MS = 2_000.0
ASKED = {
    "three months, as it opens": "programme",
    "three months by ward": "programme?by=ward",
    "three months as a workbook": "programme/xlsx",
    "three months of one ward": "programme?ward=w7",
}
LONG = {
    "twelve months": "programme?from=2025-04&to=2026-03",
    "twenty-four months": "programme?from=2024-04&to=2026-03",
}


def a_page(engine: Engine, folder: Path) -> TestClient:
    """The console on this database, with an administrator signed in."""
    world = a_world(folder)
    parts = replace(world.parts, record=SqlRecord(engine))
    root = builders.a_nurse("root", role=StaffRole.ADMINISTRATOR, ward="", conversation_id=None)
    with parts.record.transaction() as tx:
        tx.nurses.add(root)
    app = Starlette(routes=console_routes(parts, media=FileMedia(folder / "media")))
    client = TestClient(app, base_url="https://aftercare.example")
    client.post("/console/sign-in", data={"login": "root", "password": "secret"})
    return client


def opened(client: TestClient, path: str) -> tuple[float, float]:
    """(milliseconds by the clock, milliseconds that this process worked), the middle of each."""
    taken, worked = [], []
    for _ in range(RUNS):
        began, busy = time.perf_counter(), time.process_time()
        assert client.get(f"/console/{path}").status_code == 200
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return middle(taken), middle(worked)


def one_count(engine: Engine) -> float:
    """Milliseconds of the yardstick."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        with engine.connect() as connection:
            connection.execute(select(func.count(check_ins.c.state)))
        taken.append((time.perf_counter() - began) * 1000)
    return middle(taken)


def on(name: str, url: str, patients: int, *, long: bool) -> list[Figure]:
    """All figures on one database."""
    engine = open_database(url)
    migrate(engine)
    fill_programme(engine, patients)
    figures, of = [], f"{patients:,} patients, {name}"
    with tempfile.TemporaryDirectory() as folder:
        client, count = a_page(engine, Path(folder)), one_count(engine)
        for asked, path in (ASKED | (LONG if long else {})).items():
            taken, worked = opened(client, path)
            figures.append(
                Figure(
                    f"programme, {asked}, {of}",
                    taken,
                    "ms",
                    target=TARGET_MS if asked in ASKED else None,
                    yardstick=count,
                    yardstick_name="one count",
                )
            )
            if engine.name == "sqlite":
                figures.append(Figure(f"of this the processor, {asked}, {name}", worked, "ms"))
    engine.dispose()
    return figures


def measure(server: str = SERVER, patients: int = PATIENTS, *, long: bool = False) -> list[Figure]:
    """Both databases; one that is away gives no rows."""
    with tempfile.TemporaryDirectory() as folder:
        figures = on("SQLite", f"sqlite:///{folder}/programme.db", patients, long=long)
    with suppress(psycopg.OperationalError), a_database(server, "programme") as url:
        figures += on("PostgreSQL", url, patients, long=long)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default=SERVER)
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--long", action="store_true")
    asked = parser.parse_args()
    from benchmarks.__main__ import alone

    alone(measure(asked.postgres, asked.patients, long=asked.long), "programme")


if __name__ == "__main__":
    main()

"""Programme: how long its page takes with very many patients, on the server, from request to HTML.

Run: python -m benchmarks.programme [--postgres URL] [--patients N] [--only sqlite|postgresql]
The patients went home over two years, on 20 wards; each has seven check-ins with three
numbers, an opinion, and every third a case. Yardstick in the same run: the list of patients.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.due import SERVER, Filler, analyse, fill_history, timed
from bot.console import console_routes
from bot.core.staff import StaffRole
from bot.storage.database import open_database
from bot.storage.media import FileMedia
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests import builders
from tests.fakes import a_world

RESULTS = Path("results/programme.json")
RUNS = 3
DAYS = (1, 3, 7, 10, 14, 21, 28)
HOME = "-((MANY - n) * 730 / MANY) - 1"  # days before now that a patient went home, in order
ASKED = {
    "three months (as it opens)": "",
    "three months, by ward": "?by=ward",
    "one month": "?from=2026-02&to=2026-02",
    "one month of one ward": "?from=2026-02&to=2026-02&ward=w7",
    "twelve months": "?from=2025-04&to=2026-03",
    "twenty-four months": "?from=2024-04&to=2026-03",
}


def fill_programme(fill: Filler, patients: int) -> None:
    """Two years of discharges with what came after them."""
    fill_history(fill, patients)
    run = fill._connection.execute
    number = "CAST(substr(id, 2) AS INTEGER)"
    run(text(f"UPDATE patients SET ward = 'w' || ({number} % 20)"))
    home = HOME.replace("MANY", str(patients)).replace("n", number)
    start = f"{builders.START:%Y-%m-%d}"
    day = f"date '{start}' + ({home})" if fill.postgres else f"date('{start}', ({home}) || ' days')"
    run(text(f"UPDATE episodes SET discharge_on = {day}"))
    run(text("DELETE FROM check_ins"))
    home_of_n = HOME.replace("MANY", str(patients))
    for turn, days in enumerate(DAYS):
        _check_in(fill, patients, turn, fill.at(f"{home_of_n} + {days}"), days)
    for code, value in (("csat", "1 + n % 5"), ("recommend_score", "n % 11"), ("ces", "1 + n % 7")):
        _answer(fill, patients, 6, code, value, fill.at(f"{home_of_n} + 28"))
    _cases(fill, patients)


def _check_in(fill: Filler, patients: int, turn: int, due: str, days: int) -> None:
    state = "CASE WHEN n % 9 < 2 THEN 'silent' ELSE 'completed' END"
    fill.rows(
        "check_ins",
        1,
        patients,
        id=f"'k{turn}-' || n",
        episode_id="'e' || n",
        plan_id=f"'day_{days}'",
        occurrence="1",
        due_at=due,
        window_end=due,
        opened_at=due,
        ended_at=due,
        state=state,
        level="'routine'",
        postponements="0",
    )
    for code, value in (
        ("pain_at_rest", f"(n + {turn}) % 11"),
        ("pain_on_walking", f"(n + {turn}) % 9"),
        ("body_temperature", "36 + (n % 20) * 0.1"),
    ):
        _answer(fill, patients, turn, code, value, due)


def _answer(fill: Filler, patients: int, turn: int, code: str, value: str, at: str) -> None:
    as_json = f"to_json({value})" if fill.postgres else f"CAST({value} AS TEXT)"
    fill.rows(
        "observations",
        1,
        patients,
        id=f"'{code}{turn}-' || n",
        episode_id="'e' || n",
        check_in_id=f"'k{turn}-' || n",
        question_id=f"'{code}'",
        code=f"'{code}'",
        value=as_json,
        unit="''",
        source_text="'3'",
        understood="true",
        observed_at=at,
        inbound_id="'i1-' || n",
        said_by="'c' || n",
        said_by_role="'patient'",
        pathway_id="'hip_knee_replacement'",
        pathway_version="'1'",
        details=fill.json("{}"),
    )


def _cases(fill: Filler, patients: int) -> None:
    """Of every third patient."""
    home = HOME.replace("MANY", str(patients)).replace("n", "(3 * n)")
    opened = fill.at(f"{home} + 2")
    fill.rows(
        "escalations",
        1,
        patients // 3,
        id="'x' || n",
        patient_id="'p' || (3 * n)",
        episode_id="'e' || (3 * n)",
        level="2 + n % 3",
        state="'closed'",
        opened_at=opened,
        heard_at=fill.at(f"{home} + 2 + (n % 60) / 1440.0"),
        closed_at=fill.at(f"{home} + 2.1"),
        chain=fill.json(
            '{"rotas": ["first"], "step_every_minutes": 5, "outcome_within_minutes": 30}'
        ),
        step="0",
        outcome="'called'",
        alert_right="CASE WHEN n % 3 = 0 THEN 'no' ELSE 'yes' END",
        outcome_note="''",
        snoozed_reason="''",
        snoozed_minutes="0",
        outcome_extended="false",
        times_told="1",
        changes="2",
    )


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


def on(url: str, patients: int) -> dict[str, Any]:
    engine = open_database(url)
    migrate(engine)
    began = time.perf_counter()
    with engine.begin() as connection:
        fill = Filler(connection)
        if fill.postgres:
            connection.execute(text("SET session_replication_role = replica"))  # no key checks
        fill_programme(fill, patients)
    analyse(engine)
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    found: dict[str, Any] = {"patients": patients}
    with tempfile.TemporaryDirectory() as folder:
        client = a_page(engine, Path(folder))

        def get(path: str) -> None:
            assert client.get(f"/console/{path}").status_code == 200

        # Beside the time by the clock: what this process worked, which a busy machine does not
        # lengthen. PostgreSQL works in a process of its own.
        found["yardstick: the list of patients"] = timed(lambda: get("patients"), RUNS)
        for name, query in ASKED.items():
            get(f"programme{query}")
            began = time.process_time()
            found[name] = timed(lambda query=query: get(f"programme{query}"), RUNS)
            found[name]["worked_ms"] = round((time.process_time() - began) * 1000 / RUNS)
            print(name, found[name], flush=True)
    engine.dispose()
    return found


def on_postgres(server: str, patients: int) -> dict[str, Any]:
    name = f"aftercare_programme_{uuid.uuid4().hex[:8]}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        return {"skipped": f"no PostgreSQL reachable: {type(error).__name__}"}
    with connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            return on(f"{server.rpartition('/')[0]}/{name}", patients)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default=SERVER)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"), default="")
    asked = parser.parse_args()
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if asked.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            found["sqlite"] = on(f"sqlite:///{folder}/programme.db", asked.patients)
    if asked.only != "sqlite":
        found["postgresql"] = on_postgres(asked.postgres, asked.patients)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()

"""Due: how long it takes to find what is due among very many episodes, and how late the
last check-in of a 9 a.m. peak is sent.

Run: python -m benchmarks.due [--postgres URL] [--episodes N] [--sqlite-episodes N] [--peak N]
Yardsticks in the same run: one look-up by primary key, and one count of the same table.

The lateness is played on virtual time with the real use cases, the real pace of Telegram
and a fake engine and provider; the seconds of real time that this took say how fast one
thread works. Both are printed, and the later of the two is the lateness.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, text

from benchmarks.due_peak import play_peak
from bot.channels.telegram import LIMITS
from bot.services.find_due import find_due
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests.builders import START
from tests.fakes import FixedClock

RESULTS = Path("results/due.json")
TARGET_MS = 200.0
RUNS = 40
PEAK, INBOX, PAGES, FLOOD = 20_000, 500, 100, 5_000
SERVER = "postgresql://root@127.0.0.1:5432/postgres"


class Filler:
    """Writes very many plausible rows with the database's own means."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.postgres = connection.dialect.name == "postgresql"

    def at(self, days: str = "0") -> str:
        """The moment of the peak, moved by an expression of days."""
        start = f"{START:%Y-%m-%d %H:%M:%S}"
        if self.postgres:
            return f"timestamp '{start}' + ({days}) * interval '1 day'"
        return f"strftime('%Y-%m-%d %H:%M:%f000', '{start}', ({days}) || ' days')"

    def json(self, value: str) -> str:
        return f"json '{value}'" if self.postgres else f"'{value}'"

    def rows(self, table: str, first: int, last: int, **columns: str) -> None:
        """One row for each number n from `first` to `last`; values are SQL expressions of n."""
        numbers = (
            f"SELECT n FROM generate_series({first}, {last}) AS n"
            if self.postgres
            else f"WITH RECURSIVE g(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM g"
            f" WHERE n < {last}) SELECT n FROM g"
        )
        names, values = ", ".join(columns), ", ".join(columns.values())
        self._connection.execute(
            text(f"INSERT INTO {table} ({names}) SELECT {values} FROM ({numbers}) AS numbers")
        )


def fill_people(
    fill: Filler,
    episodes: int,
    *,
    ward: str = "'ortho'",
    version: str = "1",
) -> None:
    """Patients p1, p2, ... each with a contact c1 and a follow-up e1. `ward` is SQL of n."""
    old = fill.at("-(n % 90) - 1")
    day = "date '2026-03-0{}'" if fill.postgres else "'2026-03-0{}'"
    person = {"created_at": old, "language": "'zh'", "name": "'王秀英'"}
    fill.rows(
        "patients",
        1,
        episodes,
        id="'p' || n",
        hospital_id="'h' || n",
        birth_year="1948",
        time_zone="'Asia/Shanghai'",
        ward=ward,
        **person,
    )
    fill.rows(
        "contacts",
        1,
        episodes,
        id="'c' || n",
        patient_id="'p' || n",
        role="'patient'",
        channel="'telegram'",
        phone="''",
        **person,
    )
    fill.rows(
        "episodes",
        1,
        episodes,
        id="'e' || n",
        patient_id="'p' || n",
        pathway_id="'hip_knee_replacement'",
        pathway_version=f"'{version}'",
        procedure_code="'KNEE'",
        surgery_on=day.format(1),
        discharge_on=day.format(4),
        risk_tier="'medium'",
        state="'active'",
        created_at=old,
    )


def fill_chats(fill: Filler, episodes: int) -> None:
    """Everybody of `fill_people` with a chat in which she wrote once."""
    old = fill.at("-(n % 90) - 1")
    fill.rows(
        "conversations",
        1,
        episodes,
        id="'t' || n",
        channel="'telegram'",
        account="'1'",
        address="n || ''",
        mode="'bot'",
        language="'zh'",
        created_at=old,
        contact_id="'c' || n",
        epoch="0",
        last_seq="1",
        last_out="2",
        lane_token="0",
        unreachable="false",
        state=fill.json("{}"),
    )
    done = {"state": "'done'", "received_at": old, "done_at": old}
    fill.rows("inbound", 1, episodes, **an_inbound(fill, "n", "1", **done))


def fill_history(fill: Filler, episodes: int) -> None:
    """Everybody with a chat, three check-ins, of which one is to come, two reminders to come,
    and some words said.
    """
    fill_people(fill, episodes)
    fill_chats(fill, episodes)
    old = fill.at("-(n % 90) - 1")
    for occurrence, (state, due) in enumerate(
        (
            ("completed", old),
            ("silent", fill.at("-(n % 30) - 1")),
            ("planned", fill.at("n % 60 + 1")),
        )
    ):
        fill.rows("check_ins", 1, episodes, **a_check_in(occurrence, state, due))
    for occurrence, (state, due) in enumerate(
        (("told", old), ("planned", fill.at("n % 60 + 1")), ("planned", fill.at("n % 80 + 1")))
    ):
        fill.rows("nudges", 1, episodes, **a_nudge(occurrence, state, due))
    sent = {"state": "'sent'", "created_at": old, "settled_at": old}
    for seq in (1, 2):
        fill.rows("outbound", 1, episodes, **an_outbound(fill, "n", seq, 2, **sent))


def fill_peak(fill: Filler, peak: int, flood: int = FLOOD) -> None:
    """Nine o'clock after an outage: check-ins due, messages waiting, patients, pages, and one
    chat flooded in both directions, whose rows came before all the others.
    """
    now = fill.at()
    fill.rows("check_ins", 1, peak, **a_check_in(9, "planned", now))
    fill.rows("nudges", 1, peak, **a_nudge(9, "planned", now))
    fill.rows("paces", 1, 1, id="'telegram:1'", busy_until=now, refused_chat="''")
    waits = {"state": "'queued'", "created_at": now}
    for seq in (3, 4):
        fill.rows("outbound", 1, peak, **an_outbound(fill, "n", seq, 3, **waits))
    heard = {"state": "'received'", "received_at": now}
    fill.rows("inbound", 1, INBOX, **an_inbound(fill, "n", "2", **heard))
    fill.rows("outbound", 1, PAGES, **an_outbound(fill, "n", 5, 0, **waits))
    long_ago = fill.at("-1")
    same = {"seq": "n", "id": "'flood' || n", "received_at": long_ago}
    flooded = an_inbound(fill, str(peak), "n", **heard) | same | {"external_id": same["id"]}
    fill.rows("inbound", 10, flood + 9, **flooded)
    same = {"seq": "n", "id": "'flood' || n", "created_at": long_ago}
    flooded = an_outbound(fill, str(peak), 0, 2, **waits) | same | {"key": same["id"]}
    fill.rows("outbound", 10, flood + 9, **flooded)
    fill.rows(
        "escalations",
        1,
        PAGES,
        id="'x' || n",
        patient_id="'p' || n",
        episode_id="'e' || n",
        level="4",
        state="'open'",
        opened_at=now,
        chain=fill.json(
            '{"rotas": ["first"], "step_every_minutes": 5, "outcome_within_minutes": 30}'
        ),
        step="0",
        next_step_at=now,
        outcome_note="''",
        snoozed_reason="''",
        snoozed_minutes="0",
        outcome_extended="false",
        times_told="0",
        changes="0",
    )


def a_check_in(occurrence: int, state: str, due: str) -> dict[str, str]:
    return {
        "id": f"'k{occurrence}-' || n",
        "episode_id": "'e' || n",
        "plan_id": "'day_7'",
        "occurrence": str(occurrence),
        "due_at": due,
        "window_end": due,
        "state": f"'{state}'",
        "level": "'routine'",
        "postponements": "0",
    }


def a_nudge(occurrence: int, state: str, due: str) -> dict[str, str]:
    return {
        "id": f"'n{occurrence}-' || n",
        "episode_id": "'e' || n",
        "kind": "'reminder'",
        "plan_id": "'walk'",
        "occurrence": str(occurrence),
        "due_at": due,
        "send_until": due,
        "look_at": due,
        "state": f"'{state}'",
        "tries": "0",
    }


def an_outbound(fill: Filler, chat: str, seq: int, priority: int, **over: str) -> dict[str, str]:
    return {
        "id": f"'o{seq}-' || n",
        "conversation_id": f"'t' || {chat}",
        "seq": str(seq),
        "key": f"'o{seq}-' || n",
        "priority": str(priority),
        "text": "'How is your pain today?'",
        "buttons": fill.json("[]"),
        "kind": "'bot'",
        "epoch": "0",
        "attempts": "0",
        "possible_duplicate": "false",
        "external_id": "''",
        "note": "''",
        "sender": "'telegram:1'",
        **over,
    }


def an_inbound(fill: Filler, chat: str, seq: str, **over: str) -> dict[str, str]:
    return {
        "id": f"'i{seq}-' || n",
        "conversation_id": f"'t' || {chat}",
        "seq": seq,
        "channel": "'telegram'",
        "account": "'1'",
        "external_id": f"'i{seq}-' || n",
        "part": "'text'",
        "text": "'3'",
        "button": "''",
        "media": fill.json("[]"),
        "edited": "false",
        "forwarded": "false",
        "start_code_hash": "''",
        "message_id": "''",
        "note": "''",
        "level": "'routine'",
        "screening": fill.json("{}"),
        "attempts": "0",
        **over,
    }


def timed(work: Callable[[], Any], runs: int) -> dict[str, float]:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {
        "p50_ms": round(statistics.median(taken), 2),
        "p95_ms": round(taken[int(runs * 0.95) - 1], 2),
    }


def measure(engine: Engine) -> dict[str, Any]:
    """find_due beside its yardsticks, as the database stands now."""
    record = SqlRecord(engine)
    parts: Any = SimpleNamespace(
        record=record,
        clock=FixedClock(START + timedelta(seconds=1)),
        limits={"telegram": LIMITS},
        house=SimpleNamespace(drill=None),
    )

    def by_key() -> None:
        with record.reading() as tx:
            tx.check_ins.get("k1-77")

    def count() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM check_ins WHERE state = 'planned'"))

    find_due(parts)
    return {
        "found": len(find_due(parts)),
        "find_due": timed(lambda: find_due(parts), RUNS),
        "yardstick_primary_key": timed(by_key, RUNS),
        "yardstick_count": timed(count, 3),
    }


def on(url: str, episodes: int, peak: int) -> dict[str, Any]:
    """Fill one database and measure it, quiet and at its peak."""
    engine = open_database(url)
    migrate(engine)
    began = time.perf_counter()
    with engine.begin() as connection:
        fill = Filler(connection)
        if fill.postgres:
            connection.execute(text("SET session_replication_role = replica"))  # no key checks
        fill_history(fill, episodes)
    analyse(engine)
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    quiet = measure(engine)
    print("quiet", quiet, flush=True)
    with engine.begin() as connection:
        fill_peak(Filler(connection), min(peak, episodes))
    analyse(engine)
    found = {"episodes": episodes, "quiet": quiet, "peak": measure(engine)}
    print("peak", found["peak"], flush=True)
    engine.dispose()
    return found


def analyse(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if engine.name == "postgresql" else "ANALYZE")


def on_postgres(server: str, episodes: int, peak: int) -> dict[str, Any]:
    name = f"aftercare_due_{uuid.uuid4().hex[:8]}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        return {"skipped": f"no PostgreSQL reachable: {type(error).__name__}"}
    with connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            return on(f"{server.rpartition('/')[0]}/{name}", episodes, peak)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default=SERVER)
    parser.add_argument("--episodes", type=int, default=1_000_000)
    parser.add_argument("--sqlite-episodes", type=int, default=200_000)
    parser.add_argument("--peak", type=int, default=PEAK)
    parser.add_argument("--played", type=int, default=1_000, help="check-ins played in full")
    parser.add_argument("--only", choices=("sqlite", "postgresql", "peak"), default="")
    asked = parser.parse_args()
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() and asked.only else {}
    with tempfile.TemporaryDirectory() as folder:
        if asked.only in ("", "sqlite"):
            url = f"sqlite:///{folder}/due.db"
            found["sqlite"] = on(url, asked.sqlite_episodes, asked.peak)
        if asked.only in ("", "postgresql"):
            found["postgresql"] = on_postgres(asked.postgres, asked.episodes, asked.peak)
        if asked.only in ("", "peak"):
            found["peak"] = play_peak(Path(folder), asked.played, asked.peak)
    found["target_ms"] = TARGET_MS
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()

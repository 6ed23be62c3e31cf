"""Programme rows: two years of discharges from 20 wards, with all that came after them.

Each patient has seven check-ins of which two in nine meet silence, with three numbers each, an
opinion at the end and her consent; every second a task, every third a case; some said STOP.
"""

from __future__ import annotations

from sqlalchemy import Engine, text

from benchmarks.due import Filler, analyse, fill_chats, fill_people
from bot.storage.tables import check_ins, observations
from tests import builders

DAYS = (1, 3, 7, 10, 14, 21, 28)
HOME = "-((MANY - n) * 730 / MANY) - 1"  # days before now that a patient went home, in order


def fill_programme(engine: Engine, patients: int) -> None:
    """Write it all with the database's own means, into an empty database."""
    indexes = [one for table in (check_ins, observations) for one in table.indexes]
    with engine.begin() as connection:
        fill = Filler(connection)
        if fill.postgres:
            connection.execute(text("SET session_replication_role = replica"))  # no key checks
        for one in indexes:  # made again below, at once instead of row by row
            one.drop(connection)
        fill_people(fill, patients, ward="'w' || (n % 20)")
        fill_chats(fill, patients)
        _go_home(fill, patients)
        home = HOME.replace("MANY", str(patients))
        for turn, days in enumerate(DAYS):
            _check_in(fill, patients, turn, fill.at(f"{home} + {days}"), days)
        for code, value in (
            ("csat", "1 + n % 5"),
            ("recommend_score", "n % 11"),
            ("ces", "1 + n % 7"),
        ):
            _answer(fill, patients, 6, code, value, fill.at(f"{home} + 28"))
        _cases(fill, patients)
        _tasks(fill, patients)
        _consents(fill, patients)
        for one in indexes:
            one.create(connection)
    analyse(engine)


def _go_home(fill: Filler, patients: int) -> None:
    home = HOME.replace("MANY", str(patients)).replace("n", "CAST(substr(id, 2) AS INTEGER)")
    start = f"{builders.START:%Y-%m-%d}"
    day = f"date '{start}' + ({home})" if fill.postgres else f"date('{start}', ({home}) || ' days')"
    fill._connection.execute(text(f"UPDATE episodes SET discharge_on = {day}"))


def _check_in(fill: Filler, patients: int, turn: int, due: str, days: int) -> None:
    state = f"CASE WHEN (n + {4 * turn}) % 9 < 2 THEN 'silent' ELSE 'completed' END"
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


def _tasks(fill: Filler, patients: int) -> None:
    """Of every second patient: a call-back for some, a silence for the others."""
    home = HOME.replace("MANY", str(patients)).replace("n", "(2 * n)")
    calls = "n % 3 = 0"
    fill.rows(
        "tasks",
        1,
        patients // 2,
        id="'j' || n",
        key="'j' || n",
        kind=f"CASE WHEN {calls} THEN 'call_back' ELSE 'silence' END",
        patient_id="'p' || (2 * n)",
        episode_id="'e' || (2 * n)",
        text="''",
        outcome="''",
        created_at=fill.at(f"{home} + 4"),
        due_at=fill.at(f"{home} + 4 + 1 / 24.0"),
        answered_at=fill.at(f"{home} + 4 + (n % 90) / 1440.0"),
        solve_by=f"CASE WHEN {calls} THEN {fill.at(f'{home} + 5')} END",
        done_at=fill.at(f"{home} + 4 + (n % 30) / 24.0"),
    )


def _consents(fill: Filler, patients: int) -> None:
    """Everybody agreed; every 41st said STOP on her fifth day at home."""
    home = HOME.replace("MANY", str(patients))
    for first, step, decision, days in (("a", 1, "given", 0), ("s", 41, "withdrawn", 5)):
        number = f"({step} * n)"
        fill.rows(
            "consents",
            1,
            patients // step,
            id=f"'{first}' || n",
            episode_id=f"'e' || {number}",
            contact_id=f"'c' || {number}",
            conversation_id=f"'t' || {number}",
            version="'1'",
            language="'zh'",
            decision=f"'{decision}'",
            decided_at=fill.at(f"{home.replace('n', number)} + {days}"),
        )

"""Console rows: 100,000 patients of 40 wards, with open cases, closed ones and tasks."""

from __future__ import annotations

from benchmarks.due import Filler, analyse, fill_people
from bot.storage.database import open_database
from tests.e2e.service import Service

EPISODES, OPEN_CASES, CLOSED_CASES = 100_000, 2_000, 30_000
OPEN_TASKS, DONE_TASKS = 500, 30_000
CHAIN = '{"rotas": ["first"], "step_every_minutes": 5, "outcome_within_minutes": 30}'


def fill_house(service: Service) -> None:
    """Write it all with the database's own means. No step of any case is due."""
    pathway = service.parts.library.pathway("hip_knee_replacement")
    engine = open_database(service.settings.database_url)
    with engine.begin() as connection:
        fill = Filler(connection)
        if fill.postgres:
            connection.exec_driver_sql("SET session_replication_role = replica")  # no key checks
        fill_people(fill, EPISODES, ward="'ward ' || (n % 40)", version=pathway.version)
        _cases(fill)
        _tasks(fill)
    analyse(engine)
    engine.dispose()


def _cases(fill: Filler) -> None:
    """Of the open ones a tenth is held; two in a hundred are emergencies."""
    years = "365 * 20 + n % 50"
    closed = {"state": "'closed'", "closed_at": fill.at("-1"), "outcome": "'called'"}
    for first, last, over in (
        (1, OPEN_CASES, {"state": "'open'", "next_step_at": fill.at(years)}),
        (OPEN_CASES + 1, OPEN_CASES + CLOSED_CASES, closed),
    ):
        fill.rows(
            "escalations",
            first,
            last,
            id="'x' || n",
            patient_id="'p' || n",
            episode_id="'e' || n",
            level="CASE WHEN n % 50 = 0 THEN 4 WHEN n % 3 = 0 THEN 2 ELSE 3 END",
            opened_at=fill.at("-(n % 7) - 1"),
            chain=fill.json(CHAIN),
            step="0",
            outcome_note="''",
            snoozed_reason="''",
            snoozed_minutes="0",
            outcome_extended="false",
            times_told="1",
            changes="1",
            **over,
        )
        for number in (1, 2):
            fill.rows(
                "causes",
                first,
                last,
                id=f"'y{number}-' || n",
                escalation_id="'x' || n",
                kind="'rule'",
                code="'fever'",
                level=str(number),
                words="'早上量的38度4，伤口有点渗水'",
                reason=fill.json('{"zh": "发热，需排除感染", "en": "Fever; rule out infection"}'),
                source=fill.json("[]"),
                version="'1'",
                noted_at=fill.at("-1"),
            )


def _tasks(fill: Filler) -> None:
    for first, last, done in (
        (1, OPEN_TASKS, "NULL"),
        (OPEN_TASKS + 1, OPEN_TASKS + DONE_TASKS, fill.at("-1")),
    ):
        fill.rows(
            "tasks",
            first,
            last,
            id="'k' || n",
            key="'k' || n",
            kind="'question'",
            patient_id="'p' || n",
            text="'什么时候可以洗澡？'",
            created_at=fill.at("-2"),
            due_at=fill.at("365 * 20 + n % 9"),
            done_at=done if done != "NULL" else "CAST(NULL AS timestamp)",
            outcome="''",
        )

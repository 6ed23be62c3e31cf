"""The programme of one month reads that month and not the house: what leads each statement in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.core.programme.answers import OVER_TIME
from bot.core.programme.opinion import OPINIONS
from bot.core.programme.period import months
from bot.services.ports import Selection
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests.builders import START

LED_BY = {
    "episodes": "ix_episodes_discharge_on",
    "contacts": "ix_check_ins_due_at",
    "lost": "ix_check_ins_due_at",
    "followed": "ix_check_ins_due_at",
    "stops": "ix_consents_withdrawn",
    "cases": "ix_escalations_opened_at",
    "tasks_done": "ix_tasks_created_at",
    "call_backs": "ix_tasks_created_at",
    "scores": "ix_observations_code_observed_at",
    "answers": "ix_observations_code_observed_at",
}


def test_on_sqlite_each_statement_is_led_in_by_the_months_asked_for(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/programme.db")
    migrate(engine)
    asked: list[tuple[str, Any]] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
    )
    wanted = Selection(months("2026-01", "2026-03", "Asia/Shanghai"), START)
    with SqlRecord(engine).reading() as tx:
        for name, index in LED_BY.items():
            codes = {"scores": [OPINIONS], "answers": [OVER_TIME]}.get(name, [])
            asked.clear()
            getattr(tx.programme, name)(wanted, *codes)
            (statement,) = asked
            with engine.connect() as connection:
                rows = connection.exec_driver_sql(
                    "EXPLAIN QUERY PLAN " + statement[0], statement[1]
                )
                plan = [row[-1] for row in rows]
            assert any(index in one for one in plan), plan
            for one in plan:
                assert not one.startswith("SCAN") or "anon" in one, plan
                assert not one.startswith("SEARCH patients") or "(id=?)" in one, plan
    engine.dispose()

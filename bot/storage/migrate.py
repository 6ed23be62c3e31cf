"""Migrate: bring a database up to date with Alembic, one step after the other."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

SCRIPTS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(44019)")  # any number that nobody else takes


def migrate(engine: Engine) -> None:
    """Run every migration that this database has not seen. Safe to call at each start,
    and by several workers at once: on PostgreSQL the others wait for the first."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(ONE_AT_A_TIME)
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

"""The database server's clock, to be compared with this machine's."""

from __future__ import annotations

from sqlalchemy import Engine, text

NOW = text("SELECT extract(epoch FROM clock_timestamp())")


def server_seconds(engine: Engine) -> float | None:
    """Seconds since 1970 as the server counts them; None for SQLite, which has no server."""
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect() as connection:
        return float(connection.execute(NOW).scalar_one())

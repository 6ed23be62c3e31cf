"""PostgreSQL's own client programs: found on PATH, new enough, and without secrets in sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Final

from sqlalchemy import Engine, make_url, text

from bot.core.errors import BackupError

LONGEST_COMPLAINT: Final = 300


def program(name: str, engine: Engine) -> str:
    """The path of `pg_dump`, `pg_restore` or `psql`. Raises BackupError when it will not do."""
    found = shutil.which(name)
    with engine.connect() as connection:
        server = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    if found is None:
        raise BackupError(
            f"{name} is not on PATH: install the PostgreSQL client, version {server} or newer"
        )
    said = subprocess.run(  # noqa: S603, a program of the client
        [found, "--version"], capture_output=True, text=True, check=False
    ).stdout
    client = re.search(r"(\d+)(?:\.\d+)*", said)
    if client is None or int(client[1]) < server:
        version = client[1] if client else "unknown"
        raise BackupError(
            f"{name} is version {version} and the server {server}: "
            f"install the PostgreSQL client, version {server} or newer"
        )
    return found


def address(url: str) -> str:
    """The database's address without its password, which would show in the list of processes."""
    where = make_url(url).set(drivername="postgresql")
    return where._replace(password=None).render_as_string(hide_password=False)


def environment(url: str) -> dict[str, str]:
    """The child's environment, with the password where only it can read it."""
    password = make_url(url).password
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


def complaint(errors: bytes) -> str:
    """The first error of a client program. Later lines may repeat a patient's words."""
    lines = errors.decode("utf-8", "replace").splitlines()
    found = [one for one in lines if "error:" in one.lower()] or lines or ["no reason given"]
    return found[0][:LONGEST_COMPLAINT]

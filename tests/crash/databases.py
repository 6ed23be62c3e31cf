"""Databases that may be broken: SQLite in a folder, and a PostgreSQL of the test's own.

Both lie on a small file system of their own where that is possible (as root on
Linux), so that it can be filled to the last byte.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from tests.conversation.engine_fixture import free_port

SIZE: Final = "400m"
KEEPER = "postgres"  # initdb refuses to work as root
CALM: Final = ("-c", "max_wal_size=96MB", "-c", "min_wal_size=32MB", "-c", "shared_buffers=64MB")


@dataclass
class Database:
    """One empty database: its address, its folder, and what can be done to it."""

    url: str
    folder: Path
    small_disk: bool

    def fill_disk(self) -> Path:
        """Write until nothing more fits. Returns the file to delete."""
        ballast = self.folder / "ballast"
        block = b"x" * 1_000_000
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(block)
        with ballast.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"x" * 512)
        return ballast

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else holds everything that we want to write."""
        file = self.url.removeprefix("sqlite:///")
        with sqlite3.connect(file, timeout=30, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")

    def restart(self) -> str:
        """Restart the server; says why not when there is none."""
        return "SQLite has no server that could be restarted"

    def ready(self) -> None:
        """Wait until it answers."""


class Postgres(Database):
    """A private cluster; `bin` holds initdb and pg_ctl."""

    def __init__(self, folder: Path, small_disk: bool, bin: Path) -> None:
        self.port, self._bin, self._data = free_port(), bin, folder / "data"
        super().__init__(
            f"postgresql://aftercare@127.0.0.1:{self.port}/aftercare", folder, small_disk
        )

    def make(self) -> None:
        options = ("-U", "aftercare", "-A", "trust", "-E", "UTF8", "--locale=C")
        self._run("initdb", "-D", str(self._data), *options)
        self.start()
        with self._connect("postgres") as server:
            server.execute("CREATE DATABASE aftercare")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} {' '.join(CALM)}"
        log = str(self.folder / "postgres.log")
        self._run("pg_ctl", "-D", str(self._data), "-l", log, "-o", options, "-w", "start")

    def stop(self) -> None:
        """As a power cut: no checkpoint, no goodbye."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def restart(self) -> str:
        with suppress(subprocess.CalledProcessError):
            self.stop()
        self.start()
        return ""

    def ready(self) -> None:
        """It stops by itself when its disk is full; then it is started again."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError):
                self._connect("aftercare").close()
                return
            with suppress(subprocess.CalledProcessError):
                self.start()
            time.sleep(0.5)
        raise AssertionError("PostgreSQL did not come back")

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._connect("aftercare") as other, other.transaction():
            other.execute("LOCK TABLE conversations, inbound, outbound IN ACCESS EXCLUSIVE MODE")
            yield

    def _connect(self, name: str) -> psycopg.Connection:
        where = f"postgresql://aftercare@127.0.0.1:{self.port}/{name}"
        return psycopg.connect(where, autocommit=True, connect_timeout=5)

    def _run(self, tool: str, *options: str) -> None:
        as_keeper = ["runuser", "-u", KEEPER, "--"] if os.geteuid() == 0 else []
        command = [*as_keeper, str(self._bin / tool), *options]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


def why_no_postgres() -> str:
    """Why a private PostgreSQL cannot be made here; empty when it can."""
    return "" if postgres_programs() else "no initdb here (PostgreSQL's server programs)"


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl, wherever the system keeps them."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).parent if found else debian[-1].parent if debian else None


@contextmanager
def open_database(kind: str) -> Iterator[Database]:
    """An empty database of one kind, `sqlite` or `postgresql`, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="aftercare-crash-", dir="/tmp"))
    small = _mount(folder)
    try:
        if kind == "sqlite":
            yield Database(f"sqlite:///{folder}/aftercare.db", folder, small)
            return
        bin = postgres_programs()
        assert bin is not None, why_no_postgres()
        if os.geteuid() == 0:
            shutil.chown(folder, KEEPER)
        server = Postgres(folder, small, bin)
        server.make()
        try:
            yield server
        finally:
            server.stop()
    finally:
        if small:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _mount(folder: Path) -> bool:
    """A small file system of memory at `folder`; False where that is not allowed."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "aftercare-crash", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0

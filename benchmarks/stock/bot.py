"""Stock bot: what `rasa init` makes, served as its own documentation says, over REST."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.load import SIDE_BY_SIDE, Pace, drive
from benchmarks.processes import resident_mib, running
from tests.conversation.engine_fixture import free_port

HOME = Path("results/stock").resolve()
# The first words of its own training phrases; it knows no others.
SAYS = (
    "hello",
    "I am sad",
    "no",
    "yes",
    "what are you?",
    "good evening",
    "I am feeling great",
    "bye",
)
DOOR = "/webhooks/rest/webhook"


@dataclass(frozen=True)
class Stock:
    """The running bot."""

    url: str
    pid: int
    start_seconds: float

    @property
    def mib(self) -> float:
        return resident_mib(self.pid)

    def talk(self, count: int, *, workers: int = SIDE_BY_SIDE, name: str = "") -> Pace:
        """`count` turns, each worker in a conversation of its own, or in that of `name`."""
        run = uuid.uuid4().hex

        def words(worker: int, number: int) -> dict[str, Any]:
            return {"sender": name or f"{run}-{worker}", "message": SAYS[number % len(SAYS)]}

        return drive(self.url, DOOR, words, count=count, workers=workers)


def installed() -> bool:
    """Whether benchmarks/stock/setup.sh has been run here."""
    return (HOME / ".venv" / "bin" / "rasa").exists() and any((HOME / "bot/models").glob("*.gz"))


@contextmanager
def running_stock() -> Iterator[Stock]:
    """Serve it with Rasa's own defaults until the block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    rasa, model = str(HOME / ".venv/bin/rasa"), str(next((HOME / "bot/models").glob("*.gz")))
    command = [rasa, "run", "-p", str(port), "-i", "127.0.0.1", "-m", model]
    command += ["--credentials", str(HOME / "bot/credentials.yml")]
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with (
        TemporaryDirectory() as folder,
        running(command, url=url, folder=Path(folder), environment=quiet) as (pid, seconds),
    ):
        stock = Stock(url, pid, seconds)
        stock.talk(16)
        yield stock

"""Housekeeping on both databases: DBOS's own rows stay few, and what is pending stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from dbos import DBOS

from bot.services.retention import BATCH
from bot.workflows import housekeeping
from bot.workflows.durable import DurableWork
from bot.workflows.housekeeping import Housekeeping, forget_finished
from tests.fakes import a_world

PIECES = 250


def until(what: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.05)


def test_finished_work_goes_and_pending_work_stays(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, done = threading.Event(), []
    verbs = {
        "check_in": lambda _parts, about: done.append(about),
        "escalation": lambda _parts, about: (gate.wait(60), done.append(about)),
    }
    # Only what this test asks for is deleted, not what the sweep would.
    monkeypatch.setattr(housekeeping, "KEEP_FINISHED", timedelta(days=1))
    work = DurableWork(database_url, verbs)
    work.launch(a_world(beside(tmp_path)).parts)
    try:
        work.start("escalation", "waits")
        for number in range(PIECES):
            work.start("check_in", f"row-{number}")
        until(lambda: len(done) == PIECES)
        until(lambda: finished() == PIECES)
        assert forget_finished(timedelta(days=1)) == 0, "yesterday's may still be looked at"
        assert finished() == PIECES
        monkeypatch.setattr(housekeeping, "KEEP_FINISHED", timedelta(0))
        keeper = Housekeeping()
        keeper.run(a_world(beside(tmp_path, "2")).parts)
        assert finished() == PIECES - BATCH, "a small batch for each sweep"
        keeper.run(a_world(beside(tmp_path, "3")).parts)
        assert finished() == 0
        assert [one.status for one in DBOS.list_workflows()] == ["PENDING"]
        gate.set()
        until(lambda: "waits" in done)
        until(lambda: finished() == 1)
    finally:
        gate.set()
        work.stop()


def beside(folder: Path, name: str = "1") -> Path:
    """A folder for a record of its own."""
    (folder / name).mkdir()
    return folder / name


def finished() -> int:
    return len(DBOS.list_workflows(status=housekeeping.FINISHED, load_input=False))

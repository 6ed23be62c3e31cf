"""kill -9 while people write: nothing is lost, nothing changes its order, no red flag waits.

The short version of the crash matrix, one point of every room, on real processes, a
real Bot API and both databases. `make crash` is the long one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.databases import why_no_postgres
from tests.crash.matrix import run, short_matrix
from tests.telegram_server.server import TelegramServer

pytest_plugins = ("tests.telegram_server.fixture",)

ROUNDS = (
    "receive.after_commit",
    "converse.turn.after",
    "hear.after_commit",
    "deliver.send.after",
    "check_in.open.before_wake",
    "nudge.tell.before_wake",
    "red_flag.before_wake",
    "page.send.after",
    "provider 429",
)
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.mark.engine
@pytest.mark.parametrize("kind", DATABASES)
def test_messages_survive_dying_processes_in_order_and_every_promise_holds(
    kind: str, tmp_path: Path, telegram: TelegramServer
) -> None:
    if kind == "postgresql" and (why := why_no_postgres()):
        pytest.skip(why)
    done = run(short_matrix(*ROUNDS), kind, telegram, tmp_path)
    report = done.report
    assert report.breaches == {}
    assert (report.lost, report.out_of_order, report.without_owner) == (0, 0, 0)
    assert report.kills >= len(ROUNDS) - 1, done.kills
    assert report.messages >= len(ROUNDS)
    assert report.escalations >= 1
    assert done.looks > 0, "nobody looked on while processes died"

"""Nursery: one process that has read everything already and forks the others.

A start of the app reads and imports for seconds. A hundred kills mean a hundred
starts, so the nursery does that once, before any thread exists; each fork is a
process of its own with its own connections, threads and death.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Child:
    """A forked process, with as much of subprocess.Popen as a service asks for."""

    def __init__(self, pid: int) -> None:
        self.pid, self._gone = pid, False
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it lives."""
        if not self._gone and select.select([self._handle], [], [], 0)[0]:
            self._end()
        return 0 if self._gone else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises TimeoutExpired."""
        if not self._gone:
            if not select.select([self._handle], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self._end()
        return 0

    def _end(self) -> None:
        self._gone = True
        os.close(self._handle)


class Nursery:
    """Starts `app` and `actions` by forking a process that is warm."""

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self._guard = threading.Lock()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.nursery"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                start_new_session=True,
            )

    def bear(self, name: str, log: Path, environment: Mapping[str, str]) -> Child:
        """One more process."""
        order = {"name": name, "log": str(log), "environment": dict(environment)}
        with self._guard:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return Child(int(self._process.stdout.readline()))

    def close(self) -> None:
        """The nursery ends when nobody speaks to it any more."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)


def main() -> None:
    """Warm up, then fork for every line on the standard input."""
    import bot.library_wiring as library_wiring
    import bot.wiring as wiring

    # Read once; every fork has them. What they make is never changed by anybody.
    for name in ("load_lexicons", "load_answer_words"):
        setattr(wiring, name, cache(getattr(wiring, name)))
    from tests.crash.process_that_dies import serve

    pathways = Path(os.environ["AFTERCARE_PATHWAYS"])
    made: Any = wiring
    library = library_wiring.load_library(pathways)  # nothing is released in these tests
    library_wiring.load_library = lambda *_where, **_what: library
    made.load_lexicons(pathways / "shared" / "lexicon")
    made.load_answer_words(pathways / "shared" / "answer_words")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried by the system
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(order)
            serve(order["name"])
            os._exit(0)
        with suppress(OSError):  # the child does the same; whoever is first
            os.setpgid(pid, pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become(order: dict[str, Any]) -> None:
    """A process of its own: group, signals, output, environment."""
    with suppress(OSError):
        os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(old, new)
    os.environ.update(order["environment"])
    sys.argv[1:] = []


if __name__ == "__main__":
    main()

"""Processes: how much memory each takes, and how long until it answers."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

START_SECONDS = 600.0  # a stock bot takes 40 s on a quiet machine, and minutes on a busy one


def resident_mib(pid: int) -> float:
    """Resident memory now."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@contextmanager
def running(
    command: Sequence[str], *, url: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[int, float]]:
    """Run a server until the block ends; yields its id and the seconds until `url` answered."""
    began = time.perf_counter()
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not _answers(url):
            late = time.perf_counter() - began > START_SECONDS
            if late or process.poll() is not None:
                raise RuntimeError((folder / "server.log").read_text("utf-8", "replace")[-3000:])
            time.sleep(0.1)
        yield process.pid, time.perf_counter() - began
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _answers(url: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    return False

"""The real engine for tests: made and trained when needed, started, waited for, stopped.

    with running_engine(action_url="http://127.0.0.1:5055/webhook", folder=tmp_path) as engine:
        httpx.post(f"{engine.url}/turn", json={...})

`ensure_engine` does nothing when engine/.venv and the model are up to date, and
then needs no network.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
START_SECONDS = 90.0


@dataclass(frozen=True)
class Engine:
    """A running engine: `url` is the base of its three addresses."""

    url: str
    pid: int
    log: Path


@cache
def ensure_engine() -> Path:
    """Make the engine's environment and model, once per test run. Returns the model."""
    for step in ("setup.sh", "train.sh"):
        subprocess.run([str(ROOT / "engine" / step)], check=True, cwd=ROOT)
    return ROOT / "models" / "aftercare.tar.gz"


def free_port() -> int:
    """A port of the loopback interface that nobody uses at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running_engine(
    *,
    action_url: str,
    folder: Path,
    token: str = "",
    wait_until_ready: bool = True,
    environment: Mapping[str, str] | None = None,
    port: int = 0,
) -> Iterator[Engine]:
    """Run the engine until the block ends. Its log and its state file lie in `folder`.

    Waiting includes the action server's health: start that one first, or pass
    `wait_until_ready=False` and get an engine that only listens.
    """
    ensure_engine()
    port = port or free_port()
    log = folder / "engine.log"
    settings = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",  # else it compiles Rasa anew at every start
        "AFTERCARE_ENGINE_PORT": str(port),
        "AFTERCARE_ACTION_URL": action_url,
        "AFTERCARE_ENGINE_STATE": str(folder / "tracker.db"),
        "AFTERCARE_ENGINE_TOKEN": token,
        **(environment or {}),
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(ROOT / "engine" / "run.sh")],
            cwd=ROOT,
            env=settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    engine = Engine(url=f"http://127.0.0.1:{port}/webhooks/aftercare", pid=process.pid, log=log)
    try:
        _wait(engine, process, token=token, ready=wait_until_ready)
        yield engine
    finally:
        _stop(process)


def _wait(engine: Engine, process: subprocess.Popen[bytes], *, token: str, ready: bool) -> None:
    until = time.monotonic() + START_SECONDS
    said = "nothing"
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the engine stopped by itself:\n{engine.log.read_text()[-4000:]}")
        try:
            response = httpx.get(
                f"{engine.url}/ready", headers={"X-Aftercare-Token": token}, timeout=10
            )
            said = response.text
            if response.status_code == 200 or not ready:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the engine is not ready: {said}\n{engine.log.read_text()[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGCONT)  # one that a test has stopped could not hear
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

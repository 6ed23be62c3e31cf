"""Node: installs telegram-test-api when it is missing, and runs it."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_INSTALLED = HERE / "node_modules" / ".package-lock.json"


def free_port() -> int:
    """A port of the loopback interface that nobody uses at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running_node() -> Iterator[str]:
    """telegram-test-api on a port of its own; gives its address."""
    _install()
    port = free_port()
    process = subprocess.Popen(
        ["node", str(HERE / "server.js"), str(port)],
        stdin=subprocess.PIPE,  # closed with us, which also ends it when we are killed
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if line.strip() != "ready":
            pytest.fail(f"telegram-test-api did not start (exit {process.poll()})")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _install() -> None:
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the Telegram tests need {' and '.join(missing)} (Node.js 18 or later)")
    name = hashlib.sha256(str(HERE).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"aftercare-npm-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs may start at once
        wanted = HERE / "package-lock.json"
        if _INSTALLED.exists() and _INSTALLED.stat().st_mtime >= wanted.stat().st_mtime:
            return
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts"], cwd=HERE, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.fail(f"npm ci failed in {HERE.name}:\n{done.stderr[-2000:]}", pytrace=False)
        _INSTALLED.touch()

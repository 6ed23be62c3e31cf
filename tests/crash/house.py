"""The house under test: engine, action server and app as processes that may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conversation.engine_fixture import ensure_engine, free_port
from tests.crash.databases import Database
from tests.crash.nursery import Nursery
from tests.e2e.service import FAST_STARTS, ROOT, Service, answers, settings_of
from tests.telegram_server.server import TelegramServer

ENGINE = [str(ROOT / "engine" / "run.sh")]
# A killed process leaves a lane for 45 s and a message in hand for 60 s. The clock of the
# rehearsal jumps over both, so that a hundred kills take minutes and not hours.
JUMP_SECONDS = 65.0
READY_SECONDS = 120.0


@dataclass
class House:
    """Everything a fault may reach. `kills` counts what died, by process and point."""

    folder: Path
    telegram: TelegramServer
    database: Database
    service: Service
    nursery: Nursery
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str, *, point: str = "", passing: int = 1) -> None:
        """Start one process, armed with a point or plain."""
        if name == "engine":
            self._start_engine()
            return
        self._mark.unlink(missing_ok=True)
        armed = {
            "CRASH_AT": point,
            "CRASH_PASSING": str(passing),
            "CRASH_MARK": str(self._mark),
        }
        environment = {**self.service.environment, **armed}
        child: Any = self.nursery.bear(name, self.folder / f"{name}.log", environment)
        self.service.processes[name] = child

    def _start_engine(self) -> None:
        with (self.folder / "engine.log").open("ab") as log:
            self.service.processes["engine"] = subprocess.Popen(
                ENGINE,
                cwd=ROOT,
                env={**os.environ, **FAST_STARTS, **self.service.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def _mark(self) -> Path:
        return self.folder / "died-at-its-point"

    def kill(self, name: str, why: str = "at random") -> None:
        """kill -9 from outside, and count it."""
        with suppress(ProcessLookupError):  # it died at its point a moment ago
            self.service.kill(name)
            self.kills[f"{name} {why}"] += 1
        self.jump()

    def died(self, name: str, seconds: float) -> bool:
        """Wait for a process to kill itself: while it starts, and then for some seconds."""
        process = self.service.processes[name]
        for patience in (READY_SECONDS, seconds):
            until = time.monotonic() + patience
            while time.monotonic() < until:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.3)
                    return self._mark.exists()
                if patience is READY_SECONDS and self.is_up(name):
                    break
        return False

    def jump(self, seconds: float = JUMP_SECONDS) -> None:
        """Move every process's clock forward."""
        with self._guard:
            self.service.pass_time(minutes=seconds / 60)

    def freeze(self, name: str, seconds: float) -> None:
        """SIGSTOP: the process holds all it has and does nothing, then goes on."""
        group = self.service.processes[name].pid
        os.killpg(group, signal.SIGSTOP)
        time.sleep(seconds)
        os.killpg(group, signal.SIGCONT)

    def wait_ready(self, name: str = "app", seconds: float = READY_SECONDS) -> None:
        """Wait until a process can do its work."""
        self.service.wait_until(lambda: self.is_up(name), seconds=seconds)

    def is_up(self, name: str) -> bool:
        """Whether a process says so itself."""
        url = {
            "app": f"{self.service.url}/healthz",
            "actions": f"http://127.0.0.1:{self.service.settings.actions_port}/health",
            "engine": f"{self.service.settings.engine_url}/webhooks/aftercare/ready",
        }[name]
        return answers(url)

    def surely(self, what: Callable[[], Any], seconds: float = 60.0) -> Any:
        """Do something with the database again and again until it works."""
        until = time.monotonic() + seconds
        while True:
            try:
                return what()
            except Exception:
                if time.monotonic() > until:
                    raise
                time.sleep(0.3)

    def all_up(self) -> None:
        """Start plainly whatever is not running, and wait for it."""
        for name in ("actions", "engine", "app"):
            process = self.service.processes.get(name)
            if process is None or process.poll() is not None:
                self.start(name)
        for name in ("actions", "engine", "app"):
            self.wait_ready(name)


@contextmanager
def running_house(folder: Path, telegram: TelegramServer, database: Database) -> Iterator[House]:
    """Start the house on an empty database; ends whatever of it is still alive."""
    ensure_engine()
    engine_port = free_port()
    settings = {
        **settings_of(folder, database.url),
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.url,
        "AFTERCARE_ENGINE_PORT": str(engine_port),
        "AFTERCARE_ENGINE_URL": f"http://127.0.0.1:{engine_port}",
        "AFTERCARE_ENGINE_STATE": str(folder / "tracker.db"),
    }
    settings["AFTERCARE_ACTION_URL"] = (
        f"http://127.0.0.1:{settings['AFTERCARE_ACTIONS_PORT']}/webhook"
    )
    service = Service.of(folder, settings)
    _ = service.parts  # brings the database up to date before any process needs it
    nursery = Nursery(folder / "nursery.log", settings)
    house = House(folder, telegram, database, service, nursery)
    try:
        for name in ("actions", "engine", "app"):
            house.start(name)
        for name in ("actions", "engine", "app"):
            house.wait_ready(name)
        yield house
    finally:
        service.end_all()
        nursery.close()

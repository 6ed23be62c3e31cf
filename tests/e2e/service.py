"""The whole service as its users meet it: engines, action servers and workers as processes.

The first of each is called "engine", "actions" and "app", the next ones "app-2" and so on.
Each engine has an action server of its own, as in `deploy/compose.yml`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.settings import Settings, read_settings
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlRecord
from bot.wiring import Wired, wire
from tests.conversation.engine_fixture import ensure_engine, free_port, running_engine

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
# Where the environment forbids Python to keep its compiled files, a start takes twice as long.
FAST_STARTS = {"PYTHONDONTWRITEBYTECODE": ""}
COMMANDS = {
    "actions": [sys.executable, "-m", "actions.server"],
    "app": [sys.executable, "-c", "from bot.cli import main; main()", "serve"],
    "watchdog": [sys.executable, "-c", "from bot.cli import main; main()", "watchdog"],
}


@dataclass
class Service:
    """A running service. `clock` moves time for all of its processes; `urls` are those of
    all its workers, `own` what the environment of one process has beside the others'.
    """

    url: str
    settings: Settings
    clock: Path
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    engines: dict[str, int] = field(default_factory=dict)
    _wired: Wired | None = None

    def rows(self, name: str, **where: object) -> list:  # type: ignore[type-arg]
        """Core objects straight from the service's database."""
        order = where.pop("order_by", "id")
        record = SqlRecord(open_database(self.settings.database_url))
        try:
            with record.reading() as tx:
                return list(getattr(tx, name).find(order_by=order, **where))
        finally:
            record.engine.dispose()

    @property
    def parts(self):  # type: ignore[no-untyped-def]
        """Use cases on the same database, for what a test sets up by hand."""
        if self._wired is None:
            self._wired = wire(self.settings, prepare=True)
        return self._wired.parts

    def pass_time(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Move every process's clock forward at once.

        The file is replaced, never rewritten: a process that read it half written would be
        back in the present for one moment, and find records from the future.
        """
        ahead = float(self.clock.read_text()) + hours * 3600 + minutes * 60
        new = self.clock.with_suffix(".new")
        new.write_text(str(ahead))
        new.replace(self.clock)

    def wait_until(self, what, *, seconds: float = 20.0):  # type: ignore[no-untyped-def]
        """Wait for `what()` to be true, by looking; returns what it returned."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := what():
                return found
            time.sleep(0.1)
        raise AssertionError(f"still not so after {seconds} s")

    def kill(self, name: str) -> None:
        """kill -9, as a dying server would."""
        if name in self.engines:
            os.killpg(self.engines.pop(name), signal.SIGKILL)
            return
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def start(self, name: str) -> None:
        """Start a worker or an action server: a name of COMMANDS, and perhaps a number."""
        folder = self.clock.parent
        with (folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                COMMANDS[name.partition("-")[0]],
                cwd=ROOT,
                env={
                    **os.environ,
                    **FAST_STARTS,
                    **self.environment,
                    **self.own.get(name, {}),
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @classmethod
    def of(cls, folder: Path, settings: dict[str, str]) -> Service:
        """A service with these settings, nothing of it started yet."""
        clock = folder / "clock"
        clock.write_text("0")
        return cls(settings["AFTERCARE_PUBLIC_URL"], read_settings(settings), clock, settings)

    def end_all(self) -> None:
        """End whatever still runs, in good order where possible."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)

    def log_of(self, name: str) -> str:
        return (self.clock.parent / f"{name}.log").read_text("utf-8", "replace")


@contextmanager
def running_service(
    folder: Path,
    environment: Mapping[str, str] | None = None,
    url: str = "",
    *,
    workers: int = 1,
    engines: int = 1,
) -> Iterator[Service]:
    """Start all processes on an empty database and wait until they are ready.

    Several workers need a PostgreSQL `url`.
    """
    settings = settings_of(folder, url or f"sqlite:///{folder}/aftercare.db")
    service = Service.of(folder, {**settings, **(environment or {})})
    _ = service.parts  # brings the database up to date before any process needs it
    try:
        with ExitStack() as stack:
            _start_engines(service, stack, engines)
            _start_workers(service, workers)
            yield service
    finally:
        service.end_all()


def settings_of(folder: Path, url: str) -> dict[str, str]:
    """What a service needs to run from `folder` on ports of its own."""
    port = free_port()
    return {
        "AFTERCARE_DATABASE_URL": url,
        "AFTERCARE_MEDIA": str(folder / "media"),
        "AFTERCARE_PATHWAYS": str(ROOT / "pathways"),
        "AFTERCARE_PORT": str(port),
        "AFTERCARE_PUBLIC_URL": f"http://localhost:{port}",
        "AFTERCARE_ACTIONS_PORT": str(free_port()),
        "AFTERCARE_TEST_CLOCK": str(folder / "clock"),
        "AFTERCARE_HOSPITAL_LINE": "021-5550",
    }


def names(kind: str, number: int) -> list[str]:
    """What so many processes of one kind are called."""
    return [kind, *(f"{kind}-{n}" for n in range(2, number + 1))]


def _start_engines(service: Service, stack: ExitStack, number: int) -> None:
    """Pairs of an engine and its action server, all at once."""
    ensure_engine()
    for name in names("actions", number)[1:]:
        service.own[name] = {"AFTERCARE_ACTIONS_PORT": str(free_port())}
    engines = []
    for name, actions in zip(names("engine", number), names("actions", number), strict=True):
        service.start(actions)
        own = {**service.environment, **service.own.get(actions, {})}
        folder = service.clock.parent if name == "engine" else service.clock.parent / name
        folder.mkdir(exist_ok=True)
        address = f"http://127.0.0.1:{own['AFTERCARE_ACTIONS_PORT']}/webhook"
        engines.append(running_engine(action_url=address, folder=folder))
    with ThreadPoolExecutor(number) as pool:
        running = list(pool.map(stack.enter_context, engines))
    service.engines = {
        name: one.pid for name, one in zip(names("engine", number), running, strict=True)
    }
    addresses = [one.url.removesuffix("/webhooks/aftercare") for one in running]
    service.environment["AFTERCARE_ENGINE_URL"] = ",".join(addresses)


def _start_workers(service: Service, number: int) -> None:
    service.urls = [service.url]
    for name in names("app", number):
        if name != "app":
            service.own[name] = {"AFTERCARE_PORT": str(free_port())}
            service.urls.append(f"http://localhost:{service.own[name]['AFTERCARE_PORT']}")
        service.start(name)
    for one in service.urls:
        ready = f"{one}/readyz"
        service.wait_until(lambda ready=ready: answers(ready), seconds=START_SECONDS)


def answers(url: str) -> bool:
    """Whether somebody says there that all is well."""
    with suppress(httpx.HTTPError):
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    return False

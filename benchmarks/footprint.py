"""Footprint: memory and start of each process, and what a thousand patients add.

Run: python -m benchmarks.footprint
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.figures import Figure
from benchmarks.house import enrolled, running_house, settle
from benchmarks.processes import resident_mib
from tests.conversation.engine_fixture import running_engine
from tests.e2e.service import Service

PATIENTS = 1000
DOORS = {"app": "/readyz", "actions": "/health"}


def restart(service: Service, name: str) -> float:
    """Seconds from the start of one process until it says that it is ready."""
    base = service.url
    if name == "actions":
        base = f"http://127.0.0.1:{service.environment['AFTERCARE_ACTIONS_PORT']}"
    service.kill(name)
    began = time.perf_counter()
    service.start(name)
    service.wait_until(lambda: _ready(base + DOORS[name]), seconds=120)
    return time.perf_counter() - began


def _ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def size_mib(service: Service) -> float:
    """The record and its journal on disk."""
    file = Path(service.settings.database_url.removeprefix("sqlite:///"))
    return sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*")) / 2**20


def grow(service: Service) -> tuple[float, float]:
    """MiB on disk and in the app's memory for a thousand patients and their plans."""
    disk, memory = size_mib(service), resident_mib(service.processes["app"].pid)
    for number in range(PATIENTS):
        enrolled(service.parts, f"patient-{number}", check_in=True)
    time.sleep(5)
    settle(service)
    grown = resident_mib(service.processes["app"].pid) - memory
    return size_mib(service) - disk, grown


def measure() -> list[Figure]:
    figures: list[Figure] = []
    with running_house() as service:
        for name in ("actions", "app"):
            figures.append(Figure(f"{name}: start", restart(service, name), "s"))
            pid = service.processes[name].pid
            figures.append(Figure(f"{name}: memory", resident_mib(pid), "MiB"))
        url = f"http://127.0.0.1:{service.environment['AFTERCARE_ACTIONS_PORT']}/webhook"
        with TemporaryDirectory() as folder:
            began = time.perf_counter()
            with running_engine(action_url=url, folder=Path(folder)) as engine:
                figures.append(Figure("engine: start", time.perf_counter() - began, "s"))
                figures.append(Figure("engine: memory", resident_mib(engine.pid), "MiB"))
        disk, memory = grow(service)
    return [
        *figures,
        Figure("1,000 patients more: the record", disk, "MiB"),
        Figure("1,000 patients more: the app's memory", memory, "MiB"),
    ]


if __name__ == "__main__":
    from benchmarks.__main__ import alone

    alone(measure(), "footprint")

"""Turns: from a patient's message accepted to its reply handed over, on real processes.

Yardstick in the same run: the bare engine turn over HTTP, without our durable path.
The stock bot of `rasa init` is not measured here: it needs TensorFlow (2.7 GB).
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.e2e.browser_house import eventually
from tests.e2e.service import Service, running_service
from tests.e2e.test_telegram_story import admit

RESULTS = Path("results/turns.json")
HEADERS = {"x-aftercare": "chat"}
IDLE_MESSAGES, SIDE_BY_SIDE, BURST = 30, 16, 160


def open_chat(service: Service) -> httpx.Client:
    """A patient in front of her first question, through the web chat's own doors."""
    chat = httpx.Client(base_url=service.url, headers=HEADERS, timeout=30)
    chat.get("/chat")
    post(chat, "start", code=admit(service))
    post(chat, "messages", text="1946")
    settle(service)
    post(chat, "messages", text="同意")
    settle(service)
    return chat


def post(chat: httpx.Client, door: str, **body: str) -> None:
    answer = chat.post(f"/chat/api/{door}", json={"id": uuid.uuid4().hex, **body})
    assert answer.status_code == httpx.codes.OK, answer.text


def settle(service: Service) -> None:
    assert eventually(
        lambda: (
            not service.rows("inbound", state="received")
            and not service.rows("outbound", state__in=("queued", "sending"))
        ),
        seconds=30,
    )


def latencies(service: Service, text: str) -> list[float]:
    """Milliseconds from received to the first reply handed over, for each such message."""
    sent = service.rows("outbound")
    taken = []
    for message in service.rows("inbound", text=text):
        replies = [one.settled_at for one in sent if one.key.startswith(f"{message.id}:")]
        if replies:
            taken.append((min(replies) - message.received_at).total_seconds() * 1000)
    return sorted(taken)


def bare_turns(engine: str, count: int, workers: int) -> tuple[list[float], float]:
    """(milliseconds of each, turns per second) of `understand`, the engine's floor."""
    with httpx.Client(base_url=engine, timeout=30) as http, ThreadPoolExecutor(workers) as pool:

        def one(_: int) -> float:
            began = time.perf_counter()
            http.post("/webhooks/aftercare/understand", json={"texts": ["谢谢"]})
            return (time.perf_counter() - began) * 1000

        began = time.perf_counter()
        taken = sorted(pool.map(one, range(count)))
        return taken, count / (time.perf_counter() - began)


def resident_mib(service: Service) -> dict[str, float]:
    found = {}
    for name, process in service.processes.items():
        status = Path(f"/proc/{process.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmRSS"))
        found[name] = round(int(line.split()[1]) / 1024, 1)
    return found


def main() -> None:
    """Measure and write results/turns.json."""
    with tempfile.TemporaryDirectory() as folder, running_service(Path(folder)) as service:
        chat = open_chat(service)
        for number in range(IDLE_MESSAGES):
            post(chat, "messages", text=f"谢谢{'。' * (number % 2)}")
            time.sleep(0.3)
        settle(service)
        idle = sorted(latencies(service, "谢谢") + latencies(service, "谢谢。"))
        engine = service.environment["AFTERCARE_ENGINE_URL"]
        floor, rate = bare_turns(engine, BURST, SIDE_BY_SIDE)
        figures = {
            "messages": len(idle),
            "accepted_to_handed_over_ms_p50": round(statistics.median(idle), 1),
            "accepted_to_handed_over_ms_p95": round(idle[int(len(idle) * 0.95) - 1], 1),
            "yardstick_engine_reading_ms_p50": round(statistics.median(floor), 1),
            "yardstick_engine_readings_per_second": round(rate, 1),
            "resident_mib": resident_mib(service),
        }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

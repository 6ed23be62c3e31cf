"""The watchdog on real processes: an app that dies or freezes stops the heartbeat, and the
administrator's phone says so through a real Bot API; a watchdog that dies comes back.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core.drill_time import DAYS
from bot.services.register_nurse import make_link_code
from bot.settings import read_settings
from tests.e2e.service import COMMANDS, ROOT, Service, running_service
from tests.e2e.test_telegram_story import hire

pytest_plugins = ("tests.telegram_server.fixture",)
MOST_MEGABYTES = 80
SILENT, LOST = "主程序没有生命迹象", "数据库无法读写"


class OutsideParty:
    """A dead-man's switch: remembers when it was called, and with what."""

    def __init__(self) -> None:
        self.beats: list[float] = []
        party = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                party.beats.append(time.monotonic())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing to say."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/ping"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def hears(self, service: Service, more: int = 2) -> None:
        """Wait for some more beats."""
        wanted = len(self.beats) + more
        service.wait_until(lambda: len(self.beats) >= wanted, seconds=120)

    def hears_nothing(self, seconds: float = 4) -> None:
        """No beat comes while several rounds go by."""
        before = len(self.beats)
        time.sleep(seconds)
        assert len(self.beats) == before


@pytest.fixture
def outside_party() -> Iterator[OutsideParty]:
    party = OutsideParty()
    yield party
    party.close()


@pytest.fixture
def hospital(tmp_path: Path, telegram, outside_party: OutsideParty, database_url: str):  # type: ignore[no-untyped-def]
    soon = datetime.now(ZoneInfo(read_settings({}).time_zone)) + timedelta(minutes=30)
    environment = {
        "AFTERCARE_DRILL": f"{DAYS[soon.weekday()]} {soon:%H:%M}",
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.url,
        "AFTERCARE_HEARTBEAT_URL": outside_party.url,
        "AFTERCARE_WATCHDOG_SECONDS": "1",
        "AFTERCARE_WATCHDOG_MEMORY": str(tmp_path / "watchdog.json"),
    }
    with running_service(tmp_path, environment, database_url) as service:
        own = service.environment
        own["AFTERCARE_ACTION_URL"] = f"http://127.0.0.1:{own['AFTERCARE_ACTIONS_PORT']}/webhook"
        lin = telegram.person("林主任")
        nurse_id = hire(service, "lin", "林主任", "charge")
        lin.start(make_link_code(service.parts, nurse_id=nurse_id, by=nurse_id).code)
        lin.wait_for("林主任")
        yield service, lin


def answer_the_test_page(service: Service, lin) -> None:  # type: ignore[no-untyped-def]
    """The weekly test goes the real way: outbox, provider, button, inbox."""
    service.pass_time(minutes=31)
    lin.wait_for("测试呼叫", 40)
    lin.press("我来处理")
    lin.wait_for("测试完成", 40)
    drill = service.rows("drills")[0]
    assert drill.answered_at is not None
    assert service.rows("escalations") == []


def status(service: Service) -> str:
    """What `aftercare watchdog --status` says."""
    done = subprocess.run(
        [*COMMANDS["watchdog"], "--status"],
        cwd=ROOT,
        env={**os.environ, **service.environment},
        capture_output=True,
        text=True,
    )
    return done.stdout


def alarms(lin) -> list[str]:  # type: ignore[no-untyped-def]
    return [one for one in lin.heard() if "技术告警" in one]


def until_remembered(service: Service) -> None:
    """The round that said it has also written down that it was said."""
    memory = Path(service.environment["AFTERCARE_WATCHDOG_MEMORY"])
    before = memory.stat().st_mtime_ns
    service.wait_until(lambda: memory.stat().st_mtime_ns > before)


def let_calm_pass(service: Service) -> None:
    """Five minutes, in steps in which the app can go on signing."""
    for _ in range(7):
        service.pass_time(minutes=0.75)
        now = service.parts.clock.now()
        service.wait_until(
            lambda now=now: any(one.at >= now for one in service.rows("signs_of_life", left=False)),
            seconds=40,
        )
    time.sleep(3)


def test_a_dead_or_frozen_app_stops_the_heart_and_reaches_the_administrator(
    hospital, outside_party: OutsideParty
) -> None:
    service, lin = hospital
    answer_the_test_page(service, lin)
    service.start("watchdog")
    outside_party.hears(service)
    assert "handed over after" in status(service)
    pid = service.processes["watchdog"].pid
    resident = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]
    assert int(resident) / 1000 < MOST_MEGABYTES
    assert alarms(lin) == []

    service.kill("app")
    service.pass_time(minutes=2)
    lin.wait_for(SILENT, 60)
    outside_party.hears_nothing()
    assert len(alarms(lin)) == 1, "one alarm for one fault"

    service.start("app")
    outside_party.hears(service)
    let_calm_pass(service)
    lin.wait_for("一切恢复正常", 40)

    app = service.processes["app"].pid
    os.killpg(app, signal.SIGSTOP)
    try:
        service.pass_time(minutes=2)
        lin.wait_until(lambda: frozen(lin), "of the frozen app", 90)
        until_remembered(service)
        service.kill("watchdog")
        service.start("watchdog")
        before = len(alarms(lin))
        outside_party.hears_nothing(8)
        assert len(alarms(lin)) == before, "a watchdog that comes back tells nothing twice"
    finally:
        os.killpg(app, signal.SIGCONT)
    outside_party.hears(service)


def frozen(lin):  # type: ignore[no-untyped-def]
    """The alarm about the frozen app. Frozen in a write, it keeps the whole record locked."""
    told = [one for one in lin.messages() if one.from_bot and "技术告警" in one.text]
    return next((one for one in told[2:] if SILENT in one.text or LOST in one.text), None)

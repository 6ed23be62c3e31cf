"""The chatbot breaks while a patient writes: she is told, a nurse has it, a page goes out (P7).

Real processes, and the web chat over HTTP. The engine hangs for a moment, the action
server dies, the engine dies; when all is back the check-in goes on where it was.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from bot.commands.demo import late_morning_zone
from bot.core.enrolment import NewEnrolment
from bot.core.patient import RiskTier
from bot.services.enrol import enrol
from tests.conversation.engine_fixture import running_engine
from tests.e2e.service import Service, running_service
from tests.e2e.test_telegram_story import hire

SAVED = "您的消息已存下，护士会看"
FIXED_WITHIN_SECONDS = 20.0  # three tries within ten seconds, on a machine that is busy


def admit(service: Service) -> str:
    """Mrs Wang, home since yesterday, with the web chat; returns her code."""
    zone = late_morning_zone(service.parts.clock.now())
    today = datetime.now(ZoneInfo(zone)).date()
    row = NewEnrolment(
        name="王秀英",
        hospital_id="H-1",
        birth_year=1946,
        procedure_code="knee_replacement",
        surgery_on=today - timedelta(days=5),
        discharge_on=today - timedelta(days=1),
        language="zh",
        time_zone=zone,
        risk_tier=RiskTier.MEDIUM,
        channel="webchat",
    )
    return enrol(service.parts, row=row).invited[0].code


@dataclass
class Wang:
    """Mrs Wang at her web chat."""

    service: Service
    http: httpx.Client
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def send(self, door: str, **body: str) -> None:
        sent = self.http.post(
            f"/chat/api/{door}", json={"id": f"page-{next(self._numbers):08}", **body}
        )
        assert sent.status_code == httpx.codes.OK, sent.text

    def says(self, text: str) -> None:
        self.send("messages", text=text)

    def taps(self, title: str) -> None:
        ids = [one[0] for line in self.lines() for one in line["buttons"] if one[1] == title]
        self.send("messages", button=ids[-1])

    def lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get("/chat/api/lines").json()["lines"]
        return found

    def said(self, words: str) -> int:
        return sum(words in one["text"] for one in self.lines() if not one["mine"])

    def hears(self, words: str, *, times: int = 1, seconds: float = FIXED_WITHIN_SECONDS) -> None:
        self.service.wait_until(lambda: self.said(words) >= times, seconds=seconds)


@contextmanager
def wang_in_her_check_in(service: Service) -> Iterator[Wang]:
    headers = {"X-Aftercare": "chat"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=30) as http:
        wang = Wang(service, http)
        http.get("/chat")
        wang.send("start", code=admit(service))
        wang.hears("出生年份")
        wang.says("1946")
        wang.hears("您同意吗")
        wang.taps("同意")
        wang.hears("现在有没有下面这些情况")
        wang.taps("都没有")
        wang.hears("体温")
        yield wang


def test_when_everything_breaks_she_is_told_and_when_all_is_back_the_check_in_goes_on(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        service = stack.enter_context(running_service(tmp_path))
        wang = stack.enter_context(wang_in_her_check_in(service))
        engine = service.engines["engine"]

        # The engine hangs for two seconds: a slow answer, and nothing else.
        os.kill(engine, signal.SIGSTOP)
        wang.says("为什么要问这个")
        time.sleep(2)
        os.kill(engine, signal.SIGCONT)
        service.wait_until(lambda: wang.said("体温") >= 2)
        assert wang.said(SAVED) == 0

        # Action server and engine die: what she says is kept, and a nurse has it.
        service.kill("actions")
        os.killpg(engine, signal.SIGKILL)
        wang.says("三十七度二")
        wang.hears(SAVED)
        tasks = service.rows("tasks", kind="not_processed")
        assert [one.text for one in tasks] == ["三十七度二"]
        assert httpx.get(f"{service.url}/readyz").status_code == httpx.codes.SERVICE_UNAVAILABLE

        # All is back, and the check-in goes on where it was.
        service.start("actions")
        stack.enter_context(the_engine_again(service, tmp_path))
        wang.says("37.2")
        service.wait_until(lambda: service.rows("observations", question_id="temperature"))
        (kept,) = service.rows("observations", question_id="temperature")
        assert kept.value == 37.2
        assert service.rows("tasks", kind="not_processed") == tasks

        # A red flag needs neither engine nor action server.
        hire(service, "chen", "陈静", "first")
        service.kill("actions")
        wang.says("我胸口疼得厉害，喘不上气")
        wang.hears("马上送您去急诊", seconds=5)
        (case,) = service.rows("escalations")
        assert case.level.word == "emergency"
        assert service.rows("notifications", escalation_id=case.id)


@contextmanager
def the_engine_again(service: Service, folder: Path) -> Iterator[None]:
    """Another engine at the place of the one that died."""
    port = int(service.environment["AFTERCARE_ENGINE_URL"].rpartition(":")[2])
    action_url = f"http://127.0.0.1:{service.environment['AFTERCARE_ACTIONS_PORT']}/webhook"
    with running_engine(action_url=action_url, folder=folder, port=port):
        yield

"""Three workers and two engines on one PostgreSQL: the same story, then 200 messages at once
while a worker and an engine are killed.

One start of the service serves every test here, because a start costs half a minute.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.channels.webchat.visitor import address_of
from bot.commands.demo import late_morning_zone
from bot.core.conversation import Inbound, Mode
from bot.core.enrolment import NewEnrolment
from bot.core.patient import RiskTier
from bot.services.enrol import enrol
from tests.conftest import a_postgres
from tests.conversation.engine_fixture import free_port
from tests.e2e.browser_house import a_browser
from tests.e2e.service import ROOT, Service, names, running_service
from tests.e2e.test_english_story import tell_marys_story
from tests.e2e.test_telegram_story import speaks_as, tell_the_story
from tests.telegram_server.server import TelegramServer, a_telegram

pytest_plugins = ("tests.telegram_server.fixture",)
pytestmark = pytest.mark.postgres

PATIENTS, EACH = 20, 10


@pytest.fixture(scope="module")
def telegram(telegram_node: str) -> Iterator[TelegramServer]:
    with a_telegram(telegram_node) as server:
        yield server


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, postgres_reason: str | None, telegram: TelegramServer
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("several")
    with (
        a_postgres(postgres_reason) as url,
        running_service(folder, speaks_as(telegram), url, workers=3, engines=2) as service,
    ):
        yield service


class Phone:
    """A patient in the web chat, whose every message goes to another worker."""

    def __init__(self, service: Service, number: int) -> None:
        self.service, self.token = service, f"phone-token-{number:04d}"
        self.address = address_of(self.token)
        self._next = itertools.cycle(range(number, number + len(service.urls)))
        self._names = itertools.count(1)
        self.urls = service.urls

    def post(self, door: str, **sent: object) -> None:
        """Send as the page does: the same message again, elsewhere, until one has it."""
        sent = {"id": f"message-{next(self._names):04d}", **sent}
        for _ in range(60):
            url = self.urls[next(self._next) % len(self.urls)]
            with suppress(httpx.TransportError):
                answer = httpx.post(
                    f"{url}/chat/api/{door}",
                    json=sent,
                    headers={"X-Aftercare": "chat", "Origin": url},
                    cookies={"aftercare_chat": self.token},
                    timeout=20,
                )
                if answer.status_code == httpx.codes.OK:
                    return
                assert answer.status_code >= 500, answer.text
            time.sleep(0.1)
        raise AssertionError("no worker took the message")

    def chat(self):  # type: ignore[no-untyped-def]
        found = self.service.rows("conversations", address=self.address)
        return found[0] if found else None

    def waits_for_mode(self, mode: Mode) -> None:
        self.service.wait_until(lambda: (chat := self.chat()) and chat.mode is mode, seconds=30)

    def agrees(self, code: str) -> None:
        """From the link on her card to the first question of her check-in."""
        self.post("start", code=code)
        self.waits_for_mode(Mode.VERIFYING)
        self.post("messages", text="1946")
        self.waits_for_mode(Mode.CONSENTING)
        chat = self.chat().id
        button = self.service.wait_until(
            lambda: self.service.rows("buttons", conversation_id=chat, action="consent")
        )
        agree = next(one for one in button if one.title == "同意")
        self.post("messages", button=agree.id)
        self.waits_for_mode(Mode.BOT)


def patients(service: Service) -> list[Phone]:
    zone = late_morning_zone(service.parts.clock.now())
    today = datetime.now(ZoneInfo(zone)).date()
    phones = []
    for number in range(PATIENTS):
        row = NewEnrolment(
            name=f"病人{number}",
            hospital_id=f"P-{number}",
            birth_year=1946,
            procedure_code="knee_replacement",
            surgery_on=today - timedelta(days=5),
            discharge_on=today - timedelta(days=1),
            language="zh",
            time_zone=zone,
            risk_tier=RiskTier.MEDIUM,
            channel="webchat",
        )
        phone = Phone(service, number)
        phone.code = enrol(service.parts, row=row).invited[0].code  # type: ignore[attr-defined]
        phones.append(phone)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: one.agrees(one.code), phones))
    return phones


def test_the_story_is_the_same_with_three_workers_and_two_engines(
    service: Service, telegram: TelegramServer
) -> None:
    tell_the_story(service, telegram)


@pytest.mark.browser
def test_a_patient_at_one_worker_and_her_nurse_at_another(service: Service) -> None:
    with a_browser() as browser:
        tell_marys_story(service, browser, phone_at=service.urls[1], desk_at=service.urls[2])


def test_200_messages_through_three_workers_while_a_worker_and_an_engine_die(
    service: Service, telegram: TelegramServer
) -> None:
    phones = patients(service)
    before = {one.id for one in service.rows("inbound")}

    def writes(phone: Phone) -> None:
        for number in range(EACH):
            phone.post("messages", text=f"第{number}句话")
            if phone is phones[0] and number == 3:
                service.kill("engine-2")
            if phone is phones[0] and number == 5:
                service.kill("app")

    with ThreadPoolExecutor(PATIENTS) as pool:
        list(pool.map(writes, phones))
    # What the dead worker had in hand comes free when its lease ends, 45 s from now.
    service.pass_time(minutes=2)
    said = service.wait_until(lambda: settled(service, before), seconds=120)
    assert len(said) == PATIENTS * EACH
    assert {one.state.value for one in said} == {"done"}, "an engine's death cost no message"
    by_chat = defaultdict[str, list[Inbound]](list)
    for one in said:
        by_chat[one.conversation_id].append(one)
    turns = {one.id: one for one in service.rows("turns")}
    for messages in by_chat.values():
        assert [one.text for one in messages] == [f"第{n}句话" for n in range(EACH)]
        for first, second in itertools.pairwise(messages):
            assert turns[second.id].created_at >= first.done_at, "never two of one chat at once"
    replies = defaultdict[str, int](int)
    for one in service.rows("outbound"):
        replies[one.key.split(":")[0]] += one.key.endswith(":0")
    assert [replies[one.id] for one in said if replies[one.id] != 1] == [], "each reply once"
    service.wait_until(lambda: not service.rows("outbound", state__in=("queued", "sending")))


def test_another_worker_fetches_from_telegram_when_the_one_that_did_died(
    service: Service, telegram: TelegramServer
) -> None:
    service.kill(who_fetches(service))
    began = time.monotonic()
    stranger = telegram.person("路人")
    stranger.say("你好")
    stranger.wait_for("链接")
    assert time.monotonic() - began < 15


def who_fetches(service: Service) -> str:
    """The living worker that said last that it leads the polling."""
    return next(
        name
        for name in names("app", 3)
        if service.processes[name].poll() is None
        and "leads: telegram polling" in service.log_of(name)
    )


@pytest.fixture
def front(service: Service, tmp_path: Path) -> Iterator[str]:
    """The proxy of `deploy/Caddyfile` in front of all workers, without https and Docker's names."""
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("no caddy on this machine")
    workers = " ".join(one.replace("http://localhost", "127.0.0.1") for one in service.urls)
    text = (ROOT / "deploy/Caddyfile").read_text("utf-8")
    here, replaced = re.subn(r"dynamic a app 8080 \{.*?\}", f"to {workers}", text, flags=re.S)
    assert replaced == 1
    file, url = tmp_path / "Caddyfile", f"http://localhost:{free_port()}"
    file.write_text(here, "utf-8")
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    proxy = subprocess.Popen(
        [caddy, "run", "--config", str(file), "--adapter", "caddyfile"],
        env={**os.environ, **home, "AFTERCARE_DOMAIN": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        service.wait_until(lambda: get(f"{url}/metrics") == httpx.codes.NOT_FOUND)
        yield url
    finally:
        proxy.terminate()
        proxy.wait(20)


def get(url: str) -> int:
    """The status of an address, 0 when nobody answers."""
    with suppress(httpx.TransportError):
        return httpx.get(url, timeout=30).status_code
    return 0


def test_the_proxy_hides_what_is_inside_and_goes_round_a_dead_worker(
    service: Service, front: str
) -> None:
    assert [get(f"{front}/{path}") for path in ("metrics", "healthz")] == [404, 404]
    assert any(one.poll() is not None for one in service.processes.values()), "one is dead"
    assert {get(f"{front}/chat") for _ in range(20)} == {200}
    ready = httpx.get(f"{front}/readyz", timeout=30).json()
    assert ready["ready"]
    assert len(ready["engines"]) == 2
    large = httpx.post(f"{front}/chat/api/photos", content=b"x" * 12_000_000, timeout=30)
    assert large.status_code in (403, 413)


def test_a_page_behind_the_proxy_hears_at_once_what_another_worker_answered(
    service: Service, front: str
) -> None:
    phone = Phone(service, 900)
    living = next(one for one in service.urls if get(f"{one}/healthz") == httpx.codes.OK)
    phone.urls = [living]
    pages = ExitStack()
    with pages:
        # Several pages of one chat: the proxy spreads them over the workers.
        heard = [pages.enter_context(page(front, phone.token)) for _ in range(4)]
        phone.post("messages", text="您好")
        for lines in heard:
            assert any("链接" in line for line in lines)


@contextmanager
def page(url: str, token: str) -> Iterator[Iterator[str]]:
    """The live lines of an open chat page."""
    with (
        httpx.Client(timeout=30, cookies={"aftercare_chat": token}) as client,
        client.stream("GET", f"{url}/chat/api/events") as answer,
    ):
        assert answer.status_code == httpx.codes.OK
        yield answer.iter_lines()


def settled(service: Service, before: set[str]) -> list[Inbound]:
    """The messages since, once all of them reached an outcome; in the order of each chat."""
    since = [one for one in service.rows("inbound", order_by="seq") if one.id not in before]
    said = [one for one in since if one.text.startswith("第")]
    ready = len(said) == PATIENTS * EACH and all(one.done_at for one in since)
    return said if ready else []

"""Console: the worklist with 2,000 open cases among 100,000 patients, and how soon an emergency
stands on the open screens of 50 nurses.

Run: python -m benchmarks.console [--postgres URL]
The whole service runs as `make run` starts it. Every nurse sees every ward, so that each page
and each change concerns all of them, and asks for the page again when she is told of a change,
as the browser does. The page is asked for over HTTP; "to the first key" is Chromium.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from benchmarks.console_rows import EPISODES, OPEN_CASES, fill_house
from benchmarks.due import SERVER
from benchmarks.figures import Figure, middle, p
from benchmarks.house import admit
from bot.core.staff import StaffRole
from bot.services.staff_accounts import make_account
from tests.e2e.browser_house import a_browser
from tests.e2e.service import Service, running_service

NURSES, ALARMS, ALARM_EVERY = 50, 20, 3.0
PAGES = 100
PASSWORD = "a calm night on ward 5"  # noqa: S105 - of invented nurses
ALARM = "我喘不过气，胸口疼得厉害"
SPREAD = 2.0  # seconds over which browsers ask again; console.js says the same
FIRST_KEY_PAGES = 8
LONGEST_SILENCE = 60.0
SETTLE_SECONDS = 5.0


@dataclass
class Screens:
    """The open pages of all nurses; when each emergency reached each of them."""

    url: str
    cookies: list[httpx.Cookies]
    seen: dict[tuple[str, int], float] = field(default_factory=dict)
    pages: list[float] = field(default_factory=list)
    open: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=lambda: asyncio.run(self._watch_all()), daemon=True)
        thread.start()
        while self.open < len(self.cookies):
            time.sleep(0.05)
        try:
            yield
        finally:
            self._ended.set()
            thread.join(10)

    async def _watch_all(self) -> None:
        watching = [asyncio.create_task(self._watch(*one)) for one in enumerate(self.cookies)]
        while not self._ended.is_set():
            await asyncio.sleep(0.1)
        for one in watching:
            one.cancel()
        await asyncio.gather(*watching, return_exceptions=True)

    async def _watch(self, nurse: int, cookies: httpx.Cookies) -> None:
        asking: asyncio.Task[None] | None = None
        async with (
            httpx.AsyncClient(cookies=cookies, timeout=LONGEST_SILENCE) as client,
            client.stream("GET", f"{self.url}/console/events") as events,
        ):
            event = ""
            async for line in events.aiter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event == "emergency":
                    id = json.loads(line.removeprefix("data: "))["id"]
                    self.seen.setdefault((id, nurse), time.monotonic())
                elif line.startswith("data: ") and event == "changed":
                    self.open += asking is None
                    if asking is None or asking.done():
                        asking = asyncio.create_task(self._ask_again(client))

    async def _ask_again(self, client: httpx.AsyncClient) -> None:
        await asyncio.sleep(random.random() * SPREAD)  # noqa: S311 - nothing secret
        began = time.monotonic()
        try:
            answer = await client.get(f"{self.url}/console/worklist", headers={"X-Live": "yes"})
        except (httpx.TransportError, RuntimeError):
            return  # the connection was closed; a browser opens another
        if answer.status_code == httpx.codes.OK:
            self.pages.append((time.monotonic() - began) * 1000)


def hire(service: Service) -> list[httpx.Cookies]:
    """Fifty nurses of the whole house, each signed in with a browser of her own."""
    signed_in = []
    for number in range(NURSES):
        make_account(
            service.parts,
            name=f"护士{number}",
            login=f"nurse{number}",
            password=PASSWORD,
            role=StaffRole.NURSE,
            ward="*",
            language="zh" if number % 2 else "en",
        )
        with httpx.Client() as client:
            typed = {"login": f"nurse{number}", "password": PASSWORD}
            answer = client.post(f"{service.url}/console/sign-in", data=typed)
            if answer.status_code != httpx.codes.SEE_OTHER:
                raise RuntimeError(f"nurse{number} is not signed in: {answer.status_code}")
            signed_in.append(client.cookies)
    return signed_in


def pages(service: Service, cookies: httpx.Cookies) -> tuple[list[float], float]:
    """(milliseconds of each page, milliseconds of processor that the server took for one)."""
    taken, before = [], _processor_seconds(service)
    with httpx.Client(cookies=cookies, timeout=60) as client:
        for _ in range(PAGES):
            began = time.perf_counter()
            answer = client.get(f"{service.url}/console/worklist")
            taken.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
            assert f">{OPEN_CASES}<" in answer.text
    return taken, (_processor_seconds(service) - before) * 1000 / PAGES


def _processor_seconds(service: Service) -> float:
    """What the app has used so far, all its threads together."""
    fields = Path(f"/proc/{service.processes['app'].pid}/stat").read_text().rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def first_keys(service: Service) -> list[float]:
    """Milliseconds from asking for the page to the first key that it answers, in Chromium."""
    taken = []
    with a_browser() as browser:
        page = browser.new_page()
        page.goto(f"{service.url}/console/sign-in")
        page.fill("#login", "nurse0")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/worklist")
        for _ in range(FIRST_KEY_PAGES):
            began = time.perf_counter()
            page.goto(f"{service.url}/console/worklist", wait_until="commit")
            while not page.evaluate("document.activeElement?.classList.contains('open') ?? false"):
                page.keyboard.press("j")
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def alarms(
    service: Service, cookies: list[httpx.Cookies]
) -> tuple[list[float], list[float], list[float]]:
    """(milliseconds from each patient's message to each screen, from each message until it was
    kept, and of each page that was asked for again)."""
    kept = []
    sent: dict[str, float] = {}
    patients = [admit(service) for _ in range(ALARMS)]
    screens = Screens(service.url, cookies)
    with screens.watching():
        time.sleep(ALARM_EVERY)
        for patient in patients:
            sent[patient.conversation_id] = began = time.monotonic()
            patient.say(ALARM)
            kept.append((time.monotonic() - began) * 1000)
            time.sleep(max(0.0, began + ALARM_EVERY - time.monotonic()))
        time.sleep(SETTLE_SECONDS)
    opened = {one.id: one.conversation_id for one in service.rows("escalations", level=4)}
    took = [
        (at - sent[opened[id]]) * 1000
        for (id, _nurse), at in screens.seen.items()
        if opened[id] in sent
    ]
    if len(took) != NURSES * ALARMS:
        raise RuntimeError(f"{NURSES * ALARMS} cards were to come, {len(took)} came")
    return took, kept, screens.pages


def on(name: str, url: str) -> list[Figure]:
    """All figures on one database."""
    with tempfile.TemporaryDirectory() as folder, running_service(Path(folder), url=url) as service:
        fill_house(service)
        cookies = hire(service)
        found, cost = pages(service, cookies[0])
        keys = first_keys(service)
        took, kept, again = alarms(service, cookies)
    of = f"{OPEN_CASES:,} cases, {EPISODES:,} patients, {name}"
    return [
        Figure(f"worklist, {of}, p50", middle(found), "ms"),
        Figure(f"worklist, {of}, p95", p(0.95, found), "ms", target=150),
        Figure(f"worklist, {name}, processor of the server for one", cost, "ms"),
        Figure(f"worklist in Chromium to the first key, {name}, p50", middle(keys), "ms"),
        Figure(f"emergency to {NURSES} open screens, {name}, p50", middle(took), "ms"),
        Figure(f"emergency to {NURSES} open screens, {name}, p99", p(0.99, took), "ms", 1000),
        Figure(f"of this until the message was kept, {name}, p99", p(0.99, kept), "ms"),
        Figure(f"worklist asked again by {NURSES} at once, {name}, p95", p(0.95, again), "ms"),
    ]


def measure(server: str = SERVER) -> list[Figure]:
    """Both databases; one that is away gives no rows."""
    figures = on("SQLite", "")
    with suppress(psycopg.OperationalError), a_database(server, "console") as url:
        figures += on("PostgreSQL", url)
    return figures


@contextmanager
def a_database(server: str, part: str) -> Iterator[str]:
    """The address of an empty database of one part of the figures; it is dropped afterwards."""
    name = f"aftercare_{part}_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True, connect_timeout=3) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default=SERVER)
    asked = parser.parse_args()
    from benchmarks.__main__ import alone

    alone(measure(asked.postgres), "console")


if __name__ == "__main__":
    main()

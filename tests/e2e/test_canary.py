"""A patient's words, name and numbers reach no log, metric, address, error page or workflow.

The whole service runs. A patient writes by web chat, her caregiver by Telegram, a nurse works
in the console, files come in by command line, doors are knocked at with rubbish, and parts
break. Then every trace that an operator can see is searched for the canaries, in whatever
way it was packed. A nurse's page may show them: there they are what she is there for.
"""

from __future__ import annotations

import base64
import csv
import html
import os
import re
import sqlite3
import subprocess
import sys
from binascii import Error as NotBase64
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import httpx

from bot.commands.demo import late_morning_zone
from bot.core.staff import Shift, StaffRole
from bot.services.register_nurse import make_link_code
from bot.services.staff_accounts import make_account
from tests.e2e.service import ROOT, Service, running_service
from tests.e2e.test_engine_outage import SAVED, Wang
from tests.e2e.test_telegram_story import speaks_as
from tests.telegram_server.people import Person
from tests.telegram_server.server import TelegramServer

pytest_plugins = ("tests.telegram_server.fixture",)

NAME, CAREGIVER = "金丝雀Canarina", "灰雀Gimpelmann"
HOSPITAL_ID, PHONE, BORN = "HFINK-77", "13977351735", "1937"
ROUTINE, RED_FLAG = "今天窗外有zeisig在叫", "我胸口疼得厉害，喘不上气，像girlitz"
UNHEARD = "stieglitz昨天来过"
NOTE, MESSAGE = "kernbeisser已电话联系", "bergfink护士写给您"
# Every canary in pieces that occur nowhere else.
CANARIES = (
    *("Canarina", "金丝雀", "Gimpelmann", "灰雀", "HFINK", PHONE),
    *("zeisig", "girlitz", "stieglitz", "kernbeisser", "bergfink", "喘不上气", "没睡好"),
)
# Four digits: not those in the middle of an id, nor the line of a fault's place.
BIRTH_YEAR = re.compile(rf"(?<![0-9A-Za-z-])(?<!\.py:){BORN}(?![0-9A-Za-z-])")
LINES_THAT_MUST_BE_THERE = (
    ("app", "ERROR bot.last_resort a request failed: OperationalError at "),
    ("app", "ERROR bot.services.after_fault message could not be processed inbound_id="),
    ("actions", "ERROR actions.server action failed action=unknown fault="),
    ("engine", "turn failed: "),
    ("watchdog", " bot.watchdog"),
)
ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
PASSWORD = "correct horse battery"
COMMAND_LINE = (sys.executable, "-c", "from bot.cli import main; main()")
# A tel: link stays on the nurse's own telephone; every other one is sent to a server.
LINK = re.compile(r'(?:href|src|action)="(?!tel:)([^"]*)"')
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def found_in(text: str) -> list[str]:
    return [one for one in CANARIES if one in text] + BIRTH_YEAR.findall(text)


@dataclass
class Trail:
    """What the service said where no canary may be, by where that was."""

    said: dict[str, str] = field(default_factory=dict)

    def keep(self, where: str, text: str) -> None:
        self.said[where] = self.said.get(where, "") + "\n" + text

    def follow(self, answer: httpx.Response) -> None:
        """Keep the addresses to which a page or a redirect leads."""
        answer.read()
        links = (
            LINK.findall(answer.text) if "html" in answer.headers.get("content-type", "") else []
        )
        addresses = [answer.headers.get("location", ""), *map(html.unescape, links)]
        self.keep("addresses", "\n".join(unquote(one) for one in addresses))

    def leaks(self) -> dict[str, list[str]]:
        return {where: found for where, text in self.said.items() if (found := found_in(text))}


def run(service: Service, *arguments: str, words: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND_LINE, *arguments],
        cwd=ROOT,
        env={**os.environ, **service.environment},
        input=words,
        capture_output=True,
        text=True,
        check=False,
    )


def a_row(service: Service) -> dict[str, str]:
    zone = late_morning_zone(service.parts.clock.now())
    today = datetime.now(ZoneInfo(zone)).date()
    return {
        "name": NAME,
        "hospital_id": HOSPITAL_ID,
        "birth_year": BORN,
        "procedure_code": "knee_replacement",
        "surgery_date": str(today - timedelta(days=5)),
        "discharge_date": str(today - timedelta(days=1)),
        "language": "zh",
        "time_zone": zone,
        "risk_tier": "medium",
        "channel": "webchat",
        "phone": PHONE,
        "caregiver": CAREGIVER,
    }


def come_by_file(service: Service, folder: Path, trail: Trail) -> list[str]:
    """Enrol by the command line, good rows and bad ones; the codes of patient and caregiver."""
    row, file, cards = a_row(service), folder / "new.csv", folder / "cards.csv"
    wrong = [
        {**row, "birth_year": f"{BORN}年", "phone": f"={PHONE}", "channel": NAME},
        {**row, "name": f"{NAME}二"},
        {**row, "hospital_id": f"{HOSPITAL_ID}-2", "surgery_date": ROUTINE, "time_zone": NAME},
    ]
    with file.open("w", newline="") as opened:
        table = csv.DictWriter(opened, list(row))
        table.writeheader()
        table.writerows([row, *wrong])
        opened.write(f"{NAME}," * 20 + "\n" + f'"{NAME}"{PHONE}",')
    enrolled = run(service, "enrol", str(file), "--cards", str(cards))
    assert "1 enrolled" in enrolled.stdout, enrolled.stderr
    trail.keep("aftercare enrol", enrolled.stdout + enrolled.stderr)
    broken_lines = f'{{"text": "{ROUTINE}\n{{"text": "{ROUTINE}", "recent": 5}}\n'
    screened = run(service, "screen", words=broken_lines)
    assert "zeisig" in screened.stdout, "its output is its answer, and no trace"
    trail.keep("aftercare screen", screened.stderr)
    codes = re.findall(r"/chat/([A-Za-z0-9_-]{4,64})", cards.read_text())
    assert len(codes) == 2, "one card for her and one for her caregiver"
    return codes


def a_nurse(service: Service, telegram: TelegramServer) -> Person:
    """Chen: on the rota, in the console and in Telegram."""
    nurse_id = make_account(
        service.parts,
        name="陈静",
        login="chen",
        password=PASSWORD,
        role=StaffRole.CHARGE_NURSE,
        ward="*",
        language="zh",
    )
    now = service.parts.clock.now()
    begins, ends = now - timedelta(hours=1), now + timedelta(days=1)
    with service.parts.record.transaction() as tx:
        tx.shifts.add(Shift("shift-chen", nurse_id, "first", begins, ends))
    chen = telegram.person("陈静")
    chen.start(make_link_code(service.parts, nurse_id=nurse_id, by=nurse_id).code)
    chen.wait_for("陈静")
    return chen


def she_writes(service: Service, http: httpx.Client, code: str, trail: Trail) -> Wang:
    """The patient in the web chat, also in ways that no page would."""
    wang = Wang(service, http)
    http.get("/chat")
    wang.send("start", code=code)
    wang.hears("出生年份")
    wang.says(BORN)
    wang.hears("您同意吗")
    wang.taps("同意")
    wang.hears("现在有没有下面这些情况")
    wang.says(f"{ROUTINE}，我是{NAME}，{BORN}年生，住院号{HOSPITAL_ID}，电话{PHONE}")
    wang.says(f'/restart{{"name": "{NAME}"}}')
    wang.says(RED_FLAG)
    service.wait_until(lambda: service.rows("escalations"))
    where = "refusals of the web chat"
    for body in (b"[" * 100_000, f'{{"{ROUTINE}'.encode(), ROUTINE.encode("utf-16")):
        trail.keep(where, http.post("/chat/api/messages", content=body).text)
    long = {"id": "page-0000", "text": ROUTINE * 1000}
    trail.keep(where, http.post("/chat/api/messages", json=long).text)
    headers = {"X-Message-Id": PHONE}
    photo = http.post("/chat/api/photos", content=ROUTINE.encode(), headers=headers)
    trail.keep(where, photo.text)
    trail.keep(where, http.post("/chat/api/start", json={"id": PHONE, "code": NAME}).text)
    return wang


def he_writes(telegram: TelegramServer, code: str) -> None:
    """The caregiver in Telegram, with everything that a phone can send."""
    gimpel = telegram.person(CAREGIVER, language="zh-hans")
    gimpel.start(code)
    gimpel.wait_for("出生年份")
    gimpel.say(BORN)
    gimpel.wait_for("您同意吗")
    gimpel.press("同意")
    gimpel.say(f"我是{CAREGIVER}，{NAME}说{ROUTINE}")
    gimpel.send_photo(f"{NAME}的刀口")
    gimpel.send_file(f"{NAME}.pdf", mime_type="application/pdf", caption=ROUTINE)
    gimpel.send_contact(NAME, PHONE)
    gimpel.edit(f"{NAME}说{RED_FLAG}")
    gimpel.say_in_group(f"{NAME}怎么样了")


def she_works(service: Service, trail: Trail) -> None:
    """The nurse signs in, reads, searches, writes, enrols with a mistake, and closes."""
    hooks = {"response": [trail.follow]}
    with httpx.Client(
        base_url=service.url, follow_redirects=True, timeout=30, event_hooks=hooks
    ) as desk:
        refused = desk.post("/console/sign-in", data={"login": NAME, "password": PHONE})
        assert refused.status_code == httpx.codes.UNAUTHORIZED, refused.status_code
        desk.post("/console/sign-in", data={"login": "chen", "password": PASSWORD})
        case = service.rows("escalations")[0]
        at = f"/console/cases/{case.id}"
        page = desk.get(at).text
        token = CSRF.search(page)
        assert token, "signed in and on the page of the case"
        assert NAME in page, "the nurse reads her name"
        csrf = {"csrf": token[1], "once": "1"}
        for name in (NAME, HOSPITAL_ID, "nobody"):
            found = desk.post("/console/patients", data={**csrf, "search": name}).text
            assert (NAME in found) == (name != "nobody")
        wrong = desk.post("/console/enrol", data={**csrf, **a_row(service), "birth_year": NAME})
        assert wrong.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        again = {**a_row(service), "name": CAREGIVER}
        desk.post("/console/enrol", data={**csrf, **again})
        for where in ("worklist", "patients", "rota", "staff", "enrol"):
            desk.get(f"/console/{where}")
        desk.get(f"/console/patients/{service.rows('patients')[0].id}")

        text = {**csrf, "text": MESSAGE, "note": NOTE, "reason": NOTE}
        with broken(service, "outbound"):
            failed = desk.post(f"{at}/message", data=text)
            assert failed.status_code == httpx.codes.INTERNAL_SERVER_ERROR
            trail.keep("error pages", failed.text)
        for path in (f"{at}/nonsense", f"/console/cases/{quote(NAME)}/close", "/console/photos/x"):
            # Her own words come back to her where they could not be taken; nobody else's do.
            lost = desk.post(path, data=text).text
            trail.keep("error pages", lost.replace(NOTE, "").replace(MESSAGE, ""))
        for path in (f"/console/cases/{quote(NAME)}", f"/console/patients/{HOSPITAL_ID}"):
            gone = desk.get(path)
            assert gone.status_code == httpx.codes.NOT_FOUND
            trail.keep("error pages", gone.text)
        desk.post(f"{at}/acknowledge", data=text)
        sent = desk.post(f"{at}/message", data={**text, "once": "2"})
        assert sent.is_success, sent.status_code
        desk.post(f"{at}/close", data={**text, "outcome": NOTE})
        desk.post(f"{at}/close", data={**text, "outcome": "called"})
    (closed,) = (one for one in service.rows("escalations") if one.id == case.id)
    assert closed.outcome_note == NOTE


@contextmanager
def broken(service: Service, table: str) -> Iterator[None]:
    """The database without this table, for a moment."""
    file = service.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO away_{table}")
        try:
            yield
        finally:
            database.execute(f"ALTER TABLE away_{table} RENAME TO {table}")


def knock(service: Service, http: httpx.Client, trail: Trail) -> None:
    """Doors that must not repeat what they were asked."""
    for path in (f"/{quote(NAME)}", f"/console/{quote(ROUTINE)}", f"/telegram/{PHONE}"):
        trail.keep("error pages", httpx.get(f"{service.url}{path}").text)
    with broken(service, "inbound"):
        body = {"id": "page-lost", "text": ROUTINE}
        lost = http.post("/chat/api/messages", json=body)
        assert lost.is_server_error
        trail.keep("error pages", lost.text)
    actions = f"http://127.0.0.1:{service.environment['AFTERCARE_ACTIONS_PORT']}/webhook"
    engine = service.environment["AFTERCARE_ENGINE_URL"]
    turn = f"{engine}/webhooks/aftercare/turn"
    bad = {"next_action": NAME, "tracker": {"sender_id": NAME, "text": ROUTINE}}
    for answer in (
        httpx.post(actions, json=bad),
        httpx.post(actions, json=[NAME]),
        httpx.post(actions, content=ROUTINE.encode()),
        httpx.post(turn, json={"turn_id": NAME, "text": ROUTINE}),
        httpx.post(turn, content=ROUTINE.encode()),
        httpx.get(f"{engine}/{quote(NAME)}"),
    ):
        assert answer.is_error, answer.text
        trail.keep("error pages", answer.text)


def break_the_engine(service: Service, wang: Wang) -> None:
    """A turn that fails inside the engine, and others that find nobody there."""
    service.kill("actions")
    wang.says(f"{NAME}还想说{UNHEARD}")
    service.wait_until(lambda: "failed" in service.log_of("engine"))
    service.kill("engine")
    wang.says(f"{UNHEARD}，{PHONE}")
    wang.hears(SAVED)


def cells(url: str) -> str:
    """Every cell of every table of a SQLite database, also what was packed up in it."""
    found: list[str] = []
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        database.text_factory = bytes
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in database.execute(f'SELECT * FROM "{name.decode()}"'):  # noqa: S608
                found += [readable(cell) for cell in row if isinstance(cell, bytes)]
    return "\n".join(found)


def readable(cell: bytes) -> str:
    """A cell as it is, unpacked from base64, and with \\u-escapes resolved."""
    packed = b""
    with suppress(NotBase64, ValueError):
        packed = base64.b64decode(cell, validate=True)
    shown = (cell + b"\n" + packed).decode("utf-8", "replace")
    return shown + "\n" + ESCAPED.sub(lambda one: chr(int(one[1], 16)), shown)


def look_everywhere(service: Service, folder: Path, trail: Trail) -> None:
    """What an operator can see: figures, logs, the workflow engine's rows."""
    for path in ("/metrics", "/healthz", "/readyz"):
        trail.keep(path, httpx.get(f"{service.url}{path}").text)
    assert "aftercare_inbound_waiting" in trail.said["/metrics"]
    record = cells(service.settings.database_url)
    assert set(found_in(record)) == {*CANARIES, BORN}, "the record keeps every one of them"
    trail.keep("workflows", cells(service.settings.durable_url))
    due = service.rows("check_ins")
    assert any(one.id in trail.said["workflows"] for one in due), "ids may stand there"
    trail.keep("engine's state", cells(str(folder / "tracker.db")))
    trail.keep("file names", "\n".join(str(one) for one in folder.rglob("*")))
    for name in ("app", "actions", "engine", "watchdog"):
        trail.keep(f"log of {name}", readable(service.log_of(name).encode()))
    for log, line in LINES_THAT_MUST_BE_THERE:
        assert line in trail.said[f"log of {log}"], f"the log of {log} is on, and shows ids"


def test_no_word_name_or_number_of_a_patient_is_where_an_operator_looks(
    tmp_path: Path, telegram: TelegramServer
) -> None:
    memory = str(tmp_path / "watchdog.json")
    watching = {"AFTERCARE_WATCHDOG_SECONDS": "5", "AFTERCARE_WATCHDOG_MEMORY": memory}
    with running_service(tmp_path, {**speaks_as(telegram), **watching}) as service:
        service.start("watchdog")
        trail = live_through_it(service, telegram, tmp_path)
    assert trail.leaks() == {}


def live_through_it(service: Service, telegram: TelegramServer, folder: Path) -> Trail:
    """Everybody's part; returns what an operator could see of it."""
    trail = Trail()
    chen = a_nurse(service, telegram)
    hers, his = come_by_file(service, folder, trail)
    headers = {"X-Aftercare": "chat"}
    hooks = {"response": [trail.follow]}
    with httpx.Client(base_url=service.url, headers=headers, timeout=30, event_hooks=hooks) as http:
        wang = she_writes(service, http, hers, trail)
        he_writes(telegram, his)
        assert NAME in chen.wait_for("现状").text, "the page says whom it is about"
        she_works(service, trail)
        knock(service, http, trail)
        break_the_engine(service, wang)
    look_everywhere(service, folder, trail)
    return trail

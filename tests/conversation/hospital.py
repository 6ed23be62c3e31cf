"""A whole hospital on virtual time: the real engine, real actions, real record.

Only two things are not real: the clock, which stands still until a test moves it,
and the last step of sending, which is a list that the test reads.
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path

import uvicorn

from actions.server import make_action_server
from actions.turn import work_with
from bot.core.conversation import Conversation, OutboundState
from bot.core.enrolment import NewEnrolment
from bot.core.message import Incoming, Outgoing, Part
from bot.core.patient import RiskTier
from bot.core.screening import screen
from bot.core.staff import Nurse, Shift, StaffRole
from bot.dialogue.client import EngineClient
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.workbench import FileWorkbench
from bot.services.enrol import enrol
from bot.services.parts import House, Parts
from bot.services.receive import receive
from bot.storage.database import open_database
from bot.storage.ids import RandomIds, hash_code
from bot.storage.migrate import migrate
from bot.storage.one_time_codes import TotpCodes
from bot.storage.unit_of_work import SqlRecord
from bot.wiring import keep_versions, make_library
from bot.workflows.at_once import run_due
from tests.fakes import FakePasswords, FixedClock

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"
MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a Tuesday


class Mailbox:
    """The end of every channel: keeps what was sent to each address."""

    own_page = False

    def __init__(self) -> None:
        self.sent: dict[str, list[Outgoing]] = {}
        self._ids = itertools.count(1)

    def send(self, message: Outgoing) -> str:
        self.sent.setdefault(message.address, []).append(message)
        return f"m{next(self._ids)}"


@dataclass
class Person:
    """Somebody with a phone. `says` returns what came back, in order."""

    hospital: Hospital
    address: str
    channel: str = "telegram"
    _read: int = 0

    def says(self, text: str, **more: object) -> list[str]:
        """Send a text and let everything that follows from it happen."""
        self.hospital.take(self, text=text, **more)
        return self.unread()

    def presses(self, title: str) -> list[str]:
        """Tap the newest button with this title."""
        for message in reversed(self.inbox):
            for button in (one for row in message.buttons for one in row):
                if button.title == title:
                    self.hospital.take(self, part=Part.BUTTON, button=button.id)
                    return self.unread()
        raise AssertionError(f"no button '{title}' in {[m.text[:40] for m in self.inbox[-3:]]}")

    def opens(self, code: str) -> list[str]:
        self.hospital.take(self, start_code=code)
        return self.unread()

    def sends_photo(self, caption: str = "") -> list[str]:
        self.hospital.take(self, part=Part.PHOTO, text=caption, media=("file-1",))
        return self.unread()

    @property
    def inbox(self) -> list[Outgoing]:
        return self.hospital.mailbox.sent.get(self.address, [])

    def unread(self) -> list[str]:
        fresh = [one.text for one in self.inbox[self._read :]]
        self._read = len(self.inbox)
        return fresh

    def buttons(self) -> list[str]:
        """Titles on the newest message."""
        return [one.title for row in self.inbox[-1].buttons for one in row]

    @property
    def chat(self) -> Conversation:
        found = self.hospital.rows("conversations", address=self.address)
        return found[0]


@dataclass
class Hospital:
    """The service, and the people around it."""

    parts: Parts
    clock: FixedClock
    mailbox: Mailbox
    _deliveries: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def take(self, person: Person, **what: object) -> None:
        """One delivery from a channel, and all the work that follows at this moment."""
        part = what.pop("part", Part.TEXT)
        incoming = Incoming(
            channel=person.channel,
            account="1",
            external_id=f"u{next(self._deliveries)}",
            address=person.address,
            part=part,
            **what,
        )
        receive(self.parts, incoming)
        run_due(self.parts)

    def wait(self, **by: float) -> None:
        """Let time pass, doing what falls due on the way, in steps of ten minutes."""
        until = self.clock.now() + timedelta(**by)
        while self.clock.now() < until:
            step = min(timedelta(minutes=10), until - self.clock.now())
            self.clock.at += step
            run_due(self.parts)

    def leap(self, **by: float) -> None:
        """Let time pass at once, as if the service had been away."""
        self.clock.advance(**by)
        run_due(self.parts)

    def rows(self, name: str, **where: object) -> list:  # type: ignore[type-arg]
        order = where.pop("order_by", "id")
        with self.parts.record.reading() as tx:
            return list(getattr(tx, name).find(order_by=order, **where))

    def enrol(self, name: str = "王秀英", **changes: object) -> tuple[str, ...]:
        """Enrol a patient home since today; returns her code and the caregiver's."""
        row = NewEnrolment(
            name=name,
            hospital_id=f"H-{name}",
            birth_year=1946,
            procedure_code="knee_replacement",
            surgery_on=date(2026, 3, 5),
            discharge_on=date(2026, 3, 10),
            language="zh",
            time_zone="Asia/Shanghai",
            risk_tier=RiskTier.MEDIUM,
            channel="telegram",
        )
        done = enrol(self.parts, row=replace(row, **changes))
        return tuple(one.code for one in done.invited)

    def patient(self, address: str = "wang", **changes: object) -> Person:
        """A patient who has opened her link, said her year of birth and agreed."""
        code, *_ = self.enrol(**changes)
        person = Person(self, address)
        person.opens(code)
        person.says(str(changes.get("birth_year", 1946)))
        agree = self.parts.library.shared.phrases.say("button_agree", person.chat.language)
        person.presses(agree)
        return person

    def nurse(self, name: str, rota: str) -> Person:
        """A nurse on a rota for the next year, with her own chat."""
        person = Person(self, f"nurse-{name}")
        now = self.clock.now()
        with self.parts.record.transaction() as tx:
            from bot.core.conversation import Mode

            chat = Conversation(
                id=f"chat-{name}",
                channel="telegram",
                account="1",
                address=person.address,
                mode=Mode.UNKNOWN,
                language="zh",
                created_at=now,
                nurse_id=f"nurse-{name}",
            )
            tx.conversations.add(chat)
            tx.nurses.add(
                Nurse(
                    id=f"nurse-{name}",
                    name=name,
                    login=name,
                    password_hash="",
                    role=StaffRole.CHARGE_NURSE if rota == "charge" else StaffRole.NURSE,
                    ward="*",
                    language="zh",
                    created_at=now,
                    conversation_id=chat.id,
                )
            )
            tx.shifts.add(
                Shift(
                    id=f"shift-{name}",
                    nurse_id=f"nurse-{name}",
                    rota=rota,
                    starts_at=now - timedelta(days=1),
                    ends_at=now + timedelta(days=400),
                )
            )
        return person

    def undelivered(self) -> int:
        with self.parts.record.reading() as tx:
            return tx.outbound.count(state=OutboundState.QUEUED)


@contextmanager
def action_server() -> Iterator[str]:
    """The real action server in a thread; it works with whatever parts a test gives it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = make_action_server(None)  # type: ignore[arg-type]
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        server.should_exit = True
        thread.join(5)


@cache
def lexicons():  # type: ignore[no-untyped-def]
    return load_lexicons(PATHWAYS / "shared" / "lexicon")


@cache
def answer_words():  # type: ignore[no-untyped-def]
    return load_answer_words(PATHWAYS / "shared" / "answer_words")


def open_hospital(folder: Path, engine: EngineClient, url: str = "") -> Hospital:
    """A fresh hospital on an empty record, with the house's own pathways and words."""
    database = open_database(url or f"sqlite:///{folder}/aftercare.db")
    migrate(database)
    record, clock, mailbox = SqlRecord(database), FixedClock(MORNING), Mailbox()
    library = make_library(record, PATHWAYS)
    keep_versions(record, library, clock)
    parts = Parts(
        record=record,
        clock=clock,
        ids=RandomIds(),
        library=library,
        screen=partial(screen, lexicons=lexicons()),
        answer_words=answer_words(),
        dialogue=engine,
        senders={"telegram": mailbox, "webchat": mailbox},
        passwords=FakePasswords(),
        one_time_codes=TotpCodes(),
        hash_code=hash_code,
        workbench=FileWorkbench(PATHWAYS),
        house=House(
            name={"zh": "仁爱医院", "en": "Ren Ai Hospital"},
            country="CN",
            public_url="https://aftercare.example",
            hospital_line="021-5550",
        ),
    )
    work_with(parts)
    return Hospital(parts, clock, mailbox)

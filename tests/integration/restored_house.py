"""A house that lives, and a second, empty machine to restore it on. For the tests of backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, inspect, select

from bot import wiring
from bot.commands import backups
from bot.core.check_in import CheckInState
from bot.core.conversation import Outbound, Priority
from bot.core.message import Incoming, Part
from bot.core.patient import Consent
from bot.services.chain_audit import chain_audit
from bot.services.parts import Parts
from bot.services.receive import receive
from bot.services.sign_in import sign_in
from bot.services.staff_accounts import make_account
from bot.settings import read_settings
from bot.storage.database import open_database
from bot.storage.media import FileMedia
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.conftest import a_postgres
from tests.fakes import ROWS, FakeDialogue, FakeSender, FixedClock

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
RED_FLAG = "我胸口疼得厉害，喘不上气"
PHOTO = b"\xff\xd8\xff a wound"
# The pathways do not change during these tests, so they are read once.
READ_ONCE = {name: cache(getattr(wiring, name)) for name in ("load_lexicons", "load_answer_words")}
KINDS = {**ROWS, "PathwayVersion": "pathway_versions"}


@contextmanager
def empty_beside(url: str, folder: Path) -> Iterator[str]:
    """A second database of the same kind, with nothing in it."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder}/new/aftercare.db"
        return
    with a_postgres(None) as other:
        yield other


@dataclass
class Machine:
    """One machine: its settings in the environment, its record, its parts."""

    url: str
    folder: Path
    clock: FixedClock
    monkeypatch: pytest.MonkeyPatch

    def switch_on(self) -> None:
        """From now on the commands run on this machine."""
        for name, value in {
            "AFTERCARE_DATABASE_URL": self.url,
            "AFTERCARE_MEDIA": str(self.media),
            "AFTERCARE_PATHWAYS": str(ROOT / "pathways"),
            "AFTERCARE_HOSPITAL_LINE": "021-5550",
        }.items():
            self.monkeypatch.setenv(name, value)
        for name, load in READ_ONCE.items():
            self.monkeypatch.setattr(wiring, name, load)
        for module in (backups, wiring):
            self.monkeypatch.setattr(module, "make_clock", lambda _settings: self.clock)

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @contextmanager
    def awake(self) -> Iterator[Parts]:
        """The use cases on this record, with a provider and an engine that remember."""
        self.switch_on()
        wired = wiring.wire(read_settings(), prepare=True)
        sender = FakeSender()
        senders = {"telegram": sender, "webchat": sender}
        try:
            yield replace(wired.parts, dialogue=FakeDialogue(), senders=senders)
        finally:
            wired.record.engine.dispose()

    def backup(self, to: Path, **options: Any) -> None:
        self.switch_on()
        backups.backup(to, **{"keep": None, **options})

    def restore(self, file: Path, **options: Any) -> None:
        self.switch_on()
        backups.restore(file, **{"replace": False, "nothing_since": False, **options})

    def tables(self) -> dict[str, list[Any]]:
        """Every row of every table, as the database holds it."""
        engine = open_database(self.url)
        try:
            metadata = MetaData()
            metadata.reflect(engine)
            with engine.connect() as connection:
                return {
                    name: sorted(map(repr, connection.execute(select(table)).all()))
                    for name, table in metadata.tables.items()
                    if name.partition(".")[0] != "dbos"
                }
        finally:
            engine.dispose()

    def schemas(self) -> list[str]:
        engine = open_database(self.url)
        try:
            return inspect(engine).get_schema_names()
        finally:
            engine.dispose()


def add(parts: Parts, *items: Any) -> None:
    with parts.record.transaction() as tx:
        for item in items:
            getattr(tx, KINDS[type(item).__name__]).add(item)


def rows(parts: Parts, name: str, **where: Any) -> list[Any]:
    order = where.pop("order_by", "id")
    with parts.record.reading() as tx:
        return list(getattr(tx, name).find(order_by=order, **where))


def from_patient(text: str, number: int, name: str = "wang") -> Incoming:
    return Incoming(
        channel="telegram",
        account="ward",
        external_id=f"{name}-{number}",
        address=name,
        part=Part.TEXT,
        text=text,
    )


def live(parts: Parts, media: Path) -> None:
    """Wang has a red flag and a photo, Li said STOP, Sun is in a check-in, Zhou waits for one."""
    pathway = parts.library.pathway("hip_knee_replacement")
    on = {
        "pathway_id": pathway.id,
        "pathway_version": pathway.version,
        "procedure_code": pathway.procedures[0],
    }
    plan = pathway.check_ins[0].id
    people: list[Any] = []
    for name in ("wang", "li", "zhou", "sun"):
        people += [
            *(b.a_patient(name), b.a_contact(name), b.an_episode(name, **on), b.a_chat(name)),
            Consent(
                *(f"consent-{name}", f"episode-{name}", f"contact-{name}", f"chat-{name}"),
                *("1", "zh", "given", START),
            ),
        ]
    for name, rota in (("chen", "first"), ("zhao", "charge")):
        people += [b.a_nurse_chat(name), b.a_nurse(name), b.a_shift(name, rota)]
    tomorrow = START + timedelta(days=1)
    planned = {"plan_id": plan, "state": CheckInState.PLANNED, "opened_at": None}
    people += [
        b.a_check_in("wang", plan_id=plan),
        b.a_check_in("sun", plan_id=plan, follow_up_at=START + timedelta(hours=4)),
        b.a_check_in(
            *("zhou",), **planned, due_at=tomorrow, window_end=tomorrow + timedelta(hours=11)
        ),
    ]
    add(parts, *people)
    make_account(
        parts, name="陈静", login="jing", password=PASSWORD, role="nurse", ward="*", language="zh"
    )
    photo = FileMedia(media).save(PHOTO, "image/jpeg")
    receive(parts, from_patient(RED_FLAG, 1))
    receive(parts, from_patient("退订", 1, "li"))
    receive(parts, replace(from_patient("伤口照片", 2), part=Part.PHOTO, media=(photo,)))
    run_due(parts)
    chain_audit(parts)
    sign_in(parts, login="jing", password=PASSWORD, place="ward")
    last = {one.conversation_id: one.seq for one in rows(parts, "outbound", order_by="seq")}
    with parts.record.transaction() as tx:
        for name, priority in (("wang", Priority.URGENT_ADVICE), ("zhou", Priority.CONVERSATION)):
            chat = tx.conversations.get(f"chat-{name}")
            seq = last.get(chat.id, 0) + 1
            tx.conversations.swap(chat, replace(chat, last_out=seq))
            text = f"{name} waits for this"
            tx.outbound.add(
                Outbound(
                    *(f"out-{name}", chat.id, seq, f"key-{name}", priority, text),
                    created_at=START,
                    epoch=chat.epoch,
                )
            )

"""Fakes: stand-ins for what lies outside, and a real record on a throw-away SQLite file.

`a_world(tmp_path)` gives all of it at once: a clock that only tests move, ids in
order, a sender and an engine that remember, and the parts made of them.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import event

from bot.core.errors import DeliveryFailed, EngineUnavailable, NotFound
from bot.core.message import Outgoing
from bot.core.pace import Limits
from bot.core.pathway import Pathway, Shared
from bot.core.reading import AnswerWords
from bot.core.screening import Screening
from bot.core.shared import Phrases
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.workbench import FileWorkbench
from bot.services.parts import House, Parts
from bot.services.ports import EngineReply
from bot.storage.database import open_database
from bot.storage.one_time_codes import TotpCodes
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlRecord
from tests import builders
from tests.builders import START

SHARED = Path(__file__).parents[1] / "pathways" / "shared"


class FixedClock:
    """Stands still until a test moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> datetime:
        """Move on: `clock.advance(minutes=5)`."""
        self.at += timedelta(**by)
        return self.at


class CountingIds:
    """Ids in order: id-00001, id-00002; codes in order too. Safe to share between threads."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        return f"id-{next(self._numbers):05}"

    def code(self) -> str:
        return f"CODE-{next(self._numbers):05}"


class FakeSender:
    """A channel that remembers what it was given, or fails as it was told to."""

    own_page = False

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.failures: deque[DeliveryFailed] = deque()

    def send(self, message: Outgoing) -> str:
        if self.failures:
            raise self.failures.popleft()
        self.sent.append(message)
        return f"provider-{len(self.sent)}"


class FakeDialogue:
    """An engine that says what it was given to say; `down` makes it unavailable."""

    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.replies: deque[tuple[EngineReply, ...]] = deque()
        self.down = False

    def turn(self, **asked: Any) -> tuple[EngineReply, ...]:
        if self.down:
            raise EngineUnavailable("the fake engine is down")
        self.turns.append(asked)
        return self.replies.popleft() if self.replies else (EngineReply("..."),)


class FakeScreen:
    """Finds nothing, except in texts a test has marked."""

    def __init__(self) -> None:
        self.found: dict[str, Screening] = {}

    def __call__(self, text: str, **_where: Any) -> Screening:
        return self.found.get(text, Screening(text=text, level=TriageLevel.ROUTINE))


class FakePasswords:
    def hash(self, password: str) -> str:
        return f"hashed:{password}"

    def matches(self, password: str, hashed: str) -> bool:
        return hashed == f"hashed:{password}"


@dataclass
class FakeLibrary:
    """The pathways a test gives it; every version of one id is the same."""

    pathways: dict[str, Pathway]
    shared: Shared

    def pathway(self, id: str, version: str | None = None) -> Pathway:
        try:
            return self.pathways[id]
        except KeyError:
            raise NotFound(f"no pathway '{id}'") from None

    def followed(self, id: str, version: str) -> Pathway:
        return self.pathway(id, version)

    def for_procedure(self, code: str) -> Pathway | None:
        found = (one for one in self.pathways.values() if code in one.procedures)
        return next(found, None)

    def procedures(self) -> frozenset[str]:
        return frozenset(code for one in self.pathways.values() for code in one.procedures)

    def all(self) -> tuple[Pathway, ...]:
        return tuple(self.pathways.values())

    def refresh(self) -> bool:
        return False


@dataclass
class World:
    """Everything a use case meets, in the hands of a test."""

    parts: Parts
    record: SqlRecord
    clock: FixedClock
    ids: CountingIds
    sender: FakeSender
    dialogue: FakeDialogue
    screen: FakeScreen
    woken: list[tuple[str, str]] = field(default_factory=list)

    def add(self, *items: Any) -> None:
        """Put core objects into the record, each into the rows of its kind."""
        with self.record.transaction() as tx:
            for item in items:
                getattr(tx, ROWS[type(item).__name__]).add(item)

    def rows(self, name: str, **where: Any) -> list[Any]:
        """Core objects of the record: `world.rows("tasks", kind="photo")`."""
        order = where.pop("order_by", "id")
        with self.record.reading() as tx:
            return list(getattr(tx, name).find(order_by=order, **where))

    def get(self, name: str, id: str) -> Any:
        with self.record.reading() as tx:
            found = getattr(tx, name).get(id)
        assert found is not None, f"{name} has no {id}"
        return found

    def said_to(self, conversation_id: str) -> list[str]:
        """What was queued for one chat, in order."""
        found = self.rows("outbound", conversation_id=conversation_id, order_by="seq")
        return [one.text for one in found]


ROWS: Mapping[str, str] = {
    "Patient": "patients",
    "Merge": "merges",
    "Contact": "contacts",
    "Episode": "episodes",
    "Invitation": "invitations",
    "Consent": "consents",
    "Conversation": "conversations",
    "Takeover": "takeovers",
    "Inbound": "inbound",
    "Outbound": "outbound",
    "ButtonPress": "buttons",
    "Turn": "turns",
    "CheckIn": "check_ins",
    "Nudge": "nudges",
    "Asked": "asked",
    "Observation": "observations",
    "Escalation": "escalations",
    "Cause": "causes",
    "Notification": "notifications",
    "Nurse": "nurses",
    "Shift": "shifts",
    "ShiftOffer": "shift_offers",
    "Guesses": "guesses",
    "SignIn": "sign_ins",
    "SecondStep": "second_steps",
    "NurseTask": "tasks",
    "AuditEntry": "audit",
    "Invariant": "invariants",
    "SignOfLife": "signs_of_life",
    "Drill": "drills",
    "Draft": "drafts",
    "Release": "releases",
    "Move": "moves",
}


def hash_code(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


@cache
def empty_database() -> bytes:
    """The bytes of a database with all tables, made once for the whole test run."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = open_database(f"sqlite:///{file}")
        metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


def a_record(folder: Path, woken: list[tuple[str, str]] | None = None) -> SqlRecord:
    """A real record on a fresh SQLite file in `folder`."""
    file = folder / "aftercare.db"
    file.write_bytes(empty_database())
    start = None if woken is None else (lambda work, about: woken.append((work, about)))
    engine = open_database(f"sqlite:///{file}")
    # No power cut happens in a unit test; waiting for the disk would only make it slow.
    event.listen(engine, "connect", lambda one, _record: one.execute("PRAGMA synchronous=OFF"))
    return SqlRecord(engine, start)


def a_world(
    folder: Path,
    *,
    shared: Shared | None = None,
    pathway: Pathway | None = None,
    limits: Mapping[str, Limits] | None = None,
) -> World:
    """Parts on a fresh record. Phrases echo their key; see `builders.EchoPhrases`."""
    woken: list[tuple[str, str]] = []
    record, clock, ids = a_record(folder, woken), FixedClock(), CountingIds()
    sender, dialogue, screen = FakeSender(), FakeDialogue(), FakeScreen()
    pathway = pathway or builders.a_pathway(shared=shared)
    parts = Parts(
        record=record,
        clock=clock,
        ids=ids,
        library=FakeLibrary({pathway.id: pathway}, pathway.shared),
        screen=screen,
        answer_words=the_answer_words(),
        dialogue=dialogue,
        senders={"telegram": sender, "webchat": sender},
        passwords=FakePasswords(),
        one_time_codes=TotpCodes(),
        hash_code=hash_code,
        workbench=FileWorkbench(folder / "pathways"),
        house=House(
            name={"zh": "仁爱医院", "en": "Ren Ai Hospital"},
            country="CN",
            public_url="https://aftercare.example",
            hospital_line="0571-1234",
            telegram_username="aftercare_bot",
        ),
        limits=limits or {},
    )
    return World(parts, record, clock, ids, sender, dialogue, screen, woken)


@cache
def the_answer_words() -> AnswerWords:
    """The real words by which answers and wishes are read."""
    return load_answer_words(SHARED / "answer_words")


@cache
def the_phrases() -> Phrases:
    """The house's own sentences as they stand in pathways/shared, for tests of wording."""
    file = SHARED / "phrases.yml"
    return Phrases({key: Words(entry) for key, entry in YAML(typ="safe").load(file).items()})

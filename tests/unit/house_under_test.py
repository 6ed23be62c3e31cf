"""The house of the state machine: a real record, and edges that fail as they are told to.

Everything that may go wrong outside is here: the engine is down, a provider times out,
slows us down or says that we are blocked, and the process dies before or after a commit.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode, Outbound, Priority
from bot.core.errors import DeliveryFailed, EngineUnavailable
from bot.core.message import Incoming, Outgoing, Part
from bot.core.schedule import in_quiet_hours
from bot.core.screening import RedFlag, Screening
from bot.core.triage_level import TriageLevel
from bot.services.find_due import find_due
from bot.services.hear import Heard, begin, hear
from bot.services.parts import Parts
from bot.services.ports import EngineReply, Transaction
from bot.services.receive import receive
from bot.storage.unit_of_work import SqlRecord
from bot.workflows.verbs import do
from tests.builders import START, a_chat, a_check_in, a_contact, both, wang_and_her_ward
from tests.fakes import World
from tests.unit.patient_desk import her_world

ZONE = "Asia/Shanghai"
DAYS = 6
MOST_LOOKS = 60
FLAGS = {
    "胸口痛": TriageLevel.EMERGENCY,
    "伤口流脓": TriageLevel.SAME_DAY,
}


class Died(BaseException):
    """The process is gone. No `except Exception` may hold it up."""


class MortalRecord:
    """A record whose process dies at a commit: `fuse` commits from now, before or after it."""

    def __init__(self, inner: SqlRecord) -> None:
        self.inner = inner
        self.fuse: int | None = None
        self.kept = False  # whether the commit still happens

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        dies = False
        with self.inner.transaction() as tx:
            yield tx
            if self.fuse is not None:
                self.fuse -= 1
                dies = self.fuse < 0
            if dies and not self.kept:
                self.fuse = None
                raise Died
        if dies:
            self.fuse = None
            raise Died

    def reading(self) -> Any:
        return self.inner.reading()


class ActingEngine:
    """Does what the trained engine and its actions do with one message, or is down."""

    def __init__(self) -> None:
        self.parts: Parts | None = None
        self.down = self.dies = False
        self.heard: set[str] = set()

    def turn(self, **asked: Any) -> tuple[EngineReply, ...]:
        if self.down:
            raise EngineUnavailable("down")
        assert self.parts is not None
        heard = Heard(asked["metadata"]["inbound_id"], "inform", 1.0)
        do = begin if asked["intent"] else hear
        answer = do(self.parts, heard)
        if self.dies:
            self.dies = False
            raise Died
        self.heard.add(heard.inbound_id)
        return tuple(
            EngineReply(one["text"], custom={"buttons": one["buttons"], "scale": one["scale"]})
            for one in answer.replies
        )


@dataclass
class Provider:
    """The end of every channel. It remembers what arrived, and what should not have."""

    own_page = False

    world: World
    faults: dict[str, str] = field(default_factory=dict)  # address -> what happens there
    arrived: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def send(self, message: Outgoing) -> str:
        (row,) = self.world.rows("outbound", key=message.reply_key)
        self._look_at(row)
        fault = self.faults.get(message.address, "")
        if fault == "dies":
            del self.faults[message.address]
            self.arrived[message.reply_key] += 1
            raise Died
        if fault == "unknown":  # it arrived, and we were never told
            self.arrived[message.reply_key] += 1
        if fault:
            raise DeliveryFailed(fault, retry_after=20)
        self.arrived[message.reply_key] += 1
        return f"provider-{sum(self.arrived.values())}"

    def _look_at(self, row: Outbound) -> None:
        chat = self.world.get("conversations", row.conversation_id)
        if row.kind == "bot" and (chat.mode is not Mode.BOT or chat.epoch != row.epoch):
            self.wrong.append(f"the chatbot spoke while {chat.mode} led: {row.key}")
        quiet = in_quiet_hours(row.created_at, ZONE, self.world.parts.library.pathway("x"))
        if row.kind == "bot" and row.priority is Priority.CHECK_IN and quiet:
            self.wrong.append(f"written in quiet hours: {row.key}")


class TheHouse:
    """Mrs Wang and her daughter, three nurses, and everything between them."""

    def __init__(self, folder: Path) -> None:
        self.world = her_world(folder)
        self.engine = ActingEngine()
        self.provider = Provider(self.world)
        self.record = MortalRecord(self.world.record)
        pathway = self.world.parts.library.all()[0]
        self.world.parts.library.pathways["x"] = pathway  # type: ignore[attr-defined]
        self.parts = replace(
            self.world.parts,
            record=self.record,
            dialogue=self.engine,
            senders={"telegram": self.provider, "webchat": self.provider},
        )
        self.engine.parts = self.parts
        self.world.add(*wang_and_her_ward(), a_contact("fang", of="wang"), a_chat("fang"))
        self.world.add(*(self._planned(day) for day in range(DAYS)))
        for words, level in FLAGS.items():
            flag = RedFlag(words, level, words, both("why"))
            self.world.screen.found[words] = Screening(words, level, red_flags=(flag,))
        self.accepted: dict[str, Incoming] = {}
        self.said: deque[Incoming] = deque(maxlen=5)

    def _planned(self, day: int) -> Any:
        due = START + timedelta(days=day, hours=1)
        planned = a_check_in(
            occurrence=day + 1,
            state=CheckInState.PLANNED,
            due_at=due,
            window_end=due + timedelta(hours=9),
            opened_at=None,
            conversation_id=None,
        )
        return replace(planned, id=f"check-in-{day}")

    def take(self, address: str, text: str = "", **over: Any) -> None:
        """One delivery; it counts as accepted only if `receive` came back."""
        self.world.clock.advance(seconds=1)
        given: dict[str, Any] = {
            "channel": "telegram",
            "account": "ward",
            "external_id": f"u{len(self.accepted)}-{self.world.ids.new()}",
            "address": address,
            "part": Part.BUTTON if over.get("button") else Part.TEXT,
            "text": text,
        }
        self.again(Incoming(**{**given, **over}))

    def again(self, incoming: Incoming) -> None:
        with suppress(Died):
            receive(self.parts, incoming)
            self.accepted[incoming.external_id] = incoming
            self.said.append(incoming)
            self.work()

    def work(self) -> None:
        """What is due now, unless the process dies over it.

        A worker that died still holds its lane: the same work stays due until the lease
        runs out, so this stops when two looks in a row find the same.
        """
        before: list[tuple[str, str]] | None = None
        for _ in range(MOST_LOOKS):
            due = find_due(self.parts)
            if not due or due == before:
                return
            before = due
            for work, about in due:
                try:
                    do(self.parts, work, about)
                except Died:
                    return
        raise AssertionError(f"work makes work without end: {due[:5]}")

    def wait(self, minutes: int, *, steps: int = 4) -> None:
        for _ in range(steps):
            self.world.clock.advance(minutes=minutes / steps)
            self.work()

    def rows(self, name: str, **where: Any) -> list[Any]:
        return self.world.rows(name, **where)

    def newest_button(self, address: str, which: int) -> str:
        """One of the newest buttons of a chat; "" when it has none."""
        (chat,) = self.rows("conversations", address=address)
        found = self.rows("buttons", conversation_id=chat.id, order_by="created_at,id")
        return found[-1 - which % len(found)].id if found else ""

    def heal(self) -> None:
        """Everything outside works again."""
        self.record.fuse = None
        self.engine.down = self.engine.dies = False
        self.provider.faults.clear()

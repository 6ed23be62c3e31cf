"""The crash matrix: every point, every fault, at random under load, on one database.

rounds = whole_matrix(kills=110)      # or short_matrix()
report, house = run(rounds, "sqlite", telegram, folder)
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.core.conversation import InboundState, OutboundState
from bot.storage.database import open_database as open_engine
from bot.storage.unit_of_work import SqlRecord
from tests.crash.databases import open_database
from tests.crash.faults import FAULTS, Fault, kill_at, random_kill
from tests.crash.history import Watcher, history_of
from tests.crash.house import House, running_house
from tests.crash.people import People, move_in
from tests.crash.points import POINTS
from tests.crash.promises import Report, judge
from tests.telegram_server.server import TelegramServer

SETTLE_SECONDS: Final = 240.0
# A point that the crowd passes all the time is passed once or a few times before it kills.
MOST_PASSINGS: Final = 3
OFTEN: Final = ("receive.", "converse.", "deliver.", "hear.")


@dataclass(frozen=True)
class Round:
    """One thing that goes wrong."""

    name: str
    fault: Fault


@dataclass(frozen=True)
class Plan:
    """How large a matrix is. `calm` red flags are timed at the end, nothing broken."""

    rounds: Sequence[Round]
    patients: int
    messages: int
    per_second: float
    calm: int
    minutes: float = 60.0  # then the rounds that are left are left out, and that is noted


def whole_matrix(*, times: int = 3, seed: int = 23) -> Plan:
    """Every point several times, every fault twice, and kills at any moment."""
    dice = random.Random(seed)  # noqa: S311, the same matrix in every run
    rounds = [
        Round(point, kill_at(point, dice.randint(1, MOST_PASSINGS) if _often(point) else 1))
        for point in POINTS
        for _ in range(times)
    ]
    rounds += [Round("app at random", random_kill("app")) for _ in range(8)]
    rounds += [Round("actions at random", random_kill("actions")) for _ in range(4)]
    rounds += [Round("engine at random", random_kill("engine")) for _ in range(2)]
    rounds += [Round(name, fault) for name, fault in FAULTS.items() for _ in range(2)]
    dice.shuffle(rounds)
    return Plan(rounds, patients=20, messages=1000, per_second=1.6, calm=8)


def short_matrix(*names: str, seed: int = 5) -> Plan:
    """These points and faults, once, in a small crowd."""
    rounds = [Round(name, FAULTS.get(name) or kill_at(name)) for name in names]
    random.Random(seed).shuffle(rounds)  # noqa: S311
    return Plan(rounds, patients=3, messages=0, per_second=2.0, calm=1)


def _often(point: str) -> bool:
    return point.startswith(OFTEN)


@dataclass
class Run:
    """What one matrix came to: the report, and how it went."""

    database: str
    report: Report
    rounds: dict[str, int]
    kills: dict[str, int]
    notes: list[str]
    looks: int
    seconds: float


def run(plan: Plan, kind: str, telegram: TelegramServer, folder: Path) -> Run:
    """Let everything go wrong on one database, come to rest, and judge."""
    began = time.monotonic()
    with open_database(kind) as database, running_house(folder, telegram, database) as house:
        people = move_in(house, patients=plan.patients)
        with Watcher(database.url) as watcher:
            people.write(per_second=plan.per_second)
            for number, one in enumerate(plan.rounds, 1):
                if time.monotonic() - began > 60 * plan.minutes:
                    house.notes.append(f"{len(plan.rounds) - number + 1} rounds left out: no time")
                    break
                _play(house, people, one, f"{number}/{len(plan.rounds)}")
            house.all_up()
            while people.written < plan.messages:
                time.sleep(0.5)
            people.stop()
            storms = [(p.person.address, dict(p.hurt)) for p in people.patients]
            settle(house)
            calm = [_seconds_to_page(house, people) for _ in range(plan.calm)]
            settle(house)
            stormy, unpaged = _pages(house, people, storms)
            history = history_of(
                house, people, watcher, stormy_pages=stormy, calm_pages=calm, unpaged=unpaged
            )
        return Run(
            database=kind,
            report=judge(history),
            rounds=dict(house.faults),
            kills=dict(house.kills),
            notes=house.notes,
            looks=watcher.looks,
            seconds=time.monotonic() - began,
        )


def _play(house: House, people: People, one: Round, place: str) -> None:
    began = time.monotonic()
    one.fault(house, people)
    house.faults[one.name] += 1
    line = f"{place} {one.name}: {time.monotonic() - began:.1f} s, {people.written} messages"
    with (house.folder / "rounds.log").open("a", encoding="utf-8") as log:
        log.write(line + "\n")


def settle(house: House) -> None:
    """Wait until nothing is left to do; time jumps, so that no lease is waited for."""
    house.telegram.faults.clear()
    house.all_up()
    record = SqlRecord(open_engine(house.database.url))
    until, jumped = time.monotonic() + SETTLE_SECONDS, time.monotonic()
    try:
        while (left := house.surely(lambda: _left(record))) and time.monotonic() < until:
            if time.monotonic() - jumped > 12:
                house.jump()
                jumped = time.monotonic()
            time.sleep(0.5)
    finally:
        record.engine.dispose()
    if left:
        house.notes.append(f"after {SETTLE_SECONDS:g} s {left} things were still under way")
    time.sleep(3)  # a sweep takes what the last jump made due


def _left(record: SqlRecord) -> int:
    with record.reading() as tx:
        waiting = tx.inbound.count(state=InboundState.RECEIVED)
        return waiting + tx.outbound.count(state__in=(OutboundState.QUEUED, OutboundState.SENDING))


def _seconds_to_page(house: House, people: People) -> float:
    """One red flag while all is well: from her tap to the nurse's phone."""
    house.surely(people.close_cases)
    settle(house)
    patient, nurse = people.one(), next(iter(people.nurses.values()))
    before = len(house.telegram.transcript.of(nurse))
    patient.say()
    name = patient.person.user["first_name"]

    def page() -> float:
        later = house.telegram.transcript.of(nurse)[before:]
        return next((one.at for one in later if one.from_bot and name in one.text), 0.0)

    house.telegram.transcript.wait(lambda: page() > 0, 30)
    return (page() or time.monotonic()) - max(patient.hurt.values())


def _pages(
    house: House, people: People, storms: Sequence[tuple[str, dict[str, float]]]
) -> tuple[list[float], list[str]]:
    """Seconds from each red flag to the next message that names this patient to a nurse,
    and the chats of red flags that no nurse has read of since.
    """
    names = {one.person.address: one.person.user["first_name"] for one in people.patients}
    read = [
        one
        for address in people.nurses.values()
        for one in house.telegram.transcript.of(address)
        if one.from_bot
    ]
    found: list[float] = []
    unpaged: list[str] = []
    for address, flags in storms:
        mine = sorted(one.at for one in read if names[address] in one.text)
        for at in flags.values():
            after = [one - at for one in mine if one >= at]
            found += after[:1]
            unpaged += [] if after else [f"in chat {address}"]
    return found, unpaged

"""Faults: small things that go wrong, each begun and healed by one call.

A fault takes the house and the people, does its harm while they go on, and
leaves everything running again. What died on the way is counted by the house.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from tests.crash.house import House
from tests.crash.people import WAIT, People
from tests.crash.points import ACTIONS, CHECK_IN, ESCALATION, NUDGE, POINTS

Fault = Callable[[House, People], None]

LONGEST_WAIT = 12.0  # seconds for a running process to reach its point
FIXED_TEXT: Final = {"zh": "已存下", "en": "saved"}


def kill_at(point: str, passing: int = 1) -> Fault:
    """The process that passes `point` dies there, and is started again without it."""
    name = "actions" if point in ACTIONS else "app"

    def harm(house: House, people: People) -> None:
        prepare(point, house, people)
        stop(house, name)
        house.start(name, point=point, passing=passing)
        provoke(point, house, people)
        if house.died(name, LONGEST_WAIT):
            house.kills[f"{name} {point}"] += 1
        else:
            house.notes.append(f"{point} was not reached in {LONGEST_WAIT:g} s; killed at random")
            house.kill(name)
        house.jump()
        house.start(name)

    return harm


def prepare(point: str, house: House, people: People) -> None:
    """What must have happened before the process is started that dies."""
    if not point.startswith("escalation.step"):
        return
    house.all_up()
    patient = people.one()
    patient.say()
    parts = house.service.parts

    def is_open() -> int:
        with parts.record.reading() as tx:
            return tx.escalations.count(state="open")

    house.service.wait_until(lambda: house.surely(is_open), seconds=WAIT)
    house.jump(6 * 60)


def provoke(point: str, house: House, people: People) -> None:
    """Make sure that the point will be passed."""
    if point in CHECK_IN:
        house.surely(people.check_in_due)
    elif point in NUDGE:
        house.surely(people.close_cases)
        house.surely(people.reminder_due)
    elif point in ESCALATION and not point.startswith("escalation.step"):
        house.surely(people.close_cases)
        people.one().say()
    elif point in ACTIONS or point in POINTS:
        patient = people.one()
        for _ in range(2):
            patient.say({"zh": "伤口可以碰水吗", "en": "can I take a shower"}[patient.language])


def stop(house: House, name: str) -> None:
    """Whatever still runs of it ends like all the others: by kill -9."""
    process = house.service.processes[name]
    if process.poll() is None:
        house.kill(name, "before a point")


def random_kill(name: str) -> Fault:
    """kill -9 at any moment."""

    def harm(house: House, people: People) -> None:
        house.all_up()
        time.sleep(people.dice.uniform(0.2, 3.0))
        house.kill(name)
        house.start(name)

    return harm


def everything_dies(house: House, people: People) -> None:
    """A power cut: every process of ours at once."""
    house.all_up()
    for name in ("app", "actions", "engine"):
        house.kill(name, "in a power cut")
    house.database.restart()
    house.all_up()


def engine_and_actions_down(house: House, people: People) -> None:
    """P7: the fixed text comes without engine, model and action server, and a page too."""
    house.all_up()
    house.surely(people.close_cases)
    for name in ("engine", "actions"):
        house.kill(name, "for the fixed text")
    asks, hurt = people.patients[0], people.patients[1]
    asks.say({"zh": "药还要吃几天", "en": "how long the pills"}[asks.language])
    hurt.say()
    asks.person.wait_for(FIXED_TEXT[asks.language], WAIT)
    hurt.person.wait_for("120", WAIT)
    house.all_up()


def frozen(house: House, people: People) -> None:
    """The app stands still for longer than its leases, and then goes on with old claims."""
    house.all_up()
    house.freeze("app", 2.0)
    house.service.processes["app"].poll()
    house.jump()
    time.sleep(1)


def database_restart(house: House, people: People) -> None:
    """The database server dies and comes back while everybody writes."""
    house.all_up()
    reason = house.database.restart()
    if reason:
        house.notes.append(f"no database restart: {reason}")
    time.sleep(1)


def locked_database(house: House, people: People) -> None:
    """Somebody else holds the database for some seconds."""
    house.all_up()
    with house.database.locked():
        time.sleep(6)


def disk_full(house: House, people: People) -> None:
    """Not a byte can be written for some seconds."""
    if not house.database.small_disk:
        house.notes.append("no full disk: a small file system can only be made as root on Linux")
        return
    house.all_up()
    ballast = house.database.fill_disk()
    time.sleep(6)
    ballast.unlink()
    house.database.ready()


def provider_down(house: House, people: People) -> None:
    """Nobody reaches Telegram; what people write waits there."""
    house.all_up()
    house.telegram.cut_network()
    time.sleep(4)
    house.telegram.restore_network()


def provider_slow(house: House, people: People) -> None:
    """Telegram takes the message and does not answer in time: it may arrive twice."""
    house.all_up()
    house.telegram.faults.time_out(seconds=40, times=3)
    time.sleep(6)
    house.jump()


def provider_says_wait(house: House, people: People) -> None:
    """429 to several messages in a row."""
    house.all_up()
    house.telegram.faults.too_fast(3, times=6)
    time.sleep(4)


def provider_says_blocked(house: House, people: People) -> None:
    """403 for one patient, who then writes again and can be reached again."""
    house.all_up()
    patient = people.one()
    house.telegram.faults.blocked(chat=patient.person.address)
    for _ in range(2):
        patient.say({"zh": "谢谢", "en": "thanks"}[patient.language])
        time.sleep(2)


def provider_breaks(house: House, people: People) -> None:
    """Answers that break off, and 502 from Telegram's own gateway."""
    house.all_up()
    house.telegram.faults.broken(times=2)
    house.telegram.faults.error(502, "Bad Gateway", times=2)
    time.sleep(4)


FAULTS: Final[dict[str, Fault]] = {
    "engine and actions down": engine_and_actions_down,
    "power cut": everything_dies,
    "app frozen": frozen,
    "database restart": database_restart,
    "database locked": locked_database,
    "disk full": disk_full,
    "provider down": provider_down,
    "provider slow": provider_slow,
    "provider 429": provider_says_wait,
    "provider 403": provider_says_blocked,
    "provider breaks off": provider_breaks,
}

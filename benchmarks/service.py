"""Service: from a message accepted to its reply handed over, on the real three processes.

Run: python -m benchmarks.service
Everything is as `make run` starts it: SQLite with synchronous FULL, every commit before
its acknowledgement. Half of the messages are short ones, half free texts never seen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.figures import Figure, middle, p
from benchmarks.house import Chat, admit, live_through, running_house, settle
from benchmarks.load import SHORT, SIDE_BY_SIDE, questions
from tests.e2e.service import Service

IDLE, APART_SECONDS = 48, 0.35
CHATS, BURST = 48, 480
PAIRS = 16
DAYS = 60
ASIDE = "什么时候可以洗澡"  # answered inside a check-in too, and leaves its question open


def waits(service: Service, chats: Sequence[Chat], since: int = 0) -> list[float]:
    """Milliseconds from received to the first reply handed over, of these chats' messages."""
    ours = {chat.conversation_id for chat in chats}
    sent: dict[str, float] = {}
    for one in service.rows("outbound"):
        if one.settled_at is not None:
            about = one.key.partition(":")[0]
            sent[about] = min(sent.get(about, 1e12), one.settled_at.timestamp())
    heard = list(service.rows("inbound", order_by="received_at"))
    heard = [one for one in heard if one.conversation_id in ours and one.id in sent]
    return [(sent[one.id] - one.received_at.timestamp()) * 1000 for one in heard[since:]]


def mixed(number: int, free: Sequence[str]) -> str:
    return free[number // 2 % len(free)] if number % 2 else SHORT[number // 2 % len(SHORT)]


def idle(service: Service) -> list[float]:
    """One message at a time, each to an otherwise idle service."""
    chats = [admit(service) for _ in range(4)]
    for number in range(IDLE + len(chats)):
        chats[number % len(chats)].say(mixed(number, questions()))
        time.sleep(APART_SECONDS)
    settle(service)
    return waits(service, chats, since=len(chats))


def burst(service: Service) -> float:
    """Turns per second, from the first message accepted to the last reply handed over."""
    chats = [admit(service) for _ in range(CHATS)]
    free = questions()
    began = service.parts.clock.now()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(lambda at: chats[at % CHATS].say(mixed(at, free)), range(BURST)))
    settle(service)
    ours = {chat.conversation_id for chat in chats}
    ended = [one.settled_at for one in service.rows("outbound") if one.conversation_id in ours]
    return BURST / (max(one for one in ended if one) - began).total_seconds()


def after_two_months(service: Service) -> tuple[float, float]:
    """(a turn in a new check-in, the same after 60 days of check-ins), in turn."""
    new, old = admit(service, check_in=True), admit(service, check_in=True)
    live_through(service.parts, old.conversation_id, days=DAYS)
    time.sleep(4)
    settle(service)
    for _ in range(PAIRS):
        for chat in (new, old):
            chat.say(ASIDE)
            time.sleep(APART_SECONDS)
    settle(service)
    return middle(waits(service, [new], since=1)), middle(waits(service, [old], since=1))


def measure(stock: float | None = None) -> list[Figure]:
    """`stock`: the stock bot's turns per second in this run."""
    with running_house() as service:
        quiet = idle(service)
        new, old = after_two_months(service)
        rate = burst(service)
    return [
        Figure("accepted to handed over, idle, p50", middle(quiet), "ms", target=40),
        Figure("accepted to handed over, idle, p95", p(0.95, quiet), "ms", target=80),
        Figure(
            "accepted to handed over, 16 at once",
            rate,
            "/s",
            yardstick=stock,
            yardstick_name="stock bot",
            times=(">=", 3),
        ),
        Figure(
            "the same turn after 60 days",
            old,
            "ms",
            yardstick=new,
            yardstick_name="new patient",
            times=("<=", 1.2),
        ),
    ]


if __name__ == "__main__":
    from benchmarks.__main__ import alone

    alone(measure(), "service")

"""Turns: one engine with the production model beside the bot that `rasa init` makes.

Run: python -m benchmarks.turns
The same client asks both, 16 conversations at once, one turn after the other in each.
Our engine asks an action server that answers at once; the stock bot asks none.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Figure, middle, p
from benchmarks.load import SIDE_BY_SIDE, TAP, Pace, drive, everyday, questions
from benchmarks.processes import running
from benchmarks.stock.bot import Stock, installed, running_stock
from tests.conversation.engine_fixture import Engine, free_port, running_engine

ROOT = Path(__file__).resolve().parent.parent
COUNT, STOCK_COUNT, ONE_BY_ONE = 480, 240, 60
DAYS, TURNS_A_DAY, SAMPLE = 60, 12, 60
STOCK_NAME = "stock bot"


@contextmanager
def engine_alone() -> Iterator[Engine]:
    """The engine with an action server that takes no time."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.quick_actions", str(port)]
    here = {"PYTHONPATH": str(ROOT)}
    url = f"http://127.0.0.1:{port}"
    with (
        TemporaryDirectory() as folder,
        running(command, url=url, folder=Path(folder), environment=here),
        running_engine(action_url=f"{url}/webhook", folder=Path(folder)) as engine,
    ):
        talk(engine, 16, kind="tap")
        yield engine


def talk(
    engine: Engine,
    count: int,
    texts: Sequence[str] = (),
    *,
    workers: int = SIDE_BY_SIDE,
    kind: str = "",
    name: str = "",
) -> Pace:
    """`count` turns: the everyday mix, or only "free" texts, or only "tap"s.

    `texts` are the free ones: the engine remembers what it has read, so each run needs texts
    that no other run had. Every second conversation is inside a check-in. `name`: all in this
    one conversation.
    """
    run = uuid.uuid4().hex

    def words(worker: int, number: int) -> dict[str, Any]:
        if kind == "tap":
            text, intent = TAP
        elif kind == "free":
            text, intent = texts[number % len(texts)], None
        else:
            text, intent = everyday(texts, number)
        return {
            "turn_id": f"{run}-{number}",
            "conversation_id": name or f"{run}-{worker}",
            "text": text,
            "intent": intent,
            "in_check_in": bool(name) or worker % 2 == 0,
        }

    return drive(engine.url, "/turn", words, count=count, workers=workers)


def long_conversation(engine: Engine) -> tuple[float, float]:
    """(milliseconds of a turn in a new conversation, after 60 days of twelve turns)."""
    new, old = uuid.uuid4().hex, uuid.uuid4().hex
    talk(engine, DAYS * TURNS_A_DAY, workers=1, kind="tap", name=old)
    pairs = [
        (
            middle(talk(engine, SAMPLE // 4, workers=1, kind="tap", name=f"{new}{at}").each),
            middle(talk(engine, SAMPLE // 4, workers=1, kind="tap", name=old).each),
        )
        for at in range(4)
    ]
    return middle(one for one, _ in pairs), middle(one for _, one in pairs)


def stock_figures(stock: Stock) -> tuple[list[Figure], float]:
    """What the stock bot does, and its turns per second."""
    fast = stock.talk(STOCK_COUNT).per_second
    slow = stock.talk(ONE_BY_ONE, workers=1)
    stock.talk(DAYS * TURNS_A_DAY // 4, workers=1, name="long")
    late = middle(stock.talk(SAMPLE // 4, workers=1, name="long").each)
    return [
        Figure("stock bot: turns, 16 at once", fast, "/s"),
        Figure("stock bot: one turn, p50", middle(slow.each), "ms"),
        Figure("stock bot: one turn after 15 days of 12 turns", late, "ms"),
        Figure("stock bot: start", stock.start_seconds, "s"),
        Figure("stock bot: memory", stock.mib, "MiB"),
    ], fast


def measure() -> tuple[list[Figure], float | None]:
    """Our figures and the stock bot's turns per second, None when it is not installed."""
    figures: list[Figure] = []
    rate: float | None = None
    if installed():
        with running_stock() as stock:
            figures, rate = stock_figures(stock)
    texts = questions()
    everyday_texts, texts = texts[: COUNT // 4], texts[COUNT // 4 :]
    single, texts = texts[:ONE_BY_ONE], texts[ONE_BY_ONE:]
    with engine_alone() as engine:
        mixed = talk(engine, COUNT, everyday_texts)
        free = talk(engine, len(texts), texts, kind="free")
        idle = {
            kind: talk(engine, ONE_BY_ONE, single, workers=1, kind=kind) for kind in ("tap", "free")
        }
        new, old = long_conversation(engine)
    beside: dict[str, Any] = {"yardstick": rate, "yardstick_name": STOCK_NAME}
    figures += [
        Figure(
            "engine: everyday turns, 16 at once", mixed.per_second, "/s", **beside, times=(">=", 5)
        ),
        Figure("engine: only free texts never seen", free.per_second, "/s", **beside),
        Figure("engine: one tap, p50", middle(idle["tap"].each), "ms"),
        Figure("engine: one free text, p50", middle(idle["free"].each), "ms"),
        Figure("engine: one free text, p95", p(0.95, idle["free"].each), "ms"),
        Figure(
            "engine: a turn after 60 days",
            old,
            "ms",
            yardstick=new,
            yardstick_name="new conversation",
            times=("<=", 1.2),
        ),
    ]
    return figures, rate


if __name__ == "__main__":
    from benchmarks.__main__ import alone

    alone(measure()[0], "turns")

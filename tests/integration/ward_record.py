"""A ward on a record of either kind: the people of `builders`, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.core.check_in import CheckInState
from bot.core.nudge import Nudge, NudgeKind
from bot.services.parts import Parts
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@contextmanager
def a_ward(database_url: str, folder: Path) -> Iterator[World]:
    """Mrs Wang's ward and its neighbour, cardio, where Sun is a nurse; all tables migrated."""
    engine = open_database(database_url)
    migrate(engine)
    world = a_world(folder)
    record = SqlRecord(engine)
    parts: Parts = replace(world.parts, record=record)
    world = replace(world, record=record, parts=parts)
    world.add(*b.wang_and_her_ward(), b.a_nurse_chat("sun"), b.a_nurse("sun", ward="cardio"))
    try:
        yield world
    finally:
        engine.dispose()


def planned(day: int, name: str = "wang", **over: Any) -> Any:
    """A check-in that goes out in so many days."""
    due = START + day * DAY
    one = b.a_check_in(
        name,
        occurrence=day + 2,
        state=CheckInState.PLANNED,
        due_at=due,
        window_end=due + 11 * HOUR,
        opened_at=None,
        conversation_id=None,
        **over,
    )
    return replace(one, id=f"check-in-{name}-{day}")


def reminder(day: int, name: str = "wang") -> Nudge:
    """A word about a medicine in so many days."""
    due = START + day * DAY
    ids = (f"nudge-{name}-{day}", f"episode-{name}", NudgeKind.REMINDER, "pills", day)
    return Nudge(*ids, due_at=due, send_until=due + 4 * HOUR, look_at=due)

"""What the database selects and groups is what a look at every single thing finds, on both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import is_dataclass, replace
from itertools import product
from typing import Any

from bot.core.programme.answers import OVER_TIME
from bot.core.programme.opinion import OPINIONS
from bot.core.programme.period import months
from bot.services.ports import ProgrammeRows, Selection
from bot.storage.database import open_database
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlRecord
from tests import builders as b
from tests.fakes import ROWS
from tests.programme_house import PROCEDURES, WARDS, a_house
from tests.programme_one_by_one import ZONE, OneByOne

PERIODS = (("2026-02", "2026-02"), ("2026-01", "2026-03"), ("2025-10", "2026-09"))
COUNTED = (
    *("episodes", "contacts", "lost", "followed", "stops"),
    *("cases", "tasks_done", "call_backs", "scores", "answers"),
)


def totals(rows: Iterable[Any]) -> Counter[Any]:
    """How often each kind of row was counted, however many lines say so."""
    found: Counter[Any] = Counter()
    for row in rows:
        if not is_dataclass(row):
            found[row[:-1]] += row[-1]
        elif hasattr(row, "count"):
            found[replace(row, count=0)] += row.count
        else:
            found[row] += 1
    return found


def rows(programme: ProgrammeRows | OneByOne, name: str, asked: Selection) -> Iterable[Any]:
    codes = {"scores": [OPINIONS], "answers": [OVER_TIME]}.get(name, [])
    return getattr(programme, name)(asked, *codes)


def test_every_row_of_every_filter_is_what_is_found_one_by_one(database_url: str) -> None:
    engine = open_database(database_url)
    metadata.create_all(engine)
    record, house = SqlRecord(engine), a_house(seed=6, people=90)
    with record.transaction() as tx:
        for one in house:
            getattr(tx, ROWS[type(one).__name__]).add(one)
    by_hand, seen = OneByOne(house), Counter[str]()
    with record.reading() as tx:
        for (first, last), ward, procedure in product(PERIODS, (None, *WARDS), (None, *PROCEDURES)):
            asked = Selection(months(first, last, ZONE), b.START, ward, procedure)
            for name in COUNTED:
                found = totals(rows(tx.programme, name, asked))
                assert found == totals(rows(by_hand, name, asked)), (name, first, ward, procedure)
                seen[name] += len(found)
    engine.dispose()
    assert all(seen[name] > 50 for name in COUNTED), seen

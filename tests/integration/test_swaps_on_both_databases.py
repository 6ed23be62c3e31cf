"""Of several nurses who take one shift in the same moment one has it, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from bot.core.errors import AlreadyDone
from bot.core.rota import find_gaps
from bot.services.parts import Parts
from bot.services.swap_shift import offer_shift, take_offer
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests.builders import START, a_nurse, a_shift
from tests.fakes import a_world

NAMES = ("liu", "mo", "wu", "xu")
BEGINS, ENDS = START + timedelta(hours=12), START + timedelta(hours=24)


@pytest.fixture
def parts(database_url: str, tmp_path: Path) -> Iterator[Parts]:
    engine = open_database(database_url)
    migrate(engine)
    record = SqlRecord(engine)
    with record.transaction() as tx:
        tx.nurses.add_all([a_nurse(name, conversation_id=None) for name in ("chen", *NAMES)])
        tx.shifts.add(a_shift("chen", starts_at=BEGINS, ends_at=ENDS))
    yield replace(a_world(tmp_path).parts, record=record)
    engine.dispose()


def test_one_of_four_has_it_and_the_night_has_exactly_one(parts: Parts) -> None:
    offer = offer_shift(parts, shift_id="shift-chen-first", by="nurse-chen")
    start = Barrier(len(NAMES))

    def press(name: str) -> str:
        start.wait()
        try:
            take_offer(parts, offer_id=offer.id, by=f"nurse-{name}")
        except AlreadyDone as late:
            return late.by
        return "mine"

    with ThreadPoolExecutor(len(NAMES)) as pool:
        said = list(pool.map(press, NAMES))
    assert said.count("mine") == 1
    winner = NAMES[said.index("mine")]
    assert set(said) == {"mine", winner.title()}
    with parts.record.reading() as tx:
        lasting = [one for one in tx.shifts.find() if one.ends_at > one.starts_at]
    assert [one.nurse_id for one in lasting] == [f"nurse-{winner}"]
    assert find_gaps(lasting, "first", start=BEGINS, end=ENDS) == ()

"""Daily work: a hole in the rota is a task long before the night it would matter."""

from __future__ import annotations

from pathlib import Path

from bot.workflows.daily import Daily
from tests.builders import a_nurse, a_nurse_chat, a_shift
from tests.fakes import a_world


def test_gaps_are_announced_once_a_day_and_once_each(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(a_nurse_chat(), a_nurse(), a_shift())
    daily = Daily()
    assert daily.run(world.parts)
    found = world.rows("tasks", kind="rota_gap")
    assert {one.text.split(":")[0] for one in found} == {"second", "charge"}
    world.clock.advance(hours=3)
    assert not daily.run(world.parts)
    world.clock.advance(hours=24)
    assert daily.run(world.parts)
    assert len(world.rows("tasks", kind="rota_gap")) == len(found)


def test_a_restart_announces_nothing_twice(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    Daily().run(world.parts)
    before = world.rows("tasks")
    Daily().run(world.parts)
    assert world.rows("tasks") == before

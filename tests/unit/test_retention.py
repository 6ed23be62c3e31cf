"""Retention: the machine's own notes go after their time, the record never does."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

from bot.core.conversation import ButtonPress, Turn
from bot.core.staff import Guesses, SignIn
from bot.services.retention import BATCH, RETENTION, forget_old
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world

ROOT = Path(__file__).resolve().parents[2]


def a_house(folder: Path) -> World:
    world = a_world(folder)
    world.add(*b.wang_and_her_ward(), b.an_inbound("我喘不过气"), b.a_check_in())
    world.add(b.an_observation())
    world.add(Turn("in-1", "chat-wang", [{"text": "您好"}], START))
    world.add(ButtonPress("b1", "chat-wang", "answer", {"value": True}, START, "好"))
    world.add(Guesses("g1", 3, START))
    world.add(SignIn("s1", "nurse-chen", "h", "csrf", START, START, START + timedelta(hours=12)))
    return world


def left(world: World) -> set[str]:
    return {name for name in RETENTION if world.rows(name)}


def test_each_kind_goes_when_its_days_are_over_and_not_before(tmp_path: Path) -> None:
    world = a_house(tmp_path)
    world.clock.advance(days=7)
    forget_old(world.parts)
    assert left(world) == {"turns", "buttons", "sign_ins", "guesses"}
    world.clock.advance(seconds=1)
    forget_old(world.parts)
    assert left(world) == {"buttons", "sign_ins"}
    world.clock.advance(days=84)
    forget_old(world.parts)
    assert left(world) == {"buttons"}
    world.clock.advance(days=100)
    forget_old(world.parts)
    assert left(world) == set()


def test_what_was_said_and_done_stays_for_ever(tmp_path: Path) -> None:
    world = a_house(tmp_path)
    before = {
        name: world.rows(name)
        for name in ("patients", "contacts", "inbound", "check_ins", "observations", "episodes")
    }
    world.clock.advance(days=36_500)
    forget_old(world.parts)
    assert all(before.values())
    assert {name: world.rows(name) for name in before} == before


def test_a_large_pile_goes_in_small_batches_oldest_first(tmp_path: Path) -> None:
    world = a_house(tmp_path)
    world.add(
        *(
            ButtonPress(f"old-{n}", "chat-wang", "answer", {}, START + timedelta(minutes=n))
            for n in range(BATCH + 5)
        )
    )
    world.clock.advance(days=200)
    assert forget_old(world.parts), "more is waiting"
    kept = world.rows("buttons", order_by="created_at")
    assert [one.id for one in kept] == [f"old-{n}" for n in range(BATCH - 1, BATCH + 5)]
    assert not forget_old(world.parts)
    assert world.rows("buttons") == []


def test_only_the_machines_own_notes_may_ever_be_deleted() -> None:
    assert set(RETENTION) == {"turns", "buttons", "sign_ins", "guesses"}
    assert all(one.why and one.days >= 7 for one in RETENTION.values())
    callers = [
        file.relative_to(ROOT).as_posix()
        for folder in ("bot", "actions")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "drop_before"
    ]
    assert callers == ["bot/services/retention.py"]

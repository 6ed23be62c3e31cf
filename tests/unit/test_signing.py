"""A worker signs that it works, every ten seconds, and says good-bye when it ends."""

from __future__ import annotations

from pathlib import Path

from bot.workflows.signing import Signing
from tests.fakes import a_world


def test_a_worker_signs_every_ten_seconds_and_when_it_leaves(tmp_path: Path) -> None:
    world, signing = a_world(tmp_path), Signing()
    assert signing.run(world.parts, 1)
    world.clock.advance(seconds=9)
    assert not signing.run(world.parts, 1)
    world.clock.advance(seconds=1)
    assert signing.run(world.parts, 1)
    assert signing.run(world.parts, 2), "another seat is another worker"
    assert world.get("signs_of_life", "worker-1").at == world.clock.now()
    signing.leave(world.parts)
    world.clock.advance(minutes=5)
    assert not signing.run(world.parts, 2), "a last sweep does not bring it back"
    assert world.get("signs_of_life", "worker-2").left


def test_a_clock_that_went_back_does_not_keep_a_worker_silent(tmp_path: Path) -> None:
    world, signing = a_world(tmp_path), Signing()
    signing.run(world.parts, 1)
    world.clock.advance(hours=-3)
    assert signing.run(world.parts, 1)

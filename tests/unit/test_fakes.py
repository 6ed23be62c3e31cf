"""The stand-ins that other tests rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import wang_and_her_ward
from tests.fakes import ROWS, a_world


def test_a_world_keeps_what_is_put_into_it(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(*wang_and_her_ward())
    assert world.get("patients", "patient-wang").name == "王秀英"
    assert len(world.rows("nurses")) == 3


def test_two_worlds_know_nothing_of_each_other(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = a_world(tmp_path / "a"), a_world(tmp_path / "b")
    one.add(*wang_and_her_ward())
    assert other.rows("patients") == []


def test_what_is_woken_is_known_only_after_the_commit(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    with world.record.transaction() as tx:
        tx.wake("deliver", "chat-wang")
        assert world.woken == []
    assert world.woken == [("deliver", "chat-wang")]


@pytest.mark.parametrize("name", sorted(set(ROWS.values())))
def test_every_kind_of_row_can_be_read(tmp_path: Path, name: str) -> None:
    assert a_world(tmp_path).rows(name) == []

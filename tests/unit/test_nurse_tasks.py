"""Work for a nurse that is not an escalation."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.staff import NurseTask, StaffRole
from bot.core.triage_level import TriageLevel
from bot.services.nurse_tasks import finish_task, make_task
from tests.builders import START, a_nurse
from tests.fakes import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = a_world(tmp_path)
    for name in ("chen", "liu"):
        made.add(a_nurse(name, conversation_id=None))
    return made


def make(world: World, kind: str = "photo", **over: Any) -> NurseTask:
    with world.record.transaction() as tx:
        make_task(tx, world.parts, **{"kind": kind, "key": f"{kind}:1", "text": "伤口", **over})
    (found,) = world.rows("tasks", kind=kind)
    return found


def test_a_task_exists_once_per_key(world: World) -> None:
    make(world)
    with world.record.transaction() as tx:
        assert not make_task(tx, world.parts, kind="photo", key="photo:1")


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("photo", timedelta(hours=4)),
        ("question", timedelta(hours=48)),
        ("silence", timedelta(hours=48)),
        ("a_kind_nobody_thought_of", timedelta(hours=4)),
    ],
)
def test_a_task_is_due_like_a_case_of_its_level(world: World, kind: str, due: timedelta) -> None:
    assert make(world, kind).due_at == START + due


def test_silence_can_be_as_urgent_as_the_pathway_says(world: World) -> None:
    task = make(world, "silence", level=TriageLevel.SAME_DAY)
    assert task.due_at == START + timedelta(hours=4)


def test_a_level_without_a_deadline_still_gives_a_due_time(world: World) -> None:
    task = make(world, "silence", level=TriageLevel.ROUTINE)
    assert task.due_at == START + timedelta(hours=48)


def test_finishing_names_the_nurse_and_what_became_of_it(world: World) -> None:
    task = make(world)
    finish_task(world.parts, task_id=task.id, nurse_id="nurse-chen", outcome="looked, dry")
    done = world.get("tasks", task.id)
    assert (done.done_by, done.outcome, done.done_at) == ("nurse-chen", "looked, dry", START)


def test_of_two_nurses_the_first_finishes_it(world: World) -> None:
    task = make(world)
    finish_task(world.parts, task_id=task.id, nurse_id="nurse-chen", outcome="done")
    with pytest.raises(AlreadyDone, match="Chen"):
        finish_task(world.parts, task_id=task.id, nurse_id="nurse-liu", outcome="done")


def test_a_task_is_not_finished_without_a_word(world: World) -> None:
    task = make(world)
    with pytest.raises(ValueError, match="what became of it"):
        finish_task(world.parts, task_id=task.id, nurse_id="nurse-chen", outcome=" ")


def test_an_author_of_pathways_does_not_finish_tasks(world: World) -> None:
    world.add(a_nurse("author", role=StaffRole.AUTHOR, conversation_id=None))
    task = make(world)
    with pytest.raises(NotAllowed):
        finish_task(world.parts, task_id=task.id, nurse_id="nurse-author", outcome="done")


def test_a_task_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        finish_task(world.parts, task_id="nothing", nurse_id="nurse-chen", outcome="done")

"""Send again: a message that was given up has an owner who can do something about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import DeliveryFailed
from bot.services.lost_chat import lose_chat
from bot.services.outbox import put
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.unit.console_desk import Console, a_console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    console = a_console(tmp_path)
    world = console.world
    with world.record.transaction() as tx:
        put(tx, world.parts, "chat-wang", "伤口请保持干燥", key="advice")
    world.sender.failures.append(DeliveryFailed("refused"))
    run_due(world.parts)
    console.sign_in("chen")
    return console


def letter(console: Console) -> str:
    (task,) = console.world.rows("tasks", kind="dead_letter")
    return str(task.id)


def test_a_dead_letter_is_seen_sent_again_and_done(console: Console) -> None:
    page = console.client.get("/console/worklist").text
    assert "伤口请保持干燥" in page
    assert f"/console/tasks/{letter(console)}/again" in page
    assert console.post(f"/console/tasks/{letter(console)}/again").status_code == 303
    run_due(console.world.parts)
    assert [one.text for one in console.world.sender.sent] == ["伤口请保持干燥"]
    task = console.world.get("tasks", letter(console))
    assert (task.done_by, task.outcome) == ("nurse-chen", "sent_again")
    assert console.world.rows("audit", action="task.send_again")


def test_two_nurses_send_it_once(console: Console) -> None:
    liu = console.another_browser()
    liu.sign_in("liu")
    console.post(f"/console/tasks/{letter(console)}/again")
    assert liu.post(f"/console/tasks/{letter(console)}/again").status_code == 409
    run_due(console.world.parts)
    assert len(console.world.sender.sent) == 1


def test_it_takes_another_chat_when_the_old_one_is_lost(console: Console) -> None:
    console.world.add(b.a_contact("son", of="wang"), b.a_chat("son"))
    lose_wangs_chat(console)
    console.post(f"/console/tasks/{letter(console)}/again")
    run_due(console.world.parts)
    assert [one.address for one in console.world.sender.sent] == ["son"]


def test_without_any_chat_the_task_stays_and_says_so(console: Console) -> None:
    lose_wangs_chat(console)
    answer = console.post(f"/console/tasks/{letter(console)}/again")
    assert "no_chat" in answer.headers["location"]
    assert console.world.get("tasks", letter(console)).done_at is None


def test_another_ward_cannot_send_it(console: Console) -> None:
    away = console.another_browser()
    away.sign_in("away")
    assert away.post(f"/console/tasks/{letter(console)}/again").status_code == 404


def lose_wangs_chat(console: Console) -> None:
    with console.world.record.transaction() as tx:
        chat = tx.conversations.get("chat-wang", lock=True)
        lose_chat(tx, console.world.parts, chat, key="k")

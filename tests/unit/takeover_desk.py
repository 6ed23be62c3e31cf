"""What tests of takeovers share: Mrs Wang's chat, three nurses, and what each of them reads."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from bot.core.conversation import Conversation, Mode
from bot.core.takeover import Takeover
from bot.services.take_over import take_over
from bot.workflows.at_once import run_due
from tests.builders import a_check_in, wang_and_her_ward
from tests.fakes import World
from tests.unit.patient_desk import button, her_world, says, sends

CHAT = "chat-wang"
_once = count(1)


def a_ward(folder: Path, *more: Any) -> World:
    made = her_world(folder)
    made.add(*wang_and_her_ward(), *more)
    return made


def a_ward_with_a_question(folder: Path) -> World:
    """Mrs Wang is in the middle of a check-in: pain was asked."""
    return a_ward(folder, a_check_in(current_question="pain_rest"))


def lead(world: World, nurse: str = "chen", **over: Any) -> Takeover:
    """A nurse takes Mrs Wang's chat over, and what follows from it happens."""
    given = {"conversation_id": CHAT, "nurse_id": f"nurse-{nurse}", **over}
    taken = take_over(world.parts, **given)
    run_due(world.parts)
    return taken


def the_chat(world: World, id: str = CHAT) -> Conversation:
    found: Conversation = world.get("conversations", id)
    return found


def leader(world: World) -> str | None:
    chat = the_chat(world)
    return chat.nurse_id if chat.mode is Mode.NURSE else None


def types(world: World, nurse: str, text: str, **over: Any) -> list[str]:
    """A nurse writes in her own chat; what she reads because of it."""
    return says(world, text, address=nurse, **over)


def presses(world: World, nurse: str, title: str) -> list[str]:
    """A nurse taps the newest button whose title is this."""
    return says(world, address=nurse, button=button(world, title, address=nurse))


def wait(world: World, minutes: float) -> None:
    """Time passes minute by minute, and what is due on the way is done."""
    for _ in range(int(minutes)):
        world.clock.advance(minutes=1)
        run_due(world.parts)


def patient_says(world: World, text: str, **over: Any) -> list[str]:
    """A second later than anything before, as in life."""
    world.clock.advance(seconds=1)
    return says(world, text, **over)


def patient_sends(world: World, text: str) -> None:
    world.clock.advance(seconds=1)
    sends(world, text)

"""What tests of the patient's side share: her world, what she sends, and who leads her chat."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from bot.core.conversation import Mode
from bot.core.message import Incoming, Part
from bot.core.pathway import Pathway
from bot.services.receive import receive
from bot.workflows.at_once import run_due
from tests.fakes import World, a_world

_numbers = count(1)


def her_world(folder: Path, pathway: Pathway | None = None) -> World:
    """A world that reads answers with the real words; add the people yourself."""
    return a_world(folder, pathway=pathway)


def sends(world: World, text: str = "", **over: Any) -> None:
    """One delivery from Mrs Wang's phone, or from another `address`; nothing else yet."""
    given: dict[str, Any] = {
        "channel": "telegram",
        "account": "ward",
        "external_id": f"update-{next(_numbers)}",
        "address": "wang",
        "part": Part.BUTTON if over.get("button") else Part.TEXT,
        "text": text,
    }
    receive(world.parts, Incoming(**{**given, **over}))


def says(world: World, text: str = "", **over: Any) -> list[str]:
    """The same, with all the work that follows; what was said to that chat because of it."""
    before = len(chat_said(world, over.get("address", "wang")))
    sends(world, text, **over)
    run_due(world.parts)
    return chat_said(world, over.get("address", "wang"))[before:]


def chat_said(world: World, address: str) -> list[str]:
    chats = world.rows("conversations", address=address)
    return world.said_to(chats[0].id) if chats else []


def button(world: World, title: str, address: str = "wang") -> str:
    """The id of the newest button with this title in a chat."""
    (chat,) = world.rows("conversations", address=address)
    found = world.rows("buttons", conversation_id=chat.id, title=title, order_by="created_at,id")
    return str(found[-1].id)


def lead(world: World, mode: Mode, **over: Any) -> None:
    """Change who leads Mrs Wang's chat."""
    with world.record.transaction() as tx:
        chat = tx.conversations.get("chat-wang", lock=True)
        tx.conversations.swap(chat, replace(chat, mode=mode, **over))

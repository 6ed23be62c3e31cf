"""Live: new lines of a chat as server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from bot.channels.webchat.listeners import Listeners
from bot.services.parts import Parts
from bot.services.show_chat import Chat, ChatLine, show_chat

LOOK_EVERY = 2.0  # another process may have sent something
BREATHE_EVERY = 8.0  # keeps proxies from closing a quiet stream, and the page sure of it
LONGEST_STREAM = 300.0  # then the browser opens a new one


@dataclass(frozen=True)
class Place:
    """How far a page knows its chat: the last of what came in, and of what went out."""

    heard: int = 0
    said: int = 0

    @classmethod
    def of(cls, request: Request) -> Place:
        """From the stream's last event, or from the query; anything odd counts as the start."""
        last = request.headers.get("last-event-id", "")
        asked = (request.query_params.get("heard", ""), request.query_params.get("said", ""))
        heard, said = tuple(last.split("-", 1)) if "-" in last else asked
        return cls(_number(heard), _number(said))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def as_json(chat: Chat, address: str) -> dict[str, Any]:
    """A chat as the page reads it."""
    return {
        "language": chat.language,
        "mode": str(chat.mode),
        "heard": chat.heard,
        "said": chat.said,
        "lines": [_line(one, address) for one in chat.lines],
    }


def _line(one: ChatLine, address: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "mine": one.mine,
        "kind": one.kind,
        "text": one.text,
        "urgent": one.urgent,
        "photo": one.photo,
        "buttons": [list(button) for button in one.buttons],
        "client_id": one.external_id.removeprefix(f"{address[:24]}:"),
    }


async def events(
    parts: Parts, listeners: Listeners, address: str, place: Place
) -> AsyncIterator[str]:
    """One event whenever something changed. Ends by itself; the page comes again."""
    started = breathed = time.monotonic()
    told: dict[str, object] = {}
    with listeners.listening(address) as woken:
        yield "retry: 1500\n\n"
        while time.monotonic() - started < LONGEST_STREAM:
            chat = await run_in_threadpool(
                show_chat, parts, address=address, heard=place.heard, said=place.said
            )
            place = Place(chat.heard, chat.said)
            fresh = _fresh(chat, told)
            if fresh is not None:
                breathed = time.monotonic()
                data = json.dumps(as_json(fresh, address), ensure_ascii=False)
                yield f"id: {chat.heard}-{chat.said}\ndata: {data}\n\n"
            elif time.monotonic() - breathed > BREATHE_EVERY:
                breathed = time.monotonic()
                yield "event: beat\ndata: still here\n\n"
            await _poked(woken)


def _fresh(chat: Chat, told: dict[str, object]) -> Chat | None:
    """The chat with only those lines that differ from what was told; None when none do."""
    state = (chat.language, chat.mode)
    lines = tuple(one for one in chat.lines if told.get(one.id) != one.buttons)
    if not lines and told.get("") == state:
        return None
    told |= {one.id: one.buttons for one in lines} | {"": state}
    return replace(chat, lines=lines)


async def _poked(woken: asyncio.Event) -> None:
    """Wait until something may be new."""
    with suppress(TimeoutError):
        await asyncio.wait_for(woken.wait(), LOOK_EVERY)
    woken.clear()

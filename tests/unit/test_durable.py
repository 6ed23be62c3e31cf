"""Durable work: what hangs on the engine takes nobody else's place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from bot.workflows import durable
from bot.workflows.durable import AT_ONCE, DurableWork


class DbosInThreads:
    """DBOS without its database: every workflow is a thread."""

    def __init__(self, config: Any) -> None:
        """Nothing to configure."""

    @staticmethod
    def workflow(name: str) -> Callable[[Any], Any]:
        return lambda function: function

    @staticmethod
    def start_workflow(function: Callable[..., None], *args: Any) -> None:
        threading.Thread(target=function, args=args, daemon=True).start()


@pytest.fixture
def hung() -> threading.Event:
    return threading.Event()


def test_pages_go_out_while_every_turn_hangs(
    monkeypatch: pytest.MonkeyPatch, hung: threading.Event
) -> None:
    monkeypatch.setattr(durable, "DBOS", DbosInThreads)
    monkeypatch.setattr(durable, "SetWorkflowID", nullcontext)
    inside = threading.Semaphore(0)
    done: dict[str, threading.Event] = {
        one: threading.Event() for one in ("deliver", "escalation", "check_in")
    }

    def converse(_parts: Any, _about: str) -> None:
        inside.release()
        hung.wait(20)

    verbs: dict[str, Any] = {"converse": converse}
    for name, event in done.items():
        verbs[name] = lambda _parts, _about, event=event: event.set()
    work = DurableWork("sqlite://", verbs)
    work._parts = object()  # type: ignore[assignment]
    try:
        for number in range(AT_ONCE + 4):
            work.start("converse", f"chat-{number}")
        for _ in range(AT_ONCE):
            assert inside.acquire(timeout=5), "as many turns as there are places"
        for name in done:
            work.start(name, "case-1")
        assert all(event.wait(5) for event in done.values())
        assert not inside.acquire(timeout=0.1), "but no more turns than that"
    finally:
        hung.set()

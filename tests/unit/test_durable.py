"""Durable work: what hangs on the engine takes nobody else's place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from bot.workflows import durable
from bot.workflows.durable import DurableWork
from bot.workflows.verbs import SLOTS


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


@pytest.mark.parametrize("hanging", ["converse", "deliver:telegram", "check_in"])
def test_what_hangs_fills_its_own_places_and_everything_else_goes_on(
    monkeypatch: pytest.MonkeyPatch, hung: threading.Event, hanging: str
) -> None:
    """An engine or a provider that does not answer, or a morning of check-ins."""
    monkeypatch.setattr(durable, "DBOS", DbosInThreads)
    monkeypatch.setattr(durable, "SetWorkflowID", nullcontext)
    inside = threading.Semaphore(0)
    verb = hanging.partition(":")[0]
    others = [f"{one}:webchat" for one in SLOTS] + [one for one in SLOTS if one != verb]
    done = {one: threading.Event() for one in others}

    def anything(_parts: Any, about: str) -> None:
        if about.startswith("hangs"):
            inside.release()
            hung.wait(20)
        else:
            done[about].set()

    work = DurableWork("sqlite://", dict.fromkeys(SLOTS, anything))
    work._parts = object()  # type: ignore[assignment]
    work._starter.start()
    places = SLOTS[verb]
    try:
        for number in range(places + 4):
            work.start(hanging, f"hangs-{number}")
        for _ in range(places):
            assert inside.acquire(timeout=5), "as many as there are places"
        for one in others:
            work.start(one, one)
        assert all(event.wait(5) for event in done.values())
        assert not inside.acquire(timeout=0.1), "but no more than that"
    finally:
        hung.set()


def test_a_page_goes_out_when_dbos_cannot_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(DbosInThreads):
        @staticmethod
        def start_workflow(function: Callable[..., None], *args: Any) -> None:
            raise OSError("disk full")

    monkeypatch.setattr(durable, "DBOS", Broken)
    monkeypatch.setattr(durable, "SetWorkflowID", nullcontext)
    done = threading.Event()
    work = DurableWork("sqlite://", {"page": lambda _parts, _about: done.set()})
    work._parts = object()  # type: ignore[assignment]
    work._starter.start()
    work.start("page:telegram", "chat-chen")
    assert done.wait(5)


def test_work_never_starts_other_work_from_inside_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """DBOS would make it a child; a recovered parent takes its children for started.

    The crash matrix found a chat whose answers waited for ever after a kill. What runs at
    once needs no DBOS, and what it starts is started by the same thread.
    """
    starters: list[str] = []

    class Noting(DbosInThreads):
        @staticmethod
        def start_workflow(function: Callable[..., None], *args: Any) -> None:
            starters.append(threading.current_thread().name)
            DbosInThreads.start_workflow(function, *args)

    monkeypatch.setattr(durable, "DBOS", Noting)
    monkeypatch.setattr(durable, "SetWorkflowID", nullcontext)
    done = threading.Event()

    def converse(_parts: Any, about: str) -> None:
        work.start("escalation", about)

    def escalation(_parts: Any, about: str) -> None:
        work.start("page", about)

    def page(_parts: Any, about: str) -> None:
        done.set()

    verbs = {"converse": converse, "escalation": escalation, "page": page}
    work = DurableWork("sqlite://", verbs)
    work._parts = object()  # type: ignore[assignment]
    work._starter.start()
    try:
        work.start("converse", "wang")
        assert done.wait(60)
    finally:
        work._lanes.close()
    # Houses of earlier tests may still be starting theirs; nobody may do it elsewhere.
    assert len(starters) >= 2
    assert set(starters) == {"start"}

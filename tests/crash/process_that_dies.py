"""A real process of ours with one point armed: `python -m tests.crash.process_that_dies app`.

CRASH_AT names the point (see points.py), CRASH_PASSING at
which passing it dies, CRASH_MARK a file that it leaves behind then.
Without them it is the plain process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import bot.app
import bot.wiring
from actions import check_in, reply, server
from bot.cli import main as command_line
from bot.core.message import Outgoing
from bot.services.ports import Dialogue, EngineReply, Sender
from bot.storage.unit_of_work import SqlRecord, SqlTransaction
from bot.wiring import Wired, wire
from tests.crash.points import Armed, Doing, die_now

doing = Doing()


class DyingRecord(SqlRecord):
    """The real record, with a moment on each side of a commit."""

    def __init__(self, inner: SqlRecord, pass_point: Callable[[str], None]) -> None:
        self._pass = pass_point
        self._name = doing
        self._start: Any = None
        super().__init__(inner.engine, inner.start)

    @property
    def start(self) -> Any:
        """What starts durable work; asked for between the commit and the start."""
        if self._start is not None:
            self._pass(f"{getattr(doing, 'ending', 'other')}.before_wake")
        return self._start

    @start.setter
    def start(self, value: Any) -> None:
        self._start = value

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        with super().transaction() as tx:
            yield tx
            name = doing.ending = doing.transaction(tx.woken)
            self._pass(f"{name}.before_commit")
        self._pass(f"{name}.after_commit")


class DyingSender:
    """A real sender, with a moment on each side of the provider's call."""

    def __init__(self, inner: Sender, pass_point: Callable[[str], None]) -> None:
        self._inner, self._pass = inner, pass_point

    def send(self, message: Outgoing) -> str:
        doing.subject = "page" if message.reply_key.startswith("page:") else "deliver"
        self._pass(f"{doing.subject}.send.before")
        taken = self._inner.send(message)
        self._pass(f"{doing.subject}.send.after")
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class DyingDialogue:
    """The real engine's client, with a moment on each side of a turn."""

    def __init__(self, inner: Dialogue, pass_point: Callable[[str], None]) -> None:
        self._inner, self._pass = inner, pass_point

    def turn(self, *, intent: str | None, **what: Any) -> tuple[EngineReply, ...]:
        doing.subject = "check_in" if intent else "converse"
        self._pass(f"{doing.subject}.turn.before")
        replies = self._inner.turn(intent=intent, **what)
        self._pass(f"{doing.subject}.turn.after")
        return replies

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def arm(wired: Wired, pass_point: Callable[[str], None]) -> Wired:
    """The same parts, each with its moments."""
    record: Any = DyingRecord(wired.record, pass_point)
    senders: dict[str, Any] = dict(wired.parts.senders)
    if "telegram" in senders:
        # A subclass made on the spot: the app asks whether it is a TelegramSender.
        kind = type("Dying", (DyingSender, type(senders["telegram"])), {})
        senders["telegram"] = kind(senders["telegram"], pass_point)
    dialogue: Any = DyingDialogue(wired.parts.dialogue, pass_point)
    parts = replace(wired.parts, record=record, senders=senders, dialogue=dialogue)
    return replace(wired, record=record, parts=parts)


def within(verb: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """`work`, while this thread is known to be busy with `verb`."""

    def run(*args: Any) -> Any:
        doing.begin(verb)
        try:
            return work(*args)
        finally:
            doing.begin("")

    return run


def serve(which: str) -> None:
    """Serve as `app` or as `actions`, armed as the environment says."""
    passing = int(os.environ.get("CRASH_PASSING", "1"))
    mark = os.environ.get("CRASH_MARK", "")
    pass_point = Armed(os.environ.get("CRASH_AT", ""), passing, partial(die_now, mark))

    def wire_armed(*, prepare: bool = False) -> Wired:
        return arm(wire(prepare=prepare), pass_point)

    if which == "actions":
        for module in (check_in, reply):
            for name in ("hear", "begin"):
                if hasattr(module, name):
                    setattr(module, name, within("hear", getattr(module, name)))
        bot.wiring.wire = wire_armed  # type: ignore[assignment]
        server.main()
        return
    bot.app.wire = wire_armed  # type: ignore[assignment]
    bot.app.receive = within("receive", bot.app.receive)
    bot.app.VERBS = {verb: within(verb, work) for verb, work in bot.app.VERBS.items()}
    sys.argv[1:] = ["serve"]
    command_line()


if __name__ == "__main__":
    serve(sys.argv.pop(1))

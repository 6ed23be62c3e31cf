"""Inbox: a `receive` for tests that can fail, and that can be waited for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from bot.core.message import Incoming, PresenceChange
from tests.telegram_server.node import free_port


class Inbox:
    """Keeps what was handed on. `refuses` says for which of them it fails."""

    def __init__(self) -> None:
        self.items: list[Incoming | PresenceChange] = []
        self.tries = 0
        self.refuses: Callable[[Incoming | PresenceChange], bool] = lambda _: False
        self._changed = threading.Condition()

    def __call__(self, item: Incoming | PresenceChange) -> None:
        with self._changed:
            self.tries += 1
            self._changed.notify_all()
            if self.refuses(item):
                raise OSError(f"the store is down, and this stays out of logs: {item}")
            self.items.append(item)

    def texts(self) -> list[str]:
        """The words that were handed on."""
        return [one.text for one in self.items if isinstance(one, Incoming)]

    def messages(self, number: int) -> list[Incoming]:
        """Wait until `number` things arrived; gives the messages among them."""
        self.wait(lambda: len(self.items) >= number)
        return [one for one in self.items if isinstance(one, Incoming)]

    def wait(self, holds: Callable[[], bool], timeout: float = 10.0) -> None:
        """Wait until `holds`, looking again at each try."""
        with self._changed:
            assert self._changed.wait_for(holds, timeout), f"only got {self.items}"


class Listener(logging.Handler):
    """Hears what is logged, and can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._changed = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        with self._changed:
            self.lines.append(self.format(record))
            self._changed.notify_all()

    def wait_for(self, fragment: str, timeout: float = 10.0) -> None:
        """Wait until a line holds `fragment`."""
        with self._changed:
            heard = self._changed.wait_for(
                lambda: any(fragment in line for line in self.lines), timeout
            )
        assert heard, f"'{fragment}' was not logged: {self.lines}"

    @classmethod
    @contextmanager
    def on(cls, name: str = "") -> Iterator[Listener]:
        """Listen to one logger, or to all of them."""
        listener, logger = cls(), logging.getLogger(name)
        logger.addHandler(listener)
        yield listener
        logger.removeHandler(listener)


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """`app` over real HTTP on a port of its own; gives its address."""
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    started = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
            await super().startup()
            started.set()

    server = Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(10)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)

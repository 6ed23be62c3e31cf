"""News between workers: a chat page that is open at one worker hears at once what another sent.

Only a hint, over NOTIFY of PostgreSQL: what is lost the page finds by itself within two
seconds. It carries the chat's address, which is a hash, and no words.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

CHANNEL = "aftercare_chat"
PAUSE_SECONDS = 2.0  # before listening again after the connection broke
WAKE_SECONDS = 1.0  # so often the listening thread sees that it shall end


class News:
    """`tell` reaches every worker that listens on this database, the teller too."""

    def __init__(self, engine: Engine, heard: Callable[[str], None]) -> None:
        self._engine, self._heard = engine, heard
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._several = engine.dialect.name == "postgresql"

    def tell(self, address: str) -> None:
        """Something may be new at this address. Never fails the teller."""
        if not self._several:
            return
        try:
            with self._engine.begin() as connection:
                values = {"channel": CHANNEL, "address": address}
                connection.execute(text("SELECT pg_notify(:channel, :address)"), values)
        except SQLAlchemyError as fault:
            log.warning("news not told: %s", type(fault).__name__)

    def start(self) -> None:
        """Begin to listen, on a connection and a thread of its own."""
        if self._several:
            self._thread = threading.Thread(target=self._run, name="news", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(2 * WAKE_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except Exception as fault:  # whatever broke, the pages look for themselves
                log.warning("news not heard: %s", type(fault).__name__)
                self._stopped.wait(PAUSE_SECONDS)

    def _listen(self) -> None:
        opened = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with opened as connection:
            connection.execute(text(f"LISTEN {CHANNEL}"))
            driver: Any = connection.connection.dbapi_connection
            try:
                while not self._stopped.is_set():
                    for one in driver.notifies(timeout=WAKE_SECONDS):
                        self._heard(one.payload)
            finally:
                connection.invalidate()  # nobody else may get a connection that listens

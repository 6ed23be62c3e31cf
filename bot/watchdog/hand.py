"""Hand: does work that may hang, on one thread, and never waits for it for long."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from bot.services.faults import kind_and_place

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Hand:
    """A frozen database answers nothing at all; no time-out of its own would end that.

    While earlier work hangs, new work is not begun.
    """

    def __init__(self, name: str, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._seconds = seconds
        self._last: Future[Any] | None = None

    def do(self, work: Callable[[], Result]) -> Result | None:
        """What `work` returned; None when it failed or did not come to an end."""
        if self._last is not None and not self._last.done():
            return None
        doing: Future[Result] = self._pool.submit(work)
        self._last = doing
        try:
            return doing.result(timeout=self._seconds)
        except Exception as fault:
            log.error("work with the record failed", extra=kind_and_place(fault))
            return None

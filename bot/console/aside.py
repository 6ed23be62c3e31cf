"""Aside: threads of their own for what open pages ask for by themselves.

Fifty pages that renew themselves would fill the threads that everything else in this process
shares, and a patient's message or a nurse's press would wait behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Aside:
    """At most so many pieces of work at once; the others wait without holding a thread."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns or raises, done on one of these threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(work, *args, **kwargs))


RENEWALS = Aside("renewals", 2)  # pages that fetch themselves again
LOOKS = Aside("looks", 2)  # looks at the record for all open pages together

"""Connection: calls the Bot API from any thread, over one event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.account import TelegramAccount
from bot.channels.telegram.failures import delivery_failed
from bot.core.errors import DeliveryFailed

Result = TypeVar("Result")


def open_bot(account: TelegramAccount, *, timeout_seconds: float) -> Bot:
    """A client for `account`; each event loop needs its own."""
    request = HTTPXRequest(
        connection_pool_size=32,  # above all slots of bot.workflows.verbs that send
        connect_timeout=min(5.0, timeout_seconds),
        read_timeout=timeout_seconds,
        write_timeout=timeout_seconds,
        pool_timeout=timeout_seconds,
    )
    return Bot(
        account.token,
        base_url=account.method_url,
        base_file_url=account.file_url,
        request=request,
    )


class TelegramConnection:
    """One bot's line to Telegram. The thread starts with the first call."""

    def __init__(self, account: TelegramAccount, *, timeout_seconds: float = 10.0) -> None:
        self.account = account
        self._timeout_seconds = timeout_seconds
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bot: Bot | None = None

    def call(
        self, work: Callable[[Bot], Coroutine[Any, Any, Result]], *, seconds: float | None = None
    ) -> Result:
        """Do `work` with the bot and wait for it. Raises DeliveryFailed.

        `seconds` bounds the whole of it: a socket's time-out starts anew with
        every byte, so a trickling answer could hold a sender for ever.
        """
        loop, bot = self._open()
        limit = seconds or 3 * self._timeout_seconds
        future = asyncio.run_coroutine_threadsafe(work(bot), loop)
        try:
            return future.result(timeout=limit)
        except TelegramError as error:
            raise delivery_failed(error) from None  # the cause carries the address with the token
        except (TimeoutError, CancelledError):
            future.cancel()
            raise DeliveryFailed("unknown", detail=f"no answer in {limit:.0f} s") from None

    def close(self) -> None:
        """Hang up. Calls under way end as unknown."""
        with self._guard:
            loop, bot, self._loop, self._bot = self._loop, self._bot, None, None
        if loop is None or bot is None:
            return
        asyncio.run_coroutine_threadsafe(_hang_up(bot), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)

    def _open(self) -> tuple[asyncio.AbstractEventLoop, Bot]:
        with self._guard:
            if self._loop is None or self._bot is None:
                self._loop = asyncio.new_event_loop()
                self._bot = open_bot(self.account, timeout_seconds=self._timeout_seconds)
                run = threading.Thread(
                    target=_run, args=(self._loop,), name="telegram-sender", daemon=True
                )
                run.start()
            return self._loop, self._bot


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _hang_up(bot: Bot) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await bot.request.shutdown()

"""Polling: fetch updates, and let Telegram forget them only when they are ours.

Telegram forgets an update when a later offset is asked for. So the offset moves
past an update only after `receive` has returned for it; whatever happens before
that, the update comes again, and `receive` knows it by its external id.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from bot.channels.telegram.account import TelegramAccount
from bot.channels.telegram.failures import seconds_to_wait
from bot.channels.telegram.intake import Intake, Receive

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 30.0
_EXPLAINED = {
    "store": "messages cannot be stored; they stay with Telegram and are tried again",
    "conflict": "another process fetches with this bot token; stop it, only one may run",
    "token": "Telegram refuses the bot token; check TELEGRAM_BOT_TOKEN",
    "network": "Telegram cannot be reached; trying again",
    "too_fast": "Telegram asks us to wait",
}


class TelegramPoller:
    """Fetches on a thread of its own. `trouble` is empty, or a word: see `_EXPLAINED`."""

    def __init__(
        self,
        account: TelegramAccount,
        receive: Receive,
        *,
        wait_seconds: int = 25,
        first_pause: float = 1.0,
    ) -> None:
        self.trouble = ""
        self._account = account
        self._intake = Intake(account=account.id, receive=receive)
        self._wait_seconds, self._first_pause = wait_seconds, first_pause
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to fetch. A network that is down is no error: it keeps trying."""
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._run())
        self._thread = threading.Thread(
            target=_live, args=(self._loop, self._task), name="telegram-poller", daemon=True
        )
        self._thread.start()

    def stop(self, *, timeout_seconds: float = 10.0) -> None:
        """Stop at once; a `receive` under way is finished first."""
        if self._loop is None or self._task is None or self._thread is None:
            return
        with suppress(RuntimeError):  # the loop may have ended by itself
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(timeout_seconds)

    async def _run(self) -> None:
        request = HTTPXRequest(connect_timeout=5.0, read_timeout=self._wait_seconds + 10.0)
        pause = self._first_pause
        try:
            # As long as a webhook is set, fetching is refused. What waits is kept.
            while not await self._goes_well(request, "deleteWebhook"):
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            while True:
                if await self._goes_well(request, "getUpdates"):
                    pause = self._first_pause
                    continue
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        finally:
            await request.shutdown()

    async def _goes_well(self, request: HTTPXRequest, method: str) -> bool:
        """One call; whatever goes wrong becomes `trouble`, so that the thread lives on."""
        trouble = ""
        try:
            result = await request.post(self._url(method))
            if isinstance(result, list) and not self._intake.take(result):
                trouble = "store"
        except RetryAfter as error:
            trouble = "too_fast"
            await asyncio.sleep(seconds_to_wait(error))
        except Exception as error:
            known = {Conflict: "conflict", InvalidToken: "token"}
            trouble = known.get(type(error), "network")
        if trouble and trouble != self.trouble:
            log.error("telegram polling: %s", _EXPLAINED[trouble])
        elif self.trouble and not trouble:
            log.info("telegram polling works again")
        self.trouble = trouble
        return not trouble

    def _url(self, method: str) -> str:
        start = f"{self._account.method_url}{self._account.token}/{method}"
        if method != "getUpdates":
            return start
        asked: dict[str, object] = {
            "timeout": self._wait_seconds,
            "limit": 100,
            "allowed_updates": "[]",  # all that Telegram sends unasked
        }
        if self._intake.offset is not None:
            asked["offset"] = self._intake.offset
        return f"{start}?{urlencode(asked)}"


def _live(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    try:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
    finally:
        loop.close()

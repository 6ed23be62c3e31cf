"""Updates: what waits for the bot, and how it gets there: by polling or by webhook."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from tests.telegram_server.faults import ApiError

_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)
_SECOND = (
    "Conflict: terminated by other getUpdates request;"
    " make sure that only one bot instance is running"
)


class Updates:
    """The queue of one bot. Lives on the server's event loop, like Telegram's own.

    An update is forgotten when a higher offset is asked for, or when the
    webhook answered it with 2xx.
    """

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.last: dict[str, Any] | None = None
        self.webhook_url = ""
        self.webhook_answers: list[int] = []
        self._owed: list[dict[str, Any]] = []
        self._secret = ""
        self._next_id = 700_000_001
        self._poller = 0
        self._bell = asyncio.Condition()

    async def put(self, update: dict[str, Any]) -> dict[str, Any]:
        """Number `update` unless it has a number, and let it wait for the bot."""
        numbered = {"update_id": self._next_id, **update}
        self._next_id += 1
        self.last = numbered
        self.waiting.append(numbered)
        await self.ring()
        return numbered

    async def put_again(self, update: dict[str, Any]) -> None:
        """Deliver an update as it is, though a higher offset was asked for before."""
        again = dict(update)
        self._owed.append(again)
        self.waiting.append(again)
        await self.ring()

    async def ring(self) -> None:
        """Wake who waits: something changed."""
        async with self._bell:
            self._bell.notify_all()

    def drop(self) -> None:
        """Forget all that waits."""
        self.waiting.clear()

    async def fetch(self, *, offset: int | None, limit: int, timeout: float) -> list[Any]:
        """Long polling. A second poller ends the first one's wait, as at Telegram."""
        if self.webhook_url:
            raise ApiError(409, _ACTIVE)
        self._poller += 1
        mine = self._poller
        await self.ring()
        if offset is not None:
            self.waiting = [
                one for one in self.waiting if self._is_owed(one) or not _below(one, offset)
            ]
        try:
            async with asyncio.timeout(timeout), self._bell:
                await self._bell.wait_for(lambda: self.waiting or self._poller != mine)
        except TimeoutError:
            pass
        if self._poller != mine:
            raise ApiError(409, _SECOND)
        self._owed.clear()
        return self.waiting[:limit]

    async def hang_up(self) -> None:
        """End every wait: the network is gone."""
        self._poller += 1
        await self.ring()

    async def set_webhook(self, url: str, secret: str) -> None:
        """Deliver to `url` from now on; an empty one ends it."""
        self.webhook_url, self._secret = url, secret
        await self.ring()

    async def deliver(self) -> None:
        """Bring updates to the webhook, one after the other, again until it says 2xx."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            while True:
                if not (self.webhook_url and self.waiting):
                    async with self._bell:
                        await self._bell.wait_for(lambda: self.webhook_url and self.waiting)
                update = self.waiting[0]
                status = await self._post(client, update)
                self.webhook_answers.append(status)
                if 200 <= status < 300 and update in self.waiting:
                    self.waiting.remove(update)
                elif status >= 300 or not status:
                    await asyncio.sleep(0.05)  # Telegram, too, waits before it tries again

    def _is_owed(self, update: dict[str, Any]) -> bool:
        return any(update is one for one in self._owed)

    async def _post(self, client: httpx.AsyncClient, update: dict[str, Any]) -> int:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        try:
            # Plain ASCII, as Telegram writes it, so that half a character can be sent.
            body = json.dumps(update).encode()
            answer = await client.post(self.webhook_url, content=body, headers=headers)
        except httpx.HTTPError:
            return 0
        return answer.status_code


def _below(update: dict[str, Any], offset: int) -> bool:
    number = update.get("update_id")
    return isinstance(number, int) and number < offset

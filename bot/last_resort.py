"""Last resort: what nobody caught ends as a plain 500, and its text reaches no log.

A server logs the whole text of an exception, and that may quote a patient.
"""

from __future__ import annotations

import logging

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.services.faults import kind_and_place

log = logging.getLogger(__name__)


class LastResort:
    """ASGI middleware around all routes of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def note_begin(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note_begin)
        except Exception as fault:
            log.error("a request failed: %(fault)s at %(where)s", kind_and_place(fault))
            if not begun:
                await JSONResponse({"error": "failed"}, status_code=500)(scope, receive, send)

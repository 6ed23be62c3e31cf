"""Webhook: Telegram calls us; we say 200 only when the message is stored."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.intake import Receive, hand_on
from bot.channels.telegram.registration import checked_secret
from bot.channels.telegram.updates import read_update

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_LIMIT_BYTES = 1024 * 1024
FORGED_PER_MINUTE = 30


def webhook_route(
    path: str,
    *,
    secret: str,
    account: str,
    receive: Receive,
    monotonic: Callable[[], float] = time.monotonic,
) -> Route:
    """The route for Telegram's calls. Raises ValueError without a good `secret`.

    200 stored, 400 no update, 403 wrong secret, 413 too big, 429 too many
    wrong secrets, 503 not stored, so that Telegram calls again. Only calls
    with a wrong secret are limited: Telegram itself is never told to wait.
    """
    expected = checked_secret(secret).encode()
    forged = _Forged(monotonic)

    async def take(request: Request) -> Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, expected):
            return Response(status_code=forged.answer())
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        update = _update(body)
        if update is None:
            return Response(status_code=400)
        taken = await run_in_threadpool(hand_on, read_update(update, account=account), receive)
        return Response(status_code=200 if taken else 503)

    return Route(path, take, methods=["POST"])


class _Forged:
    """Counts calls with a wrong secret within the last minute."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._times: deque[float] = deque(maxlen=FORGED_PER_MINUTE)

    def answer(self) -> int:
        now = self._monotonic()
        if len(self._times) == FORGED_PER_MINUTE and now - self._times[0] < 60:
            return 429
        self._times.append(now)
        log.warning("telegram webhook: a call with a wrong secret was refused")
        return 403


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is too big; then the rest is not even read."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > BODY_LIMIT_BYTES:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT_BYTES:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):  # a thousand brackets raise the latter
        return None
    return update if isinstance(update, dict) else None

"""Failures: what the library raised, as the one error that our sender knows.

down is said only when the request surely never left; when there is any doubt
the answer is unknown, so that a repeat is marked as a possible duplicate.
"""

from __future__ import annotations

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.core.errors import DeliveryFailed

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def delivery_failed(error: TelegramError) -> DeliveryFailed:
    """Return our error for `error`. It holds no address, token or words."""
    if isinstance(error, RetryAfter):
        return DeliveryFailed("too_fast", retry_after=seconds_to_wait(error))
    if isinstance(error, Forbidden):
        return DeliveryFailed("blocked", detail=error.message)
    if isinstance(error, InvalidToken):
        return DeliveryFailed("down", detail="the bot token was refused; check TELEGRAM_BOT_TOKEN")
    if isinstance(error, BadRequest | ChatMigrated):
        return DeliveryFailed("refused", detail=error.message)
    cause = error.__cause__
    if isinstance(cause, _NEVER_LEFT):
        return DeliveryFailed("down", detail=type(cause).__name__)
    return DeliveryFailed("unknown", detail=type(cause or error).__name__)


def seconds_to_wait(error: RetryAfter) -> float:
    """Seconds of `error`, read as the library pickles them.

    Its property is about to change from a number to a timedelta.
    """
    return float(error.__reduce__()[1][0])

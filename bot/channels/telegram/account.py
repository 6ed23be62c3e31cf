"""Account: one Telegram bot, where its Bot API lives, and its secret token."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OFFICIAL_API = "https://api.telegram.org"
CHANNEL = "telegram"

_BOT_TOKEN = re.compile(r"^\d+:")
_SHORTEST = 6  # a shorter word would blot out half of the log

# These libraries log web addresses, in which the token stands, and whole
# messages: at INFO and DEBUG, and the last one even when an answer is broken.
_TALKATIVE = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    "telegram.request.BaseRequest": logging.CRITICAL + 1,
}


@dataclass(frozen=True)
class TelegramAccount:
    """One bot. `api_base_url` may name a self-hosted or a test Bot API."""

    token: str = field(repr=False)
    api_base_url: str = OFFICIAL_API

    def __post_init__(self) -> None:
        number, _, secret = self.token.partition(":")
        if not (number.isdecimal() and secret):
            raise ValueError("TELEGRAM_BOT_TOKEN does not look like 123456:ABC... from @BotFather")

    @property
    def id(self) -> str:
        """The bot's public number; it says which account received a message."""
        return self.token.partition(":")[0]

    @property
    def method_url(self) -> str:
        """The address before the token, for calls."""
        return f"{self._root}/bot"

    @property
    def file_url(self) -> str:
        """The address before the token, for downloads."""
        return f"{self._root}/file/bot"

    @property
    def _root(self) -> str:
        return (self.api_base_url or OFFICIAL_API).rstrip("/").removesuffix("/bot")


def keep_out_of_logs(*secrets: str) -> None:
    """Take `secrets` out of every log line and traceback of this process.

    A record factory, not a filter on handlers: it also covers handlers that
    are added later. Of a bot token the half after the colon is the secret.
    """
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _CleanRecords):
        factory = _CleanRecords(factory)
        logging.setLogRecordFactory(factory)
    halves = (_BOT_TOKEN.sub("", one) for one in secrets)
    factory.hidden |= {one for one in halves if len(one) >= _SHORTEST}
    for name, level in _TALKATIVE.items():
        logging.getLogger(name).setLevel(level)


class _CleanRecords:
    """Makes log records without the hidden words."""

    def __init__(self, inner: Callable[..., logging.LogRecord]) -> None:
        self.hidden: set[str] = set()
        self._inner = inner

    def __call__(self, *args: Any, **values: Any) -> logging.LogRecord:
        record = self._inner(*args, **values)
        line = _line(record)
        if any(one in line for one in self.hidden):
            record.msg, record.args = self._without(line), ()
        if record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info)
            if any(one in trace for one in self.hidden):
                record.exc_info, record.exc_text = None, self._without(trace)
        return record

    def _without(self, text: str) -> str:
        for one in self.hidden:
            text = text.replace(one, "[hidden]")
        return text


def _line(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # wrong blanks in a log call; logging itself reports it
        return f"{record.msg} {record.args}"

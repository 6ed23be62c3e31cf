"""Media that people sent on Telegram: fetched from there when a nurse looks at it."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from bot.channels.telegram.sender import TelegramSender
from bot.core.errors import DeliveryFailed
from bot.services.media import Media, photo_kind

KEPT = 20  # photos kept in memory, for the nurse who goes back and forth


class TelegramMedia:
    """Implements the `Media` port: our own photos first, Telegram's after that."""

    def __init__(self, own: Media, sender: TelegramSender) -> None:
        self._own, self._sender = own, sender
        self._recent: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._lock = Lock()

    def save(self, content: bytes, kind: str) -> str:
        return self._own.save(content, kind)

    def open(self, id: str) -> tuple[bytes, str] | None:
        """The bytes and their kind; None when it is gone or is no photo."""
        found = self._own.open(id) or self._recent.get(id)
        if found is not None:
            return found
        try:
            content = self._sender.fetch_media(id)
        except DeliveryFailed:
            return None
        kind = photo_kind(content)
        if kind is None:
            return None
        with self._lock:
            self._recent[id] = (content, kind)
            while len(self._recent) > KEPT:
                self._recent.popitem(last=False)
        return content, kind

"""Sender of the web chat: the stored message is the delivery; only wake the page."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.webchat.listeners import Listeners
from bot.core.message import Outgoing


class WebChatSender:
    """Implements the `Sender` port."""

    own_page = True

    def __init__(self, listeners: Listeners, tell: Callable[[str], None] | None = None) -> None:
        """`tell` passes the hint on to the workers whose pages we cannot wake ourselves."""
        self._listeners, self._tell = listeners, tell

    def send(self, message: Outgoing) -> str:
        """Wake the page: the message is marked as sent already, and read from the record."""
        self._listeners.poke(message.address)
        if self._tell is not None:
            self._tell(message.address)
        return message.reply_key

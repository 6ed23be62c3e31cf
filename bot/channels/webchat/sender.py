"""Sender of the web chat: the stored message is the delivery; only wake the page."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.webchat.listeners import Listeners
from bot.core.message import Outgoing


class WebChatSender:
    """Implements the `Sender` port."""

    def __init__(self, listeners: Listeners, tell: Callable[[str], None] | None = None) -> None:
        """`tell` passes the hint on to the workers whose pages we cannot wake ourselves."""
        self._listeners, self._tell = listeners, tell

    def send(self, message: Outgoing) -> str:
        """Take the message. The page reads it from the record once it is marked sent."""
        self._listeners.poke(message.address)
        if self._tell is not None:
            self._tell(message.address)
        return message.reply_key

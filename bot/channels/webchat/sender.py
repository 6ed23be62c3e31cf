"""Sender of the web chat: the stored message is the delivery; only wake the page."""

from __future__ import annotations

from bot.channels.webchat.listeners import Listeners
from bot.core.message import Outgoing


class WebChatSender:
    """Implements the `Sender` port."""

    def __init__(self, listeners: Listeners) -> None:
        self._listeners = listeners

    def send(self, message: Outgoing) -> str:
        """Take the message. The page reads it from the record once it is marked sent."""
        self._listeners.poke(message.address)
        return message.reply_key

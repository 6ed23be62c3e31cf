"""Courtesy: stop the waiting sign on a tapped button once its message is stored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.channels.telegram.sender import TelegramSender
from bot.core.errors import DeliveryFailed
from bot.core.message import Incoming, PresenceChange

log = logging.getLogger(__name__)
Receive = Callable[[Incoming | PresenceChange], None]


def with_courtesy(receive: Receive, sender: TelegramSender) -> Receive:
    """`receive`, and after it the answer that Telegram wants for a tap.

    The answer is only a courtesy: it never delays or fails the message.
    """
    hands = ThreadPoolExecutor(max_workers=2, thread_name_prefix="courtesy")

    def answer(answer_id: str) -> None:
        try:
            sender.answer_button(answer_id)
        except DeliveryFailed as failure:
            log.info("tap not answered", extra={"reason": failure.reason})

    def take(incoming: Incoming | PresenceChange) -> None:
        receive(incoming)
        if isinstance(incoming, Incoming) and incoming.answer_id:
            hands.submit(answer, incoming.answer_id)

    return take

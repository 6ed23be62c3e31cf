"""Intake: hand updates on, and know which of them may be forgotten at Telegram."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from bot.channels.telegram.fields import number_of
from bot.channels.telegram.updates import Ignored, read_update
from bot.core.message import Incoming, PresenceChange

log = logging.getLogger(__name__)

Receive = Callable[[Incoming | PresenceChange], None]

_FAILURES = 3  # then the store is probably down: leave the rest of the batch for later


def hand_on(read: Incoming | PresenceChange | Ignored, receive: Receive) -> bool:
    """Give one update to `receive`. True when it is ours now, or is set aside for good."""
    if isinstance(read, Ignored):
        log.info("telegram update %s is set aside: %s", read.external_id, read.reason)
        return True
    try:
        receive(read)
    except Exception as error:
        # Only the kind of error: its text may carry the patient's words.
        kind = type(error).__name__
        log.error("telegram update %s could not be stored: %s", read.external_id, kind)
        return False
    return True


class Intake:
    """The offset to ask for next: None for everything that Telegram still has.

    An update that is refused again and again holds the offset, but not other
    people's messages. Its own chat waits behind it, so that order is kept.
    """

    def __init__(self, *, account: str, receive: Receive) -> None:
        self.offset: int | None = None
        self._account, self._receive = account, receive
        self._ahead: set[int] = set()  # taken, though one before them was not

    def take(self, batch: list[Any]) -> bool:
        """Hand on a batch and move the offset. False when something was left over."""
        numbers: list[int] = []
        left: list[int] = []
        waiting: set[str] = set()
        for raw in batch:
            number = number_of(raw, "update_id")
            if number is None:
                continue
            numbers.append(number)
            if number not in self._ahead and not self._try(raw, waiting, full=len(left)):
                left.append(number)
        self._ahead = set(numbers).difference(left) if left else set()
        if left:
            self.offset = min(left)
        elif numbers:
            self.offset = max(numbers) + 1
        elif not batch:
            # All is confirmed. Forget the number: after a quiet week Telegram
            # starts anew at random, perhaps below it.
            self.offset = None
        return not left and (bool(numbers) or not batch)

    def _try(self, raw: Any, waiting: set[str], *, full: int) -> bool:
        read = read_update(raw, account=self._account)
        address = "" if isinstance(read, Ignored) else read.address
        if full < _FAILURES and address not in waiting:
            if hand_on(read, self._receive):
                return True
            waiting.add(address)
        return False

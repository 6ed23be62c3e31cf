"""Pace: how fast a provider may be used, and who goes first when that is not enough.

One figure per account says how far it is used ahead of time; every message moves it on
by one interval. The less urgent a message, the less of the burst it may use up: so a
page always finds room, however many check-ins wait.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.conversation import Priority

# How much of the burst each priority may use up. What is urgent is never held back.
SHARE: Final = {Priority.CONVERSATION: 0.7, Priority.CHECK_IN: 0.4}
PLENTY: Final = 10_000


@dataclass(frozen=True)
class Limits:
    """What a provider takes from one account: `per_second` for ever, `burst` at once.

    In any one second at most `per_second + burst` leave. One chat takes
    `chat_burst` at once, then one every `chat_every`. `source` says who states it.
    """

    per_second: float
    burst: int
    chat_every: timedelta
    chat_burst: int
    source: str

    @property
    def every(self) -> timedelta:
        return timedelta(seconds=1 / self.per_second)


@dataclass(frozen=True)
class Pace:
    """How one account stands. `id` is "channel:account".

    `held_until`: the provider itself said "too fast" to several chats; only what is
    urgent is tried before then. `refused_chat` and `refused_until` remember the
    newest chat that it said so to.
    """

    id: str
    busy_until: datetime
    held_until: datetime | None = None
    refused_chat: str = ""
    refused_until: datetime | None = None


def is_urgent(priority: Priority) -> bool:
    """What is never held back by our own pace, and goes ahead of everything."""
    return priority <= Priority.URGENT_ADVICE


def room(pace: Pace | None, limits: Limits, priority: Priority, now: datetime) -> int:
    """How many messages of this priority may leave at this moment."""
    if is_urgent(priority) or pace is None:
        return PLENTY
    if pace.held_until is not None and pace.held_until > now:
        return 0
    used = max(pace.busy_until - now, timedelta()) / limits.every
    return max(0, int(limits.burst * SHARE[priority] - used + 1e-6))


def used_once(pace: Pace, limits: Limits, now: datetime) -> Pace:
    """The pace after one more message."""
    return replace(pace, busy_until=max(pace.busy_until, now) + limits.every)


def chat_free_at(busy_until: datetime | None, limits: Limits, now: datetime) -> datetime:
    """From when on one chat takes another message."""
    if busy_until is None:
        return now
    return max(now, busy_until - (limits.chat_burst - 1) * limits.chat_every)


def refused(pace: Pace, chat_id: str, until: datetime, now: datetime) -> Pace:
    """The provider said "too fast". One chat is that chat; a second one is everybody."""
    other = (
        pace.refused_chat not in ("", chat_id)
        and pace.refused_until is not None
        and pace.refused_until > now
    )
    held = max(pace.held_until or until, until) if other else pace.held_until
    return replace(pace, held_until=held, refused_chat=chat_id, refused_until=until)

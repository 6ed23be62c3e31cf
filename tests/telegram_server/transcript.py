"""Transcript: what stands in each chat, as the person sees it on the phone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Message:
    """One message in a chat. `buttons` are rows of (title, data); `at` counts seconds."""

    chat: str
    id: int
    from_bot: bool
    text: str
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    photo: bytes | None = None
    edited: bool = False
    at: float = field(default_factory=time.monotonic, compare=False)

    def titles(self) -> list[str]:
        """The titles on the buttons, row by row."""
        return [title for row in self.buttons for title, _ in row]


class Transcript:
    """All messages of all chats, in order. Waiting needs no sleeping."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: list[Message] = []

    def add(self, message: Message) -> None:
        """Something was said."""
        with self._changed:
            self._messages.append(message)
            self._changed.notify_all()

    def change(self, chat: str, message_id: int, **what: object) -> Message | None:
        """Change a message that stands there; None when there is no such message."""
        with self._changed:
            for place, old in enumerate(self._messages):
                if (old.chat, old.id) == (chat, message_id):
                    self._messages[place] = replace(old, **what)  # type: ignore[arg-type]
                    self._changed.notify_all()
                    return self._messages[place]
        return None

    def remove(self, chat: str, message_id: int) -> None:
        """A message was deleted."""
        with self._changed:
            self._messages = [m for m in self._messages if (m.chat, m.id) != (chat, message_id)]
            self._changed.notify_all()

    def of(self, chat: str) -> list[Message]:
        """What stands in one chat."""
        with self._changed:
            return [one for one in self._messages if one.chat == chat]

    def wait(self, holds: Callable[[], bool], timeout: float) -> bool:
        """Wait until `holds`, looking again at every change."""
        until = time.monotonic() + timeout
        with self._changed:
            while not holds():
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return holds()
        return True

"""Faults: what goes wrong at Telegram or on the way, when a test asks for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any


class ApiError(Exception):
    """An answer of the Bot API that says no."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass(frozen=True)
class Fault:
    """One thing to go wrong. `delivered`: the call is carried out all the same."""

    method: str
    chat: str = ""  # only calls for this chat
    error: ApiError | None = None
    wait_seconds: float = 0.0
    broken: bool = False  # the connection ends in the middle of the answer
    delivered: bool = True


class Faults:
    """Faults to come, each for a number of calls, in the order they were asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._coming: list[Fault] = []

    def too_fast(
        self, retry_after: int, *, method: str = "sendMessage", chat: str = "", times: int = 1
    ) -> None:
        """429 with the seconds to wait."""
        error = ApiError(
            429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
        )
        self._add(Fault(method, chat, error), times)

    def blocked(self, *, method: str = "sendMessage", chat: str = "", times: int = 1) -> None:
        """403, as when the person blocked the bot."""
        error = ApiError(403, "Forbidden: bot was blocked by the user")
        self._add(Fault(method, chat, error), times)

    def error(
        self, code: int, description: str, *, method: str = "sendMessage", times: int = 1
    ) -> None:
        """Any other error; 502 is Telegram's own gateway."""
        self._add(Fault(method, error=ApiError(code, description)), times)

    def time_out(
        self,
        *,
        method: str = "sendMessage",
        delivered: bool = True,
        seconds: float = 60.0,
        times: int = 1,
    ) -> None:
        """No answer for `seconds`, while the message arrived, or did not."""
        self._add(Fault(method, wait_seconds=seconds, delivered=delivered), times)

    def broken(
        self, *, method: str = "sendMessage", delivered: bool = True, times: int = 1
    ) -> None:
        """The connection ends in the middle of the answer."""
        self._add(Fault(method, broken=True, delivered=delivered), times)

    def let_pass(self, *, method: str = "sendMessage", times: int = 1) -> None:
        """Nothing goes wrong with the next calls, only with those after them."""
        self._add(Fault(method), times)

    def take(self, method: str, chat: str) -> Fault | None:
        """The fault for this call, used up by it."""
        with self._guard:
            for fault in self._coming:
                if fault.method.lower() == method.lower() and fault.chat in ("", chat):
                    self._coming.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """All is well again."""
        with self._guard:
            self._coming.clear()

    def _add(self, fault: Fault, times: int) -> None:
        with self._guard:
            self._coming.extend([fault] * times)

"""Several engines seen as one: each conversation has its own, and another when that is down.

Moving costs nothing: an engine keeps no more than "inside a check-in", and every
turn says that anew from our record. A turn that was begun twice is heard once,
by its turn id (`bot/services/hear.py`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from bot.core.errors import EngineUnavailable
from bot.dialogue.client import TURN_SECONDS, EngineClient
from bot.services.ports import EngineReply

Result = TypeVar("Result")

ALL_SECONDS = 30.0  # for all engines together: below the lane's lease of 45 s
LEAST_SECONDS = 2.0  # with less left, the next engine is not even asked
REST_SECONDS = 5.0  # an engine that failed is asked last for so long


class Engines:
    """Implements the `Dialogue` port over one or more engines. Safe to use from many threads."""

    def __init__(
        self,
        engines: Sequence[EngineClient],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engines, self._monotonic = tuple(engines), monotonic
        self._failed_at: dict[EngineClient, float] = {}

    def turn(
        self,
        *,
        turn_id: str,
        conversation_id: str,
        text: str | None,
        intent: str | None,
        metadata: Mapping[str, Any],
    ) -> tuple[EngineReply, ...]:
        """One turn, of the first engine that takes it. Raises EngineUnavailable."""

        def ask(engine: EngineClient, seconds: float) -> tuple[EngineReply, ...]:
            return engine.turn(
                turn_id=turn_id,
                conversation_id=conversation_id,
                text=text,
                intent=intent,
                metadata=metadata,
                seconds=seconds,
            )

        return self._first(conversation_id, ask)

    def understand(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """(intent, confidence) of each text."""
        return self._first("understand", lambda engine, _seconds: engine.understand(texts))

    def why_not_ready(self) -> str | None:
        """None when any engine can take a turn, else why each of them cannot."""
        reasons = self.each()
        if any(one is None for one in reasons):
            return None
        return "; ".join(dict.fromkeys(str(one) for one in reasons))

    def each(self) -> list[str | None]:
        """Of every engine, in the order of the setting: None when it is ready, else why not."""
        return [one.why_not_ready() for one in self._engines]

    def close(self) -> None:
        for one in self._engines:
            one.close()

    def _first(self, about: str, ask: Callable[[EngineClient, float], Result]) -> Result:
        """Ask one engine after the other, all within ALL_SECONDS."""
        until = self._monotonic() + ALL_SECONDS
        refused: EngineUnavailable | None = None
        for engine in self._order(about):
            left = until - self._monotonic()
            if refused is not None and left < LEAST_SECONDS:
                break
            try:
                answer = ask(engine, min(TURN_SECONDS, left))
            except EngineUnavailable as error:
                self._failed_at[engine] = self._monotonic()
                refused = error
            else:
                self._failed_at.pop(engine, None)
                return answer
        raise refused or EngineUnavailable("no engine is named")

    def _order(self, about: str) -> list[EngineClient]:
        """The same for the same conversation in every worker; those that just failed, last."""
        now = self._monotonic()

        def place(engine: EngineClient) -> tuple[bool, bytes]:
            rests = now - self._failed_at.get(engine, -REST_SECONDS) < REST_SECONDS
            return rests, hashlib.sha256(f"{engine.url} {about}".encode()).digest()

        return sorted(self._engines, key=place)


def open_engines(urls: str, *, token: str = "") -> Engines:
    """Clients for the engines in `urls`, which commas divide."""
    named = [one.strip() for one in urls.split(",") if one.strip()]
    return Engines([EngineClient(one, token=token) for one in named])

"""The engine over HTTP, as a turn function that either answers or raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from bot.core.errors import EngineUnavailable
from bot.services.ports import EngineReply

TURN_SECONDS = 20.0
CONNECT_SECONDS = 2.0  # a machine that is off must not cost a patient the whole turn's time
TOKEN_HEADER = "x-aftercare-token"  # noqa: S105, a header's name
LONGEST_TEXT = 4000  # an engine turn reads this much; screening has read all of it


class EngineClient:
    """Implements the `Dialogue` port. Safe to use from many threads."""

    def __init__(self, base_url: str, *, token: str = "") -> None:
        headers = {TOKEN_HEADER: token} if token else {}
        self.url = base_url
        self._http = httpx.Client(base_url=base_url, timeout=_within(TURN_SECONDS), headers=headers)

    def turn(
        self,
        *,
        turn_id: str,
        conversation_id: str,
        text: str | None,
        intent: str | None,
        metadata: Mapping[str, Any],
        seconds: float = TURN_SECONDS,
    ) -> tuple[EngineReply, ...]:
        """One turn. Raises EngineUnavailable when it did not happen as a whole."""
        body = self._post(
            "turn",
            {
                "turn_id": turn_id,
                "conversation_id": conversation_id,
                "text": text[:LONGEST_TEXT] if text else None,
                "intent": intent,
                "in_check_in": metadata.get("in_check_in"),
                "metadata": dict(metadata),
            },
            seconds,
        )
        return tuple(
            EngineReply(text=one["text"], custom=one.get("custom") or {})
            for one in body["messages"]
            if one["text"]
        )

    def understand(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """(intent, confidence) of each text."""
        body = self._post("understand", {"texts": list(texts)})
        return [(one["intent"], one["confidence"]) for one in body["results"]]

    def why_not_ready(self) -> str | None:
        """None when the engine can take a turn, else one code that says why not."""
        try:
            answer = self._http.get("/webhooks/aftercare/ready")
            return None if answer.status_code == httpx.codes.OK else str(answer.json()["error"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            return type(error).__name__

    def close(self) -> None:
        self._http.close()

    def _post(
        self, door: str, body: dict[str, Any], seconds: float = TURN_SECONDS
    ) -> dict[str, Any]:
        try:
            address = f"/webhooks/aftercare/{door}"
            answer = self._http.post(address, json=body, timeout=_within(seconds))
            answer.raise_for_status()
            return dict(answer.json())
        except httpx.HTTPStatusError as error:
            raise EngineUnavailable(f"engine answered {error.response.status_code}") from None
        except (httpx.HTTPError, ValueError) as error:
            raise EngineUnavailable(f"engine: {type(error).__name__}") from None


def _within(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))

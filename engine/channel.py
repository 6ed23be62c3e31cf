"""The engine's door: one turn in, its replies out; readings of texts; readiness.

Only our own application calls it, on the loopback interface. A turn either
succeeds as a whole or answers with an error status and a code, never with words.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from engine import compat
from engine.quiet_logs import withhold_words
from engine.readiness import Readiness
from engine.turn import BadTurn, Turn, TurnFailed, Turns, read_texts, understand

log = logging.getLogger(__name__)

TOKEN_HEADER = "x-aftercare-token"  # noqa: S105, a header's name
Answer = Callable[[Request], Awaitable[HTTPResponse]]


class TurnChannel(InputChannel):
    """The channel that credentials.yml names. Serves under /webhooks/aftercare/."""

    @classmethod
    def name(cls) -> str:
        return "aftercare"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnChannel:
        # Rasa asks for its channels before it builds anything else, so this is
        # the moment in which the changes to Rasa must be made.
        compat.apply()
        withhold_words()
        return cls()

    def __init__(self) -> None:
        self._turns = Turns()
        self._readiness = Readiness()
        self._token = os.environ.get("AFTERCARE_ENGINE_TOKEN", "")

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("aftercare")
        door.add_route(self._guard(self._turn), "/turn", methods=["POST"])
        door.add_route(self._guard(self._understand), "/understand", methods=["POST"])
        door.add_route(self._guard(self._ready), "/ready", methods=["GET"])

        @door.listener("after_server_start")
        async def quieten(app: Any, *_: Any) -> None:
            withhold_words()
            app.error_handler.add(Exception, _plainly)

        @door.listener("before_server_stop")
        async def close(*_: Any) -> None:
            await compat.close_http_session()

        return door

    def _guard(self, answer: Answer) -> Answer:
        async def guarded(request: Request) -> HTTPResponse:
            given = request.headers.get(TOKEN_HEADER, "")
            if self._token and not hmac.compare_digest(given.encode(), self._token.encode()):
                return _error("wrong_token", 401)
            try:
                return await answer(request)
            except BadTurn as error:
                return _error(error.code, 400)
            except TurnFailed as error:
                log.error("turn failed: %s", error.code)
                return _error(error.code, error.status)
            except Exception as error:
                # The type only: an exception's text may quote the patient.
                log.error("engine failed: %s", type(error).__name__)
                return _error("engine_error", 500)

        guarded.__name__ = answer.__name__
        return guarded

    async def _turn(self, request: Request) -> HTTPResponse:
        turn = Turn.read(_body(request))
        return json_response(await self._turns.take(_agent(request), turn), ensure_ascii=False)

    async def _understand(self, request: Request) -> HTTPResponse:
        texts = read_texts(_body(request))
        agent = _agent(request)
        results = [await understand(agent, text) for text in texts]
        found = [{"intent": one["name"], "confidence": one["confidence"]} for one in results]
        return json_response({"results": found})

    async def _ready(self, request: Request) -> HTTPResponse:
        reason = await self._readiness.why_not(_agent(request))
        if reason is None:
            return json_response({"ready": True})
        return json_response({"ready": False, "error": reason}, status=503)


def _body(request: Request) -> Any:
    try:
        return request.json
    except Exception as error:
        raise BadTurn("not_json") from error


def _agent(request: Request) -> Any:
    """Rasa's agent with its model, which Rasa goes on without when it fails to load."""
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise TurnFailed("model_not_ready", 503)
    agent.processor.on_circuit_break = compat.stop_circles
    return agent


def _plainly(_request: Request, error: Exception) -> HTTPResponse:
    """Any other address: Sanic's own page repeats what was asked for."""
    status = int(getattr(error, "status_code", 500))
    return _error("engine_error" if status >= 500 else "refused", status)


def _error(code: str, status: int) -> HTTPResponse:
    return json_response({"error": code}, status=status)

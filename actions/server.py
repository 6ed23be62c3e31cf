"""The action server: rasa-sdk's executor behind two small doors.

The server that rasa-sdk brings repeats the whole request, with the patient's
words, in the body of a 500. This one answers with a code.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import uvicorn
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.check_in import AskAnswer, FinishCheckIn, ValidateCheckInForm
from actions.reply import Reply
from actions.turn import work_with
from bot.last_resort import LastResort
from bot.services.faults import kind_and_place
from bot.services.log_lines import begin_log
from bot.services.parts import Parts

log = logging.getLogger("actions.server")  # also when it is run as __main__

ACTIONS = (ValidateCheckInForm, AskAnswer, FinishCheckIn, Reply)


def make_action_server(parts: Parts) -> Starlette:
    """The web application that the engine calls. Loopback only."""
    work_with(parts)
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action)

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def webhook(request: Request) -> Response:
        call = await request.json()
        return await run_in_threadpool(_run, executor, call)

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/webhook", webhook, methods=["POST"]),
        ],
        middleware=[Middleware(LastResort)],
    )


def _run(executor: ActionExecutor, call: dict[str, Any]) -> Response:
    """One action call. Whatever fails fails the turn, and says so without words."""
    name = call.get("next_action")
    try:
        result = asyncio.run(executor.run(call))
    except Exception as error:
        # Never its text, at no level: it may quote the patient.
        known = str(name) if str(name) in executor.actions else "unknown"
        log.error("action failed", extra={"action": known, **kind_and_place(error)})
        return JSONResponse({"error": "action_failed"}, status_code=500)
    return JSONResponse(result.model_dump() if result else None)


def main() -> None:
    """Serve the actions with parts from the environment."""
    from bot.library_wiring import kept_fresh
    from bot.wiring import wire

    wired = wire()
    begin_log()
    with kept_fresh(wired.library):
        uvicorn.run(
            make_action_server(wired.parts),
            host=wired.settings.actions_host,
            port=int(wired.settings.actions_port),
            log_level="warning",
            access_log=False,
        )


if __name__ == "__main__":
    main()

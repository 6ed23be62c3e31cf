"""Live: tells open pages that something changed. It says what, never about whom."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.console.door import Desk, current_session
from bot.core.errors import AftercareError
from bot.core.permissions import Permission, allows
from bot.core.staff import Nurse
from bot.services.show_case import case_stamp, patient_stamp
from bot.services.sign_in import session_of

LOOK_EVERY = 0.5
SESSION_EVERY = 20.0
BREATHE_EVERY = 4.0  # a page that hears nothing for much longer knows it is cut off


class Pulse:
    """One look at the record for all open pages together, however many there are."""

    def __init__(self, look: Callable[[], str]) -> None:
        self._look = look
        self._stamp, self._looked = "", 0.0
        self._turn = asyncio.Lock()

    async def stamp(self) -> str:
        async with self._turn:
            if time.monotonic() - self._looked >= LOOK_EVERY:
                self._stamp = await run_in_threadpool(self._look)
                self._looked = time.monotonic()
            return self._stamp


def live_route(desk: Desk, pulse: Pulse) -> Callable[[Request], Any]:
    """Server-sent events for the worklist, and for one `?case=` or one `?patient=`."""

    async def answer(request: Request) -> Response:
        session = await run_in_threadpool(current_session, desk, request)
        if session is None or not allows(session.nurse.role, Permission.SEE_WORKLIST):
            return Response(status_code=401)
        asked = request.query_params
        about = (
            ("case", asked["case"]) if "case" in asked else ("patient", asked.get("patient", ""))
        )
        return StreamingResponse(
            _events(desk, pulse, request, session.nurse, about),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    return answer


async def _events(
    desk: Desk, pulse: Pulse, request: Request, nurse: Nurse, about: tuple[str, str]
) -> AsyncIterator[str]:
    before = ""
    breathed = checked = time.monotonic()
    yield "retry: 2000\n\n"
    while True:
        now = await pulse.stamp()
        if about[1]:
            now += await run_in_threadpool(_stamp, desk, nurse, about)
        if now != before:
            # The first one too: the page may have missed a change while it was cut off.
            before, breathed = now, time.monotonic()
            yield f"event: changed\ndata: {now}\n\n"
        elif time.monotonic() - breathed > BREATHE_EVERY:
            breathed = time.monotonic()
            yield "event: beat\ndata: still here\n\n"
        if time.monotonic() - checked > SESSION_EVERY:
            checked = time.monotonic()
            if await run_in_threadpool(_over, desk, request):
                yield "event: over\ndata: signed out\n\n"
                return
        await asyncio.sleep(LOOK_EVERY)


def _stamp(desk: Desk, nurse: Nurse, about: tuple[str, str]) -> str:
    kind, id = about
    try:
        if kind == "case":
            return case_stamp(desk.parts, nurse, escalation_id=id)
        return patient_stamp(desk.parts, nurse, patient_id=id)
    except AftercareError:
        return ""


def _over(desk: Desk, request: Request) -> bool:
    token = request.cookies.get(desk.cookie("console"), "")
    return session_of(desk.parts, token, active=False) is None

"""Live: tells open pages that something changed. It says what, never about whom.

The one exception is an emergency that nobody has: its card itself is sent to whoever may see
it, for a page that fetches itself again would be too late when many do so at once.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.console.aside import LOOKS
from bot.console.door import Desk, current_session, look_for
from bot.core.errors import AftercareError
from bot.core.permissions import Permission, allows
from bot.services.show_case import case_stamp, patient_stamp
from bot.services.show_worklist import CaseLine
from bot.services.sign_in import Session, session_of
from bot.services.worklist_sight import Emergency, Sight

LOOK_EVERY = 0.2  # a page hears of a change after two such waits at most
CASE_EVERY = 0.5
SESSION_EVERY = 20.0
BREATHE_EVERY = 4.0  # a page that hears nothing for much longer knows it is cut off


class Pulse:
    """One look at the record for all open pages together, however many there are."""

    def __init__(
        self, look: Callable[[], Sight], read: Callable[[Emergency], CaseLine | None]
    ) -> None:
        self._look, self._read = look, read
        self._sight = Sight({}, ())
        self._lines: dict[Emergency, CaseLine | None] = {}
        self._looked = float("-inf")
        self._one_looks = Lock()
        self._turn = asyncio.Lock()

    def sight(self) -> Sight:
        """How things stand, at most LOOK_EVERY seconds old. May look at the record."""
        with self._one_looks:
            began = time.monotonic()
            if began - self._looked >= LOOK_EVERY:
                sight = self._look()
                kept = self._lines
                # Read once for all; those that are waiting already are on the pages.
                new = (
                    ()
                    if self._looked < 0
                    else set(sight.emergencies) - set(self._sight.emergencies)
                )
                self._lines = {one: kept[one] for one in sight.emergencies if one in kept}
                self._lines |= {one: self._read(one) for one in new}
                self._sight, self._looked = sight, began
            return self._sight

    async def soon(self) -> Sight:
        """The same for the many: only one of them waits for the record."""
        async with self._turn:
            if time.monotonic() - self._looked < LOOK_EVERY:
                return self._sight
            return await LOOKS.run(self.sight)

    def line(self, one: Emergency) -> CaseLine | None:
        """A new emergency as the worklist shows it; None when it was gone at once."""
        return self._lines.get(one)


def live_route(desk: Desk, pulse: Pulse) -> Callable[[Request], Any]:
    """Server-sent events for the worklist, and for one `?case=` or one `?patient=`."""

    async def answer(request: Request) -> Response:
        session = await run_in_threadpool(current_session, desk, request)
        if session is None or not allows(session.nurse.role, Permission.SEE_WORKLIST):
            return Response(status_code=401)
        return StreamingResponse(
            _Stream(desk, pulse, request, session).events(),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    return answer


class _Stream:
    """What one open page was told so far."""

    def __init__(self, desk: Desk, pulse: Pulse, request: Request, session: Session) -> None:
        self._desk, self._pulse, self._request = desk, pulse, request
        self._session = session
        asked = request.query_params
        self._kind = next((one for one in ("case", "patient") if one in asked), "")
        self._about = asked.get(self._kind, "")
        self._stamp = self._own = ""
        self._known: set[Emergency] | None = None
        self._breathed = self._checked = time.monotonic()
        self._own_looked = float("-inf")

    async def events(self) -> AsyncIterator[str]:
        yield "retry: 2000\n\n"
        while True:
            sight = await self._pulse.soon()
            for card in self._new_emergencies(sight):
                yield f"event: emergency\ndata: {card}\n\n"
            stamp = await self._stamp_of(sight)
            if stamp != self._stamp:
                # The first one too: the page compares it with its own.
                self._stamp, self._breathed = stamp, time.monotonic()
                yield f"event: changed\ndata: {stamp}\n\n"
            elif time.monotonic() - self._breathed > BREATHE_EVERY:
                self._breathed = time.monotonic()
                yield "event: beat\ndata: still here\n\n"
            if await self._is_over():
                yield "event: over\ndata: signed out\n\n"
                return
            await asyncio.sleep(LOOK_EVERY)

    def _new_emergencies(self, sight: Sight) -> list[str]:
        """The cards of those that this page has not been sent; at first it has them itself."""
        now = set(sight.emergencies_of(self._session.nurse))
        before, self._known = self._known, now
        if before is None:
            return []
        new = [one for one in sight.emergencies if one in now - before]
        return [card for one in new if (card := self._card(one))]

    def _card(self, one: Emergency) -> str:
        """The card as JSON; empty when the case is not there any more."""
        nurse, line = self._session.nurse, self._pulse.line(one)
        if line is None:
            return ""
        html = look_for(self._desk, nurse.language).render(
            "case_card.html",
            line=line,
            now=self._desk.parts.clock.now(),
            nurse=nurse,
            csrf=self._session.sign_in.csrf_token,
            may_act=allows(nurse.role, Permission.ACT_ON_CASE),
        )
        return json.dumps({"id": one.id, "name": line.patient.name, "html": html})

    async def _stamp_of(self, sight: Sight) -> str:
        if not self._about:
            return sight.stamp(self._session.nurse)
        if time.monotonic() - self._own_looked >= CASE_EVERY:
            self._own_looked = time.monotonic()
            self._own = await LOOKS.run(self._own_stamp)
        return self._own

    def _own_stamp(self) -> str:
        """Of the one case or patient that this page is about."""
        parts, nurse = self._desk.parts, self._session.nurse
        try:
            if self._kind == "case":
                return case_stamp(parts, nurse, escalation_id=self._about)
            return patient_stamp(parts, nurse, patient_id=self._about)
        except AftercareError:
            return ""

    async def _is_over(self) -> bool:
        if time.monotonic() - self._checked < SESSION_EVERY:
            return False
        self._checked = time.monotonic()
        found = await LOOKS.run(self._session_now)
        self._session = found or self._session
        return found is None

    def _session_now(self) -> Session | None:
        token = self._request.cookies.get(self._desk.cookie("console"), "")
        return session_of(self._desk.parts, token, active=False)

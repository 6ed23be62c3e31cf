"""Health: is the process alive, can the service do its work, and its figures."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.core.conversation import InboundState, OutboundState
from bot.core.escalation import EscalationState
from bot.sentence_model import sentence_model
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.show_technical import WATCHDOG
from bot.wiring import Wired


def health_routes(wired: Wired) -> list[Route]:
    """/healthz: alive. /readyz: can take a turn. /metrics: counts, never words or names."""

    async def alive(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_request: Request) -> Response:
        engines, reason = await run_in_threadpool(_why_not_ready, wired)
        body = {"ready": reason is None, "reason": reason, "engines": engines}
        return JSONResponse(body, status_code=200 if reason is None else 503)

    async def metrics(_request: Request) -> Response:
        body = await run_in_threadpool(_figures, wired.parts)
        return Response(body, media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]


def _why_not_ready(wired: Wired) -> tuple[list[str], str | None]:
    """How each engine is, and what keeps the service from answering patients, if anything.

    One engine that can take a turn is enough; the others are named for who repairs them.
    """
    try:
        with wired.record.reading() as tx:
            tx.nurses.count()
    except Exception as error:
        return [], f"database: {type(error).__name__}"
    each = wired.engine.each()
    reason = None if None in each else f"engine: {each[0]}"
    return [one or "ready" for one in each], reason


def _figures(parts: Parts) -> bytes:
    registry = CollectorRegistry()

    def gauge(name: str, help: str, value: int) -> None:
        Gauge(name, help, registry=registry).set(value)

    with parts.record.reading() as tx:
        waiting = tx.inbound.count(state=InboundState.RECEIVED)
        gauge("aftercare_inbound_waiting", "messages received, not yet processed", waiting)
        queued = tx.outbound.count(state=OutboundState.QUEUED)
        gauge("aftercare_outbound_waiting", "messages waiting to be sent", queued)
        opened = tx.escalations.count(state=EscalationState.OPEN)
        gauge("aftercare_escalations_open", "escalations nobody has acknowledged", opened)
        tasks = tx.tasks.count(done_at=None)
        gauge("aftercare_tasks_open", "nurse tasks not done", tasks)
        heard = sentence_model() is not None
        gauge("aftercare_sentence_model", "1 while screening has its sentence model", heard)
        _watched(tx, registry, parts.clock.now())
    return generate_latest(registry)


def _watched(tx: Transaction, registry: CollectorRegistry, now: datetime) -> None:
    """What the watchdog found last, check by check, and how long ago it looked."""
    holds, found, limit = (
        Gauge(f"aftercare_check_{name}", help, ["check"], registry=registry)
        for name, help in (
            ("holds", "1 while what the watchdog checks is as promised"),
            ("found", "what the watchdog found, in the unit of its limit"),
            ("limit", "the limit of what it may find"),
        )
    )
    for one in tx.invariants.find():
        holds.labels(one.id).set(one.holds)
        limit.labels(one.id).set(one.limit)
        if one.found is not None:
            found.labels(one.id).set(one.found)
    sign = tx.signs_of_life.get(WATCHDOG)
    if sign is not None:
        help = "seconds since the watchdog looked"
        age = Gauge("aftercare_watchdog_age_seconds", help, registry=registry)
        age.set((now - sign.at).total_seconds())


async def welcome_page(_request: Request) -> Response:
    """The bare address leads to the patients' chat."""
    return RedirectResponse("/chat")

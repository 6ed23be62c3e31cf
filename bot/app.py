"""The app: one web application with its durable work, started and stopped together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot.channels.telegram import TelegramPoller, keep_out_of_logs, webhook_route
from bot.channels.webchat.routes import chat_routes
from bot.console.routes import console_routes
from bot.health import health_routes, welcome_page
from bot.services.receive import receive
from bot.storage.media import FileMedia
from bot.wiring import Wired, wire
from bot.workflows.durable import DurableWork
from bot.workflows.verbs import VERBS

log = logging.getLogger(__name__)
WEBHOOK = "/telegram"


def make_app(wired: Wired | None = None) -> Starlette:
    """The whole application. With no argument it is wired from the environment."""
    wired = wired or wire(prepare=True)
    settings, parts = wired.settings, wired.parts
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    keep_out_of_logs(settings.telegram_token, settings.engine_token)
    take = partial(receive, parts)
    media = FileMedia(Path(settings.media))
    routes: list[BaseRoute] = [
        Route("/", welcome_page(parts)),
        *health_routes(wired),
        *chat_routes(parts, take, media=media, listeners=wired.listeners),
        *console_routes(parts, media=media),
    ]
    poller = None
    if wired.telegram is not None and settings.telegram_webhook_secret:
        secret, account = settings.telegram_webhook_secret, wired.telegram.id
        routes.append(webhook_route(WEBHOOK, secret=secret, account=account, receive=take))
    elif wired.telegram is not None:
        poller = TelegramPoller(wired.telegram, take)
    return Starlette(routes=routes, lifespan=_lifespan(wired, poller))


def _lifespan(wired: Wired, poller: TelegramPoller | None):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        work = DurableWork(wired.settings.durable_url, VERBS)
        wired.record.start = work.start
        work.launch(wired.parts)
        if poller is not None:
            poller.start()
        log.info("aftercare is up")
        yield
        if poller is not None:
            poller.stop()
        work.stop()

    return run

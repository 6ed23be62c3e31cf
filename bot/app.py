"""The app: one web application with its durable work, started and stopped together."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bot.channels.telegram import (
    TelegramMedia,
    TelegramPoller,
    TelegramSender,
    keep_out_of_logs,
    register_webhook,
    webhook_route,
    with_courtesy,
)
from bot.channels.webchat.routes import chat_routes
from bot.console.app import console_routes
from bot.core.errors import DeliveryFailed
from bot.health import health_routes, welcome_page
from bot.last_resort import LastResort
from bot.library_wiring import kept_fresh
from bot.services.log_lines import begin_log
from bot.services.media import Media
from bot.services.receive import receive
from bot.services.seal_secrets import seal_secrets
from bot.services.stand_ins import tell_of_stand_ins
from bot.storage.media import FileMedia
from bot.wiring import Wired, make_account, secret_keys, wire
from bot.workflows.durable import DurableWork
from bot.workflows.lead import Lead
from bot.workflows.verbs import VERBS

log = logging.getLogger(__name__)
WEBHOOK = "/telegram"
REGISTER_EVERY_SECONDS = 30


def make_app(wired: Wired | None = None) -> Starlette:
    """The whole application. With no argument it is wired from the environment."""
    wired = wired or wire(prepare=True)
    settings, parts = wired.settings, wired.parts
    begin_log()
    keep_out_of_logs(
        *(settings.telegram_token, settings.engine_token, settings.telegram_webhook_secret),
        *secret_keys(settings),
    )
    take = partial(receive, parts)
    media: Media = FileMedia(Path(settings.media))
    telegram = parts.senders.get("telegram")
    if isinstance(telegram, TelegramSender):
        media = TelegramMedia(media, telegram)
    routes: list[BaseRoute] = [
        Route("/", welcome_page),
        *health_routes(wired),
        *chat_routes(parts, take, media=media, listeners=wired.listeners),
        *console_routes(parts, media=media),
    ]
    account, secret = make_account(settings), settings.telegram_webhook_secret
    polling = None
    if account is not None and isinstance(telegram, TelegramSender):
        tapped = with_courtesy(take, telegram)
        if secret:
            routes.append(webhook_route(WEBHOOK, secret=secret, account=account.id, receive=tapped))
        else:
            # Telegram hears one poller per bot; of several workers one leads.
            polling = Lead(wired.seats, "telegram polling", lambda: TelegramPoller(account, tapped))
    outermost = [Middleware(LastResort)]
    return Starlette(routes=routes, middleware=outermost, lifespan=_lifespan(wired, polling))


def _lifespan(
    wired: Wired, polling: Lead | None
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        stopping = threading.Event()
        seal_secrets(wired.parts)
        tell_of_stand_ins(wired.parts)
        work = DurableWork(wired.settings.durable_url, VERBS, seats=wired.seats)
        wired.record.start = work.start
        work.launch(wired.parts)
        wired.news.start()
        if polling is not None:
            polling.start()
        elif wired.telegram is not None:
            threading.Thread(target=_register, args=(wired, stopping), daemon=True).start()
        log.info("aftercare is up")
        with kept_fresh(wired.library):
            yield
        stopping.set()
        if polling is not None:
            polling.stop()
        work.stop()
        wired.news.close()
        wired.seats.close()

    return run


def _register(wired: Wired, stopping: threading.Event) -> None:
    """Tell Telegram where to call, until it has understood."""
    url = f"{wired.parts.house.public_url}{WEBHOOK}"
    while wired.telegram is not None and not stopping.is_set():
        try:
            register_webhook(wired.telegram, url=url, secret=wired.settings.telegram_webhook_secret)
            return
        except DeliveryFailed as failure:
            log.error("telegram webhook not registered", extra={"reason": failure.reason})
            stopping.wait(REGISTER_EVERY_SECONDS)

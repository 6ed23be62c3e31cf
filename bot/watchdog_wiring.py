"""Wiring of the watchdog: real parts without pathways, screening or workflows.

Apart from `bot.wiring` so that this process stays small and does not stop when a
pathway file is broken or the workflow engine cannot be loaded.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.channels.telegram import (
    TelegramAccount,
    TelegramConnection,
    TelegramSender,
    bot_username,
    keep_out_of_logs,
)
from bot.core.errors import AftercareError, DeliveryFailed
from bot.dialogue.client import EngineClient
from bot.dialogue.dry_turn import why_no_turn
from bot.services.ports import Clock, Sender
from bot.settings import Settings
from bot.storage.clock import RehearsalClock, SystemClock
from bot.storage.database import open_for_watching
from bot.storage.ids import RandomIds
from bot.storage.server_clock import server_seconds
from bot.storage.unit_of_work import SqlRecord
from bot.watchdog.dog import Kennel
from bot.watchdog.heartbeat import Heartbeat, NoHeartbeat, UrlHeartbeat
from bot.watchdog.limits import RECORD_SECONDS
from bot.watchdog.memory import Memory
from bot.watchdog.probes import Probes
from bot.watchdog.voice import Voice

PROVIDER_SECONDS = 5.0
LONGEST_PAUSE = 120.0  # with more, an outside party could not notice within 5 minutes (P6)


def wire_watchdog(settings: Settings) -> Kennel:
    """Everything the watchdog works with. Nothing is opened before the first look."""
    keep_out_of_logs(settings.telegram_token, settings.engine_token, settings.heartbeat_url)
    database = open_for_watching(settings.database_url, seconds=RECORD_SECONDS)
    telegram = _telegram(settings)
    senders: dict[str, Sender] = {} if telegram is None else {"telegram": TelegramSender(telegram)}
    clock: Clock = (
        RehearsalClock(Path(settings.clock_file)) if settings.clock_file else SystemClock()
    )
    return Kennel(
        record=SqlRecord(database),
        clock=clock,
        ids=RandomIds(),
        outside=Probes(
            engines=[partial(why_no_turn, one) for one in _engines(settings)],
            action_urls=_several(settings.action_url),
            provider=partial(_why_no_provider, telegram),
            folders=_folders(settings),
            server_seconds=partial(server_seconds, database),
        ),
        voice=Voice(
            senders=senders,
            house={"zh": settings.hospital_zh, "en": settings.hospital_en},
            zone=ZoneInfo(settings.time_zone).key,  # a wrong one fails here, not in an alarm
        ),
        heartbeat=_heartbeat(settings),
        memory=Memory(Path(settings.watchdog_memory)),
    )


def pause_seconds(settings: Settings) -> float:
    """Seconds between two looks. Raises AftercareError for a figure that cannot be."""
    try:
        seconds = float(settings.watchdog_seconds)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_PAUSE:
        raise AftercareError(
            f"AFTERCARE_WATCHDOG_SECONDS: '{settings.watchdog_seconds[:20]}' is not a figure"
            f" above 0 and up to {LONGEST_PAUSE:.0f}"
        )
    return seconds


def _telegram(settings: Settings) -> TelegramConnection | None:
    if not settings.telegram_token:
        return None
    account = TelegramAccount(settings.telegram_token, settings.telegram_api)
    return TelegramConnection(account, timeout_seconds=PROVIDER_SECONDS)


def _why_no_provider(telegram: TelegramConnection | None) -> str | None:
    try:
        if telegram is not None:
            bot_username(telegram)
    except DeliveryFailed as failure:
        return failure.reason
    return None


def _engines(settings: Settings) -> list[EngineClient]:
    urls = _several(settings.engine_url)
    return [EngineClient(one, token=settings.engine_token) for one in urls]


def _several(addresses: str) -> list[str]:
    """Addresses with commas between them."""
    return [one.strip() for one in addresses.split(",") if one.strip()]


def _folders(settings: Settings) -> list[Path]:
    """Where this house writes on this machine."""
    folders = [Path(settings.media), Path(settings.watchdog_memory).parent]
    if settings.database_url.startswith("sqlite:///"):
        folders.append(Path(settings.database_url.removeprefix("sqlite:///")).parent)
    return folders


def _heartbeat(settings: Settings) -> Heartbeat:
    if not settings.heartbeat_url:
        return NoHeartbeat()
    return UrlHeartbeat(settings.heartbeat_url, says_fail=settings.heartbeat_fail == "yes")

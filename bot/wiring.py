"""Wiring: the only place where the real parts meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.channels.telegram import LIMITS, TelegramAccount, TelegramConnection, TelegramSender
from bot.channels.webchat.listeners import Listeners
from bot.channels.webchat.sender import WebChatSender
from bot.core.drill_time import DrillTime, read_drill_time
from bot.core.errors import AftercareError
from bot.core.screening import Screening, screen
from bot.core.seal import NoSeal, Seal
from bot.core.staff import StaffRole
from bot.dialogue.engines import Engines, open_engines
from bot.library_wiring import make_library
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.versions import VersionedLibrary
from bot.pathfiles.workbench import FileWorkbench
from bot.services import adopt_files
from bot.services.parts import House, Parts, Screen
from bot.services.ports import Clock, Sender
from bot.services.seats import Seats
from bot.settings import Settings, read_settings
from bot.storage.clock import RehearsalClock, SystemClock
from bot.storage.database import open_database
from bot.storage.ids import RandomIds, hash_code
from bot.storage.migrate import migrate
from bot.storage.news import News
from bot.storage.one_time_codes import TotpCodes
from bot.storage.passwords import Argon2Passwords
from bot.storage.seal import FernetSeal
from bot.storage.seats import open_seats
from bot.storage.unit_of_work import SqlRecord


@dataclass(frozen=True)
class Wired:
    """The parts, and what the process around them needs to start and stop."""

    settings: Settings
    parts: Parts
    library: VersionedLibrary
    record: SqlRecord
    engine: Engines
    listeners: Listeners
    telegram: TelegramConnection | None
    seats: Seats
    news: News


def wire(settings: Settings | None = None, *, prepare: bool = False) -> Wired:
    """Make every part. `prepare` brings the database up to date and keeps the pathways.

    Raises PathwayError when a pathway file is broken or the country has no
    emergency number: a service that cannot name it must not start.
    """
    settings = settings or read_settings()
    database = open_database(settings.database_url)
    if prepare:
        migrate(database)
    record, clock = SqlRecord(database), make_clock(settings)
    folder, ids = Path(settings.pathways), RandomIds()
    workbench = FileWorkbench(folder)
    if prepare:
        use = make_choice(settings)
        adopt_files.adopt_files(record, workbench, clock, ids, use=use)
    library = make_library(record, folder)
    library.shared.numbers(settings.country)
    if prepare:
        keep_versions(record, library, clock)
    listeners = Listeners()
    news = News(database, listeners.poke)
    telegram = _telegram(settings)
    engine = open_engines(settings.engine_url, token=settings.engine_token)
    parts = Parts(
        record=record,
        clock=clock,
        ids=ids,
        library=library,
        workbench=workbench,
        screen=make_screen(folder / "shared" / "lexicon", at_once=prepare),
        answer_words=load_answer_words(folder / "shared" / "answer_words"),
        dialogue=engine,
        senders=_senders(telegram, listeners, news),
        passwords=Argon2Passwords(),
        one_time_codes=TotpCodes(),
        hash_code=hash_code,
        house=make_house(settings),
        limits={"telegram": LIMITS},
        seal=make_seal(settings),
    )
    seats = open_seats(settings.database_url)
    return Wired(settings, parts, library, record, engine, listeners, telegram, seats, news)


def make_screen(folder: Path, *, at_once: bool) -> Screen:
    """Screening with the house's lexicons; loaded with the first message unless `at_once`.

    They take 80 MB: the action server and most commands never screen anything.
    """
    lexicons = cache(partial(load_lexicons, folder))
    if at_once:
        lexicons()

    def screened(
        text: str,
        *,
        procedure: str | None = None,
        day: int | None = None,
        recent: tuple[str, ...] = (),
    ) -> Screening:
        return screen(text, lexicons=lexicons(), procedure=procedure, day=day, recent=recent)

    return screened


def make_clock(settings: Settings) -> Clock:
    """The machine's clock, or the rehearsal's."""
    return RehearsalClock(Path(settings.clock_file)) if settings.clock_file else SystemClock()


def make_house(settings: Settings) -> House:
    """What is particular to this hospital."""
    return House(
        name={"zh": settings.hospital_zh, "en": settings.hospital_en},
        country=settings.country,
        language=settings.language,
        public_url=settings.public_url.rstrip("/"),
        hospital_line=settings.hospital_line,
        telegram_username=settings.telegram_username,
        default_time_zone=make_time_zone(settings),
        drill=make_drill_time(settings),
        second_step=make_second_step(settings),
    )


def make_time_zone(settings: Settings) -> str:
    """The hospital's own clock. Raises AftercareError for a zone that is none."""
    try:
        return ZoneInfo(settings.time_zone).key
    except (LookupError, ValueError, OSError):
        raise AftercareError(
            f"AFTERCARE_TIME_ZONE: no time zone '{settings.time_zone}', such as Europe/Paris"
        ) from None


def make_drill_time(settings: Settings) -> DrillTime | None:
    """When the weekly test page goes out. Raises AftercareError for a time that is none."""
    try:
        return read_drill_time(settings.drill)
    except ValueError as fault:
        raise AftercareError(f"AFTERCARE_DRILL: {fault}") from None


def make_second_step(settings: Settings) -> frozenset[StaffRole]:
    """The roles that sign in with a second step. Raises AftercareError for one that is none."""
    named = {one.strip() for one in settings.second_step.split(",") if one.strip()}
    unknown = sorted(named - set(StaffRole))
    if unknown:
        known = ", ".join(StaffRole)
        raise AftercareError(f"AFTERCARE_SECOND_STEP: no role {', '.join(unknown)}. Known: {known}")
    return frozenset(StaffRole(one) for one in named)


def secret_keys(settings: Settings) -> list[str]:
    """The keys of the house, the newest first."""
    return [one.strip() for one in settings.secret_keys.split(",") if one.strip()]


def make_seal(settings: Settings) -> Seal:
    """What seals secrets in the record. Raises AftercareError for a key that is none."""
    keys = secret_keys(settings)
    return FernetSeal(keys) if keys else NoSeal()


def make_choice(settings: Settings) -> bool:
    """Whether files that nobody released are used all the same. Raises AftercareError."""
    if settings.unreleased_files not in ("wait", "use"):
        raise AftercareError("AFTERCARE_UNRELEASED_FILES: wait or use")
    return settings.unreleased_files == "use"


def keep_versions(record: SqlRecord, library: VersionedLibrary, clock: Clock) -> None:
    """Keep the files of every pathway in force, so that its episodes can stay on them."""
    versions = {one.id: one.version for one in library.all()}
    with record.transaction() as tx:
        adopt_files.keep_versions(tx, library.files, versions, clock)


def _telegram(settings: Settings) -> TelegramConnection | None:
    account = make_account(settings)
    return TelegramConnection(account) if account else None


def make_account(settings: Settings) -> TelegramAccount | None:
    """The bot to speak as; None without a token: then Telegram is simply not used."""
    if not settings.telegram_token:
        return None
    return TelegramAccount(settings.telegram_token, settings.telegram_api)


def _senders(
    telegram: TelegramConnection | None, listeners: Listeners, news: News
) -> dict[str, Sender]:
    senders: dict[str, Sender] = {"webchat": WebChatSender(listeners, news.tell)}
    if telegram is not None:
        senders["telegram"] = TelegramSender(telegram)
    return senders

"""Settings: every one with its name, default and help, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

VERSION = "0.1.0"  # as in pyproject.toml; a test holds them together


@dataclass(frozen=True)
class Setting:
    """One setting: the variable that holds it, what it is without, what it is for."""

    field: str
    variable: str
    default: str
    help: str


SETTINGS = (
    Setting(
        "database_url",
        "AFTERCARE_DATABASE_URL",
        "sqlite:///var/aftercare.db",
        "where the record is kept; postgresql://... for several workers",
    ),
    Setting(
        "workflows_url",
        "AFTERCARE_WORKFLOWS_URL",
        "",
        "where durable work is kept; empty: beside the record",
    ),
    Setting("pathways", "AFTERCARE_PATHWAYS", "pathways", "the care team's folder"),
    Setting(
        "unreleased_files",
        "AFTERCARE_UNRELEASED_FILES",
        "wait",
        "a file changed in that folder and never released: wait (for two people), or use "
        "(from the next start)",
    ),
    Setting("media", "AFTERCARE_MEDIA", "var/media", "where photos are kept"),
    Setting(
        "country",
        "AFTERCARE_COUNTRY",
        "CN",
        "two letters; picks the emergency numbers, start-up fails without them",
    ),
    Setting("language", "AFTERCARE_LANGUAGE", "zh", "spoken to somebody we do not know yet"),
    Setting(
        "time_zone",
        "AFTERCARE_TIME_ZONE",
        "Asia/Shanghai",
        "the hospital's own clock: rota, console, programme; a patient may have another",
    ),
    Setting("hospital_zh", "AFTERCARE_HOSPITAL_ZH", "示范医院", "the hospital's name in Chinese"),
    Setting("hospital_en", "AFTERCARE_HOSPITAL_EN", "Demo Hospital", "the same in English"),
    Setting("hospital_line", "AFTERCARE_HOSPITAL_LINE", "", "the ward's 24-hour telephone"),
    Setting(
        "public_url",
        "AFTERCARE_PUBLIC_URL",
        "http://localhost:8080",
        "what patients and nurses type to reach this service",
    ),
    Setting(
        "second_step",
        "AFTERCARE_SECOND_STEP",
        "",
        "roles that also need a code of their phone to sign in, with commas between them",
    ),
    Setting(
        "secret_keys",
        "AFTERCARE_SECRET_KEYS",
        "",
        "keys that seal the secrets of phones in the record: the first seals, all open",
    ),
    Setting("host", "AFTERCARE_HOST", "127.0.0.1", "the address to listen on"),
    Setting("port", "AFTERCARE_PORT", "8080", "the port to listen on"),
    Setting(
        "engine_url",
        "AFTERCARE_ENGINE_URL",
        "http://127.0.0.1:5005",
        "the dialogue engine, or several with commas between them",
    ),
    Setting("engine_token", "AFTERCARE_ENGINE_TOKEN", "", "shared with the engine; empty: none"),
    Setting("actions_host", "AFTERCARE_ACTIONS_HOST", "127.0.0.1", "where actions listen"),
    Setting("actions_port", "AFTERCARE_ACTIONS_PORT", "5055", "the actions' port"),
    Setting("telegram_token", "TELEGRAM_BOT_TOKEN", "", "from BotFather; empty: no Telegram"),
    Setting(
        "telegram_api",
        "TELEGRAM_API_BASE_URL",
        "https://api.telegram.org",
        "a self-hosted or test Bot API",
    ),
    Setting("telegram_username", "AFTERCARE_TELEGRAM_USERNAME", "", "the bot's name, for links"),
    Setting(
        "telegram_webhook_secret",
        "AFTERCARE_TELEGRAM_WEBHOOK_SECRET",
        "",
        "set it to receive by webhook at /telegram; empty: polling",
    ),
    Setting(
        "action_url",
        "AFTERCARE_ACTION_URL",
        "http://127.0.0.1:5055/webhook",
        "where the engine finds the actions; for the watchdog several, with commas",
    ),
    Setting(
        "heartbeat_url",
        "AFTERCARE_HEARTBEAT_URL",
        "",
        "called each round while all is well; an outside party alarms when it stops",
    ),
    Setting(
        "heartbeat_fail",
        "AFTERCARE_HEARTBEAT_FAIL",
        "no",
        "yes: call the same address with /fail when something is wrong",
    ),
    Setting(
        "watchdog_seconds",
        "AFTERCARE_WATCHDOG_SECONDS",
        "60",
        "seconds from one look of the watchdog to the next, at most 120",
    ),
    Setting(
        "watchdog_memory",
        "AFTERCARE_WATCHDOG_MEMORY",
        "var/watchdog.json",
        "what the watchdog knows without the record: whom to tell, what was told",
    ),
    Setting(
        "drill",
        "AFTERCARE_DRILL",
        "tue 10:00",
        "when the weekly test page goes to whoever is on the rota; off: never",
    ),
    Setting(
        "clock_file",
        "AFTERCARE_TEST_CLOCK",
        "",
        "a file with seconds to add to the clock; for rehearsals, never in production",
    ),
)


@dataclass(frozen=True)
class Settings:
    """The values in force. Fields are described in SETTINGS."""

    database_url: str
    workflows_url: str
    pathways: str
    unreleased_files: str
    media: str
    country: str
    language: str
    time_zone: str
    hospital_zh: str
    hospital_en: str
    hospital_line: str
    public_url: str
    second_step: str
    secret_keys: str
    host: str
    port: str
    engine_url: str
    engine_token: str
    actions_host: str
    actions_port: str
    telegram_token: str
    telegram_api: str
    telegram_username: str
    telegram_webhook_secret: str
    action_url: str
    heartbeat_url: str
    heartbeat_fail: str
    watchdog_seconds: str
    watchdog_memory: str
    drill: str
    clock_file: str

    def __repr__(self) -> str:
        """Without values: some are secrets."""
        return f"Settings({len(fields(self))} values)"

    @property
    def durable_url(self) -> str:
        """Where durable work is kept: its own file beside SQLite, else the same database."""
        if self.workflows_url:
            return self.workflows_url
        if self.database_url.startswith("sqlite:///"):
            file = Path(self.database_url.removeprefix("sqlite:///"))
            return f"sqlite:///{file.with_name('workflows.db')}"
        return self.database_url


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read every setting; an empty variable counts as not set."""
    given = os.environ if environment is None else environment
    values: dict[str, Any] = {one.field: given.get(one.variable) or one.default for one in SETTINGS}
    return Settings(**values)

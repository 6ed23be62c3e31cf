"""Page: the chat's one HTML page, in the reader's language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request

from bot.channels.webchat.limits import LONGEST_TEXT
from bot.core.words import LANGUAGES
from bot.services.parts import Parts

HERE = Path(__file__).parent
STATIC = HERE / "static"
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


@cache
def texts(language: str) -> dict[str, str]:
    """Every text of the page in one language."""
    with (HERE / "texts" / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True)
    )


def preferred_language(request: Request, stored: str | None) -> str:
    """The chat's own language, else what was asked for, else the browser's."""
    if stored in LANGUAGES:
        return str(stored)
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    wanted = request.headers.get("accept-language", "").lower()
    first = wanted.split(",")[0].strip()
    return "zh" if first.startswith("zh") else "en"


def render_chat(parts: Parts, *, language: str, code: str) -> str:
    """The page. It holds no message: the script fetches those."""
    number = parts.library.shared.numbers(parts.house.country).emergency
    everything = {
        "language": language,
        "tags": LANGUAGE_TAGS,
        "number": number,
        "longest": LONGEST_TEXT,
        "texts": {one: texts(one) for one in LANGUAGES},
        "zone": parts.house.default_time_zone,
    }
    return (
        _templates()
        .get_template("chat.html")
        .render(
            language=language,
            tag=LANGUAGE_TAGS[language],
            t=texts(language),
            number=number,
            house=parts.house.name.get(language, ""),
            code=code,
            everything=everything,
        )
    )

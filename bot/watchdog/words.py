"""Words: what an administrator reads. Ids only, never a patient's words or name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.core.watch import Invariant
from bot.watchdog.alarms import News

TEXTS: Final = Path(__file__).parent / "texts"
PAGE: Final = "docs/how-to/watchdog.md"
SHORT_ID: Final = 12  # enough to find a row by, and to read aloud


@cache
def texts(language: str) -> dict[str, Any]:
    """Every text in one language; English where a language is not known."""
    file = TEXTS / f"{language}.toml"
    return tomllib.loads((file if file.exists() else TEXTS / "en.toml").read_text("utf-8"))


def alarm_text(
    news: News,
    found: Mapping[str, Invariant],
    since: Mapping[str, datetime],
    *,
    still: Sequence[str],
    language: str,
    house: str,
    zone: str,
) -> str:
    """One message with all that is new, lasts, or is over. `still`: faults that remain."""
    words = texts(language)["alarm"]
    blocks = [words["title"].format(house=house)]
    for id in news.bad:
        key = "again" if id in news.again else "new"
        blocks.append(_fault(words[key], found[id], since[id], language, zone))
    if news.over:
        titles = [texts(language)["title"][id] for id in news.over]
        blocks.append(words["over"].format(what=words["and"].join(titles)))
        if not still:
            blocks.append(words["all_well"])
    return "\n\n".join(blocks)


def _fault(form: str, one: Invariant, since: datetime, language: str, zone: str) -> str:
    said = texts(language)
    local = since.astimezone(ZoneInfo(zone))
    lines = [form.format(title=said["title"][one.id], since=f"{local:%m-%d %H:%M}")]
    lines.append(figure(one, language))
    if one.ids:
        ids = ", ".join(id[:SHORT_ID] for id in one.ids)
        lines.append(said["alarm"]["ids"].format(ids=ids))
    lines.append(said["do"][one.id])
    lines.append(f"{PAGE}#{one.id}")
    return "\n".join(lines)


def figure(one: Invariant, language: str) -> str:
    """What was found beside its limit, or the code that says why there is no figure."""
    said = texts(language)["alarm"]
    unit = texts(language)["unit"].get(one.unit, one.unit)
    if one.found is None or one.unit == "faults":
        return str(said["reason"].format(reason=one.reason or "?"))
    return str(said["figure"].format(found=one.found, limit=one.limit, unit=unit))

"""Status: what the watchdog found last, as a person reads it in a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.watchdog.finding import age
from bot.watchdog.memory import Known
from bot.watchdog.words import figure, texts

SILENT_SECONDS: Final = 300  # five rounds; the outside party has noticed by now (P6)


def status_text(known: Known, now: datetime, language: str) -> tuple[str, bool]:
    """One line for each check, and whether all is well and was looked at just now."""
    if known.looked_at is None:
        return texts(language)["status"]["never"], False
    said, titles = texts(language)["status"], texts(language)["title"]
    lines = [said["looked"].format(seconds=age(known.looked_at, now))]
    if known.heartbeat_at is not None:
        lines.append(said["heartbeat"].format(seconds=age(known.heartbeat_at, now)))
    lines.append(said["administrators"].format(count=len(known.administrators)))
    for one in known.invariants:
        if one.holds:
            told = f" ({one.reason})" if one.reason and one.found is not None else ""
            lines.append(f"  ok    {one.id}: {figure(one, language)}{told}")
        else:
            lines.append(f"  FAULT {one.id}: {titles[one.id]}. {figure(one, language)}")
    fresh = age(known.looked_at, now) <= SILENT_SECONDS
    if not fresh:
        lines.append(said["silent"])
    return "\n".join(lines), fresh and all(one.holds for one in known.invariants)

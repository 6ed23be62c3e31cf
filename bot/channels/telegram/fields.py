"""Fields: read one value out of what came over the wire, or nothing. Never raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.core.message import cleaned


def part_of(raw: Any, key: str) -> dict[str, Any]:
    """The object under `key`, or an empty one."""
    value = raw.get(key) if isinstance(raw, dict) else None
    return value if isinstance(value, dict) else {}


def text_of(raw: Any, key: str) -> str:
    """The text under `key`, cleaned, or an empty one."""
    value = raw.get(key) if isinstance(raw, dict) else None
    return cleaned(value) if isinstance(value, str) else ""


def number_of(raw: Any, key: str) -> int | None:
    """The whole number under `key`, or None. Providers' ids fit into 64 bits."""
    value = raw.get(key) if isinstance(raw, dict) else None
    good = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    return value if good else None


def id_of(raw: Any, key: str) -> str:
    """The number under `key` as the text that we keep, or an empty one."""
    value = number_of(raw, key)
    return "" if value is None else str(value)


def moment_of(raw: Any, key: str) -> datetime | None:
    """The Unix seconds under `key` as an aware moment, or None."""
    value = number_of(raw, key)
    if value is None or not 0 < value < 2**32:
        return None
    return datetime.fromtimestamp(value, tz=UTC)

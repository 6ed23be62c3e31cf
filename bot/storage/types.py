"""Column types: core values to database values and back, the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum, IntEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Integer, String
from sqlalchemy.types import TypeDecorator

from bot.core.escalation import Chain
from bot.core.triage_level import TriageLevel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive one is refused: it has no meaning."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Word(TypeDecorator[Enum]):
    """A string enumeration, stored as its word."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else str(self.kind(value).value)

    def process_result_value(self, value: str | None, dialect: Any) -> Enum | None:
        return None if value is None else self.kind(value)


class Level(TypeDecorator[TriageLevel]):
    """A triage level, stored as its number so that the highest sorts last."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: TriageLevel | None, dialect: Any) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Any) -> TriageLevel | None:
        return None if value is None else TriageLevel(value)


class Ordinal(TypeDecorator[IntEnum]):
    """An ordered enumeration, stored as its number."""

    impl = Integer
    cache_ok = True

    def __init__(self, kind: type[IntEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: IntEnum | None, dialect: Any) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Any) -> IntEnum | None:
        return None if value is None else self.kind(value)


class ChainJson(TypeDecorator[Chain]):
    """An escalation's own copy of its chain."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Chain | None, dialect: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        return {
            "rotas": list(value.rotas),
            "step_every_minutes": value.step_every_minutes,
            "outcome_within_minutes": value.outcome_within_minutes,
        }

    def process_result_value(self, value: dict[str, Any] | None, dialect: Any) -> Chain | None:
        if value is None:
            return None
        return Chain(
            rotas=tuple(value["rotas"]),
            step_every_minutes=value["step_every_minutes"],
            outcome_within_minutes=value["outcome_within_minutes"],
        )

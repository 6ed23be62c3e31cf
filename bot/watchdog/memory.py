"""Memory: what the watchdog must know also without the record, in one small file.

Whom to tell, which faults were told, and what was found last. Written whole, to a
new file that takes the place of the old one, so that no crash leaves half of it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core.watch import Invariant
from bot.services.faults import kind_and_place
from bot.watchdog.administrators import Administrator
from bot.watchdog.alarms import Fault

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Known:
    """Everything the watchdog knows from one look to the next."""

    looked_at: datetime | None = None
    administrators: Sequence[Administrator] = ()
    faults: Mapping[str, Fault] = field(default_factory=dict)
    invariants: Sequence[Invariant] = ()
    heartbeat_at: datetime | None = None  # the last one that arrived
    heartbeat_failing: bool = False


class Memory:
    """Keeps what is known in `file`; a disk that is full costs only the file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def recall(self) -> Known:
        """What was known last; nothing when the file is missing or broken."""
        try:
            return _read(json.loads(self._file.read_text("utf-8")))
        except FileNotFoundError:
            return Known()
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
            log.error("the watchdog's memory cannot be read", extra=kind_and_place(fault))
            return Known()

    def keep(self, known: Known) -> None:
        new = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.touch(mode=0o600)
            new.write_text(json.dumps(asdict(known), default=_word, indent=1), "utf-8")
            new.replace(self._file)
        except OSError as fault:
            log.error("the watchdog's memory cannot be kept", extra=kind_and_place(fault))


def _word(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _read(kept: dict[str, Any]) -> Known:
    return Known(
        looked_at=_moment(kept["looked_at"]),
        administrators=[Administrator(**one) for one in kept["administrators"]],
        faults={id: Fault(**_moments(one)) for id, one in kept["faults"].items()},
        invariants=[_moved(Invariant(**one)) for one in kept["invariants"]],
        heartbeat_at=_moment(kept["heartbeat_at"]),
        heartbeat_failing=bool(kept["heartbeat_failing"]),
    )


def _moved(one: Invariant) -> Invariant:
    """The moments of an invariant back from their words."""
    moments = {name: getattr(one, name) for name in ("looked_at", "since", "alarmed_at")}
    return replace(one, **_moments(moments))


def _moments(words: Mapping[str, str | None]) -> dict[str, Any]:
    return {name: _moment(word) for name, word in words.items()}


def _moment(word: str | None) -> datetime | None:
    return None if word is None else datetime.fromisoformat(word)

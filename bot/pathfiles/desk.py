"""Desk: where the pieces of a file are read one by one and mistakes are noted down.

Nothing here raises. A piece that cannot be read is noted as a finding and
replaced by something harmless, so that one look names every mistake.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Final

from bot.core.condition import Condition, ConditionError, parse
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES, Words
from bot.pathfiles.findings import Finding, Severity, did_you_mean
from bot.pathfiles.lend import Place, place_of
from bot.pathfiles.spots import Spot

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
DURATION: Final = re.compile(r"(\d{1,5})\s*(min|h|d)")
UNITS: Final = {"min": "minutes", "h": "hours", "d": "days"}
LARGEST_NUMBER: Final = 1e9  # above every answer, day and amount; "nan" and "inf" are no numbers
MOST_SHOWN: Final = 100  # characters of a condition inside a message
TRUE, FALSE = ("true", "yes"), ("false", "no")


@dataclass
class Desk:
    """Collects findings and remembers where each piece stood."""

    findings: list[Finding] = field(default_factory=list)
    places: dict[tuple[str, ...], Spot] = field(default_factory=dict)
    # For a kept version: the block of today that stands at the same place. See `lend.py`.
    lenders: dict[Place, Spot] = field(default_factory=dict)

    def note(
        self,
        spot: Spot,
        kind: str,
        what: str,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Write down a mistake at the place of `spot`."""
        self.findings.append(Finding(spot.file, spot.line, spot.column, kind, what, hint, severity))

    def mark(self, spot: Spot, *path: str) -> None:
        """Remember where a piece of the library stood, for later checks."""
        self.places[path] = spot

    def block(
        self, spot: Spot | None, what: str, *, needs: Collection[str] = (), may: Collection[str]
    ) -> Mapping[str, Spot]:
        """A block with these names; `needs` must be there, `may` can be."""
        if spot is None:
            return {}
        if spot.entries is None:
            self.note(spot, "wrong_shape", f"{what} must be a block with names, not {spot.kind}")
            return {}
        known = {*needs, *may}
        for name in spot.entries:
            if name not in known:
                self.note(
                    at(spot, name),
                    "unknown_name",
                    f"{what} has no '{name}'",
                    did_you_mean(name, known),
                )
        found = {name: entry for name, entry in spot.entries.items() if name in known}
        today = self.lenders.get(place_of(spot))
        for name in needs:
            if name in found:
                continue
            if today is not None and name in (today.entries or {}):
                found[name] = (today.entries or {})[name]
                continue
            self.note(spot, "missing_name", f"{what} lacks '{name}'", f"Add a line '{name}:'")
        return found

    def named(self, spot: Spot | None, what: str) -> Mapping[str, Spot]:
        """A block whose names are ids the author chose."""
        if spot is None:
            return {}
        if spot.entries is None:
            if spot.text:
                self.note(spot, "wrong_shape", f"{what} must be a block with names")
            return {}
        for name in spot.entries:
            if not NAME.fullmatch(name):
                self.note(
                    at(spot, name),
                    "bad_id",
                    f"'{name}' is not a good name for one of the {what}",
                    "Use small letters, digits and _, such as wound_check",
                )
        return spot.entries

    def text(self, spot: Spot | None, what: str, fallback: str = "") -> str:
        if spot is None:
            return fallback
        if not spot.text:
            self.note(spot, "wrong_shape", f"{what} must be a single value, not {spot.kind}")
            return fallback
        return spot.text

    def one_of(self, spot: Spot | None, what: str, known: Collection[str], fallback: str) -> str:
        text = self.text(spot, what, fallback)
        if spot is not None and text not in known:
            self.note(spot, "unknown_word", f"{what} cannot be '{text}'", did_you_mean(text, known))
            return fallback
        return text

    def texts(self, spot: Spot | None, what: str) -> tuple[str, ...]:
        if spot is None:
            return ()
        if spot.items is None:
            self.note(spot, "wrong_shape", f"{what} must be a list, not {spot.kind}")
            return ()
        return tuple(self.text(item, f"an entry of {what}") for item in spot.items)

    def number(self, spot: Spot | None, what: str) -> float | None:
        if spot is None:
            return None
        try:
            number = float(spot.text or "")
        except ValueError:
            number = math.nan
        if abs(number) <= LARGEST_NUMBER:
            return number
        self.note(spot, "not_a_number", f"{what} must be a number, not '{spot.text}'")
        return None

    def whole(self, spot: Spot | None, what: str, fallback: int = 0) -> int:
        number = self.number(spot, what)
        if number is None:
            return fallback
        if spot is not None and number != int(number):
            self.note(spot, "not_a_number", f"{what} must be a whole number, not {number}")
        return int(number)

    def flag(self, spot: Spot | None, what: str) -> bool:
        if spot is None:
            return False
        if (spot.text or "").lower() not in TRUE + FALSE:
            self.note(spot, "wrong_shape", f"{what} must be yes or no, not '{spot.text}'")
        return (spot.text or "").lower() in TRUE

    def span(self, spot: Spot | None, what: str) -> tuple[float, float] | None:
        """Two numbers with a dash: `0-10`."""
        if spot is None:
            return None
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)", spot.text or "")
        if found is None or not float(found[1]) < float(found[2]) <= LARGEST_NUMBER:
            self.note(
                spot, "bad_range", f"{what} must be two numbers such as 0-10, not '{spot.text}'"
            )
            return None
        return float(found[1]), float(found[2])

    def duration(self, spot: Spot | None, what: str) -> timedelta | None:
        if spot is None:
            return None
        found = DURATION.fullmatch(spot.text or "")
        if found is None:
            self.note(
                spot,
                "bad_duration",
                f"{what} cannot be '{spot.text}'",
                "Write a number and min, h or d, such as 4 h",
            )
            return None
        return timedelta(**{UNITS[found[2]]: int(found[1])})

    def hours(self, spot: Spot | None, what: str) -> tuple[time, time] | None:
        """A span of local hours: `09:00-19:00`."""
        if spot is None:
            return None
        found = re.fullmatch(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)", spot.text or "")
        both = [clock(part) for part in found.groups()] if found else [None]
        if None in both:
            self.note(
                spot,
                "bad_time",
                f"{what} cannot be '{spot.text}'",
                'Write two times in quotes, such as "09:00-19:00"',
            )
            return None
        return both[0] or time(), both[1] or time()

    def day(self, spot: Spot | None, what: str) -> date | None:
        try:
            return date.fromisoformat(self.text(spot, what)) if spot is not None else None
        except ValueError:
            if spot is not None:
                self.note(
                    spot, "bad_date", f"{what} cannot be '{spot.text}'", "Write it as 2026-11-22"
                )
            return None

    def level(self, spot: Spot | None, what: str, fallback: TriageLevel) -> TriageLevel:
        known = [level.word for level in TriageLevel]
        return TriageLevel.from_word(self.one_of(spot, what, known, fallback.word))

    def words(self, spot: Spot | None, what: str) -> Words | None:
        """One sentence in every language, side by side."""
        if spot is None:
            return None
        if spot.entries is None:
            self.note(
                spot, "missing_language", f"{what} must be written in zh and en, side by side"
            )
            return None
        entries = self.block(spot, what, may=LANGUAGES)
        said = {one: self.text(entry, f"{what} ({one})") for one, entry in entries.items()}
        for language in LANGUAGES:
            if not said.get(language):
                self.note(spot, "missing_language", f"{what} is missing in '{language}'")
                said[language] = ""
        return Words(said)

    def phrases(self, spot: Spot | None, what: str) -> Mapping[str, tuple[str, ...]]:
        """Lists of phrases by language, such as the other ways to say an option."""
        entries = self.block(spot, what, may=LANGUAGES)
        if spot is not None and spot.entries is not None:
            for language in LANGUAGES:
                if language not in spot.entries:
                    self.note(spot, "missing_language", f"{what} is missing in '{language}'")
        return {one: self.texts(entry, f"{what} ({one})") for one, entry in entries.items()}

    def condition(self, spot: Spot | None, what: str) -> Condition | None:
        text = self.text(spot, what)
        if spot is None or not text:
            return None
        try:
            return parse(text)
        except ConditionError as error:
            shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
            self.note(spot, "bad_condition", f"{what} '{shown}': {error}", "See write-a-pathway.md")
            return None


def at(spot: Spot, name: str) -> Spot:
    """The place of a name inside a block, for findings about the name itself."""
    line, column = spot.keys.get(name, (spot.line, spot.column))
    return Spot(spot.file, line, column, text=name)


def clock(text: str) -> time | None:
    """A time such as 09:30, or None."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None

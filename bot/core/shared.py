"""What all pathways share: levels and their deadlines, emergency numbers, phrases, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from bot.core.errors import PathwayError
from bot.core.takeover import TakeoverPolicy
from bot.core.triage_level import TriageLevel
from bot.core.words import Words


@dataclass(frozen=True)
class LevelPolicy:
    """How soon people act on a triage level, and what the patient is told.

    `rotas` names who is told first, next and last; nobody has it after
    `step_every`: the next one is told, and the last is told again for ever.
    All times are None and `rotas` is empty for levels that need no nurse.
    """

    level: TriageLevel
    acknowledge_within: timedelta | None
    step_every: timedelta | None
    rotas: tuple[str, ...]
    outcome_within: timedelta | None
    tell_patient: Words
    told_has_nurse: Words
    source: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CallBackPolicy:
    """How soon an unhappy patient is answered, and how soon her matter is solved."""

    answer_within: timedelta
    solve_within: timedelta
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class EmergencyNumbers:
    """Whom to call in one country, when that was last verified, and where it is written.

    `verified_on` is None for numbers that nobody has looked up yet.
    """

    country: str
    emergency: str
    crisis: str
    verified_on: date | None
    source: str
    other: str = ""


@dataclass(frozen=True)
class Source:
    """Where a rule or a number comes from. `read` says how much of it was read."""

    id: str
    title: str
    address: str
    read: str


@dataclass(frozen=True)
class ConsentText:
    """What a patient agrees to, and the version that is kept with the agreement."""

    version: str
    words: Words


@dataclass(frozen=True)
class QuietHours:
    """Local hours in which nothing goes out except answers to the patient's own messages."""

    starts: time
    ends: time

    def hold(self, local: time) -> bool:
        """Whether this local time is quiet; quiet hours may run past midnight."""
        if self.starts <= self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends


@dataclass(frozen=True)
class Phrases:
    """Every sentence the chatbot says on its own, by key."""

    by_key: Mapping[str, Words] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Words:
        try:
            return self.by_key[key]
        except KeyError:
            raise KeyError(f"no phrase '{key}' in the shared phrases") from None

    def __contains__(self, key: object) -> bool:
        return key in self.by_key

    def say(self, key: str, language: str, **values: object) -> str:
        """The phrase in `language` with its {blanks} filled; KeyError when there is none."""
        return self[key].say(language, **values)


@dataclass(frozen=True)
class Shared:
    """The part of the library that every pathway uses."""

    levels: Mapping[TriageLevel, LevelPolicy]
    emergency: Mapping[str, EmergencyNumbers]
    phrases: Phrases
    sources: Mapping[str, Source]
    consent: ConsentText
    quiet: QuietHours
    takeover: TakeoverPolicy
    call_back: CallBackPolicy
    quick_replies: Mapping[str, Words] = field(default_factory=dict)

    def numbers(self, country: str) -> EmergencyNumbers:
        """The numbers of a country (two letters); start-up asks for them and must fail.

        Raises PathwayError when the country is not there or was never verified.
        """
        where = "shared/emergency_numbers.yml"
        numbers = self.emergency.get(country)
        if numbers is None:
            known = ", ".join(sorted(self.emergency))
            raise PathwayError(
                where, f"no emergency number for country '{country}'", f"Known: {known}"
            )
        if numbers.verified_on is None:
            raise PathwayError(
                where,
                f"the emergency numbers of '{country}' were never verified",
                "Look them up, correct them, and write the day into verified_on",
            )
        return numbers

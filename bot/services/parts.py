"""Parts: what every use case is handed. Made in one place, `bot.wiring`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.core.drill_time import DrillTime
from bot.core.pace import Limits
from bot.core.pathway import Pathway
from bot.core.reading import AnswerWords
from bot.core.screening import Screening
from bot.core.seal import NoSeal, Seal
from bot.core.shared import Shared
from bot.core.staff import StaffRole
from bot.services.ports import (
    Clock,
    Dialogue,
    Ids,
    OneTimeCodes,
    Passwords,
    Record,
    Sender,
    Workbench,
)


class Library(Protocol):
    """The pathways of the house, in every version an episode may still be on."""

    @property
    def shared(self) -> Shared: ...
    def pathway(self, id: str, version: str | None = None) -> Pathway: ...
    def followed(self, id: str, version: str) -> Pathway:
        """The version, or what stands in for it where it cannot be read. Never NotFound."""

    def for_procedure(self, code: str) -> Pathway | None: ...
    def all(self) -> tuple[Pathway, ...]: ...
    def procedures(self) -> frozenset[str]: ...
    def refresh(self) -> bool:
        """Take up what was released since the last look; says whether anything was."""


class Screen(Protocol):
    """Screen one message; the lexicons are already inside."""

    def __call__(
        self,
        text: str,
        *,
        procedure: str | None = None,
        day: int | None = None,
        recent: tuple[str, ...] = (),
    ) -> Screening: ...


@dataclass(frozen=True)
class House:
    """What is particular to this hospital. `country` picks the emergency numbers."""

    name: Mapping[str, str]
    country: str
    public_url: str
    language: str = "zh"
    hospital_line: str = ""
    telegram_username: str = ""
    code_valid_hours: int = 72
    default_time_zone: str = "Asia/Shanghai"
    drill: DrillTime | None = None  # when the weekly test page goes out; None: never
    second_step: frozenset[StaffRole] = frozenset()  # the roles that must use a phone's code too


@dataclass(frozen=True)
class Parts:
    """`hash_code` turns a one-time code into what the record keeps of it.

    `limits`: what each channel's provider takes, by channel; one that is not there
    takes all we have.
    """

    record: Record
    clock: Clock
    ids: Ids
    library: Library
    screen: Screen
    answer_words: AnswerWords
    dialogue: Dialogue
    senders: Mapping[str, Sender]
    passwords: Passwords
    one_time_codes: OneTimeCodes
    hash_code: Callable[[str], str]
    house: House
    workbench: Workbench
    limits: Mapping[str, Limits] = field(default_factory=dict)
    seal: Seal = field(default_factory=NoSeal)

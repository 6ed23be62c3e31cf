"""Lexicons: the words, signs and thresholds that screening works with, ready to use.

The care team writes them as files; `bot.pathfiles.lexicons` reads those into
these objects. Nothing here knows a medical fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.core.screening.points import Meaning, Wording
from bot.core.screening.usage import Usage
from bot.core.triage_level import TriageLevel
from bot.core.words import Words

# Names of word lists that steer how a sentence is read; context.yml fills them.
CONTEXT: Final = (
    "negator",
    "tight_negator",
    "not_negating",
    "filler",
    "harmless",
    "not_body",
    "finished",
    "long_ago",
    "long_ago_after",
    "before_operation",
    "lately",
    "returned",
    "unchanged",
    "supposing",
    "seen_elsewhere",
    "asking_about",
    "asking_after",
    "opening_question",
    "fearing",
    "may",
    "happening",
    "now",
    "myself",
    "far_person",
    "near_person",
    "partner_person",
    "child_person",
    "other_person",
    "says_so",
    "her_own_operation",
    "told_of_others",
    "chronic_cause",
    "operation",
    "break_before",
    "or_nor",
    "history",
    "just_asking",
    "reassured",
    "self_fine",
    "not_the_patient",
    "routine_question",
    "fine_word",
    "dream",
    "waking",
    "animal",
    "courtesy",
    "teller",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a pattern: any of these word lists, or a number in a range."""

    lists: tuple[int, ...] = ()
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_number(self) -> bool:
        return not self.lists


@dataclass(frozen=True, slots=True)
class Pattern:
    """Elements that must stand close together in one clause.

    `ordered` asks for the given order; `gap` is how far apart two neighbours may
    be, in characters of the script; `unless` are word lists that must be absent.
    """

    sign: int
    parts: tuple[Part, ...]
    ordered: bool
    gap: int
    unless: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Another level for a sign, for some operations or days."""

    level: TriageLevel
    ask: bool
    procedures: tuple[str, ...]
    from_day: int | None
    to_day: int | None
    source: str

    def fits(self, procedure: str | None, day: int | None) -> bool:
        """Whether it holds for this patient; an unknown day holds, for doubt goes up."""
        if self.procedures and procedure not in self.procedures:
            return False
        if day is None:
            return True
        return (self.from_day is None or day >= self.from_day) and (
            self.to_day is None or day <= self.to_day
        )


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to look for, its level, and why it matters."""

    key: str  # unique; several signs may share a code
    code: str
    level: TriageLevel
    ask: bool
    why: Words
    source: str
    carer: bool = False  # only somebody else can write it: the patient is meant
    always_ask: bool = False  # past or hypothetical still reaches a human
    even_asked: bool = False  # a question about it counts as well
    brief: bool = False  # passes by nature: an end does not make it past
    measured: bool = False  # a number: no milder reading replaces it
    only_alone: bool = False  # counts when nothing else was understood
    doubtful: bool = False  # too often harmless: counts only where the wording agrees
    unless_calm: bool = False  # an emergency, but for a long story that reads calm throughout
    replaces: tuple[str, ...] = ()  # milder reading of these signs in the same words
    unless_anywhere: tuple[int, ...] = ()  # word lists that must be absent from the message
    near: bool = False  # replaces emergencies in the next clause as well
    cases: tuple[Case, ...] = ()

    def level_for(self, procedure: str | None, day: int | None) -> tuple[TriageLevel, bool]:
        """Level, and whether it is only a matter for asking, for this patient."""
        for case in self.cases:
            if case.fits(procedure, day):
                return case.level, case.ask
        return self.level, self.ask


@dataclass(frozen=True, slots=True)
class Together:
    """Signs that mean more together: all of `codes`, anywhere in the message."""

    codes: tuple[tuple[str, ...], ...]  # each element: any one of these codes
    sign: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """A measured value from which a sign holds."""

    at_least: float | None
    at_most: float | None
    sign: int

    def holds(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """A value that people write with a number: what it is called and what counts."""

    name: str
    called: int  # word list that names it
    unit: int | None  # word list of units that are enough without the name
    not_with: int | None  # word list that means something else
    lowest: float
    highest: float
    thresholds: tuple[Threshold, ...]


Trie = dict[str, Any]


@dataclass(frozen=True)
class Lexicons:
    """Everything screening reads, in the form in which it reads it fastest."""

    version: str
    names: tuple[str, ...]  # name of every word list, by number
    body: frozenset[int]  # word lists that name a part of the body
    fluids: frozenset[int]  # word lists that name blood, urine or stool
    context: Mapping[str, int]  # the steering lists, by name
    trie: Trie
    signs: tuple[Sign, ...]
    patterns: Mapping[int, tuple[Pattern, ...]]  # by their rarest word list
    together: tuple[Together, ...]
    measures: Mapping[str, Measure]
    simplified: Mapping[str, str]  # traditional character -> simplified
    mistyped: Mapping[str, str]  # Chinese slips of the keyboard, same length
    spelled: Mapping[str, str]  # English word as written -> as listed
    known_words: frozenset[str]
    stems: frozenset[str]  # beginnings of English words, as in swell*
    near_words: Mapping[str, tuple[str, ...]]  # word with a letter missing -> words
    vocabulary: frozenset[str]  # English words that messages are known to hold
    dialect: frozenset[str]  # characters of Cantonese and other spoken tongues only
    child_procedures: frozenset[str]
    wording: Wording | None  # None: the points table has not been learned yet
    usage: Usage | None  # what is usually written; None with the points
    meaning: Meaning | None  # a sentence model; None where there is none here
    procedures: Mapping[str, int]  # operation -> word list that speaks of it

    def list_number(self, name: str) -> int:
        return self.names.index(name)

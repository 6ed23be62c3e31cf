"""The tree of a condition: small frozen nodes, and what they ask about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What stands on the left of a comparison."""

    ANSWER = "answer"  # temperature >= 38.0 C
    RISE = "rise"  # rise(pain) >= 2: this answer minus the one before
    DROP = "drop"  # drop(weight, 7 days) > 2: the one before minus this answer
    DAY = "day"  # days since surgery
    DAYS_HOME = "days_home"  # days since discharge


class Past(StrEnum):
    """Which earlier contacts a condition looks back to."""

    TWO_DAYS = "two_days"  # today and the day before
    LAST_TIME = "last_time"  # the contact before this one
    EVER = "ever"  # any earlier contact


@dataclass(frozen=True)
class Compare:
    """A number against a limit. `within_days` bounds how far a trend looks back."""

    measure: Measure
    question: str  # empty for the days
    sign: str  # one of < <= > >= = !=
    limit: float
    unit: str = ""
    within_days: int | None = None


@dataclass(frozen=True)
class Total:
    """Several answers on the same scale, added up, against a limit: sum(a, b) >= 3."""

    questions: tuple[str, ...]
    sign: str  # one of < <= > >= = !=
    limit: float
    unit: str = ""


@dataclass(frozen=True)
class Is:
    """An answer, the tier or the procedure is this word."""

    name: str
    word: str


@dataclass(frozen=True)
class Has:
    """Among the chosen options is at least one of these."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class IsUnknown:
    """The question was asked and the answer says nothing we can use."""

    question: str


@dataclass(frozen=True)
class Earlier:
    """The same condition, seen at an earlier contact."""

    past: Past
    part: Condition


@dataclass(frozen=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Condition


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Leaf = Compare | Total | Is | Has | IsUnknown
Condition = Leaf | Earlier | Not | All | AnyOf

# Words that stand for something other than a question.
TIER, PROCEDURE = "tier", "procedure"
RESERVED = frozenset(
    {TIER, PROCEDURE, "day", "days_home", "rise", "drop", "sum", "unknown", "yes", "no"}
) | {past.value for past in Past}


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every single test inside a condition, from left to right."""
    match condition:
        case Earlier(part=part) | Not(part=part):
            yield from leaves(part)
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield condition


def questions(condition: Condition) -> tuple[str, ...]:
    """Ids of the questions a condition asks about, each once, in order."""
    found: dict[str, None] = {}
    for leaf in leaves(condition):
        for name in names(leaf):
            if name not in (TIER, PROCEDURE):
                found[name] = None
    return tuple(found)


def names(leaf: Leaf) -> tuple[str, ...]:
    """What a single test looks at: questions, the tier or the procedure; nothing for a day."""
    match leaf:
        case Total(questions=parts):
            return parts
        case Is(name=name):
            return (name,)
        case _:
            return (leaf.question,) if leaf.question else ()

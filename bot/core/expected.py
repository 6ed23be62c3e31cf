"""Expected: where a patient's numbers should stand on which day, as her pathway's rules say it.

No curve of our own: what is expected is where no rule of the care team fires. A rule counts here
when it looks at one answer and at days only, so that its limit can be drawn as a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.condition.tree import All, AnyOf, Compare, Condition, Measure
from bot.core.pathway import Pathway, Rule
from bot.core.triage_level import TriageLevel

FOREVER = 10_000  # days; longer than anybody is followed up
ABOVE, BELOW = (">", ">="), ("<", "<=")


@dataclass(frozen=True)
class Zone:
    """Beyond `limit` (in the unit of the answer) this rule fires, from day to day after surgery.

    `above`: higher numbers are worse. `to_day` None: for as long as she is followed up.
    """

    level: TriageLevel
    sign: str
    limit: float
    above: bool
    from_day: int
    to_day: int | None
    source: tuple[str, ...]


def zones(pathway: Pathway, question_id: str) -> tuple[Zone, ...]:
    """Every zone of one question in which a nurse is called, the least urgent first."""
    found = {
        zone
        for rule in pathway.rules
        if rule.level.needs_nurse
        for zone in _zones_of(rule, question_id)
    }
    kept: list[Zone] = []
    for one in sorted(found, key=_widest_first):
        if not any(_covers(other, one) for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.level, one.limit, one.from_day)))


def _widest_first(one: Zone) -> tuple[float, int, int, bool, tuple[str, ...]]:
    last = FOREVER if one.to_day is None else one.to_day
    return (
        (one.limit if one.above else -one.limit),
        one.from_day,
        -last,
        "=" not in one.sign,
        one.source,
    )


def _covers(wide: Zone, narrow: Zone) -> bool:
    """Whether the second says nothing that the first does not say already."""
    if (wide.level, wide.above) != (narrow.level, narrow.above) or wide.from_day > narrow.from_day:
        return False
    if wide.to_day is not None and (narrow.to_day is None or narrow.to_day > wide.to_day):
        return False
    if wide.limit == narrow.limit:
        return "=" in wide.sign or "=" not in narrow.sign
    return wide.limit < narrow.limit if wide.above else wide.limit > narrow.limit


def _zones_of(rule: Rule, question_id: str) -> Iterator[Zone]:
    for way in _ways(rule.when):
        parts = way.parts if isinstance(way, All) else (way,)
        if not all(isinstance(one, Compare) for one in parts):
            continue
        compared = [one for one in parts if isinstance(one, Compare)]
        about = [one for one in compared if one.measure is not Measure.DAY]
        if len(about) != 1 or about[0].measure is not Measure.ANSWER:
            continue
        if about[0].question != question_id or about[0].sign not in (*ABOVE, *BELOW):
            continue
        first, last = _days([one for one in compared if one.measure is Measure.DAY])
        yield Zone(
            rule.level,
            about[0].sign,
            about[0].limit,
            about[0].sign in ABOVE,
            first,
            last,
            rule.source,
        )


def _ways(condition: Condition) -> tuple[Condition, ...]:
    """The ways in which a condition can hold, each by itself."""
    return condition.parts if isinstance(condition, AnyOf) else (condition,)


def _days(limits: list[Compare]) -> tuple[int, int | None]:
    """From which day to which, both inside, the limits on the day allow."""
    first, last = 0, None
    for one in limits:
        day = int(one.limit)
        if one.sign in (">", ">=", "="):
            first = max(first, day + (one.sign == ">"))
        if one.sign in ("<", "<=", "="):
            end = day - (one.sign == "<")
            last = end if last is None else min(last, end)
    return first, last

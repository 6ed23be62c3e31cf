"""Form: a pathway's check-in questions in one order, with when each of them is asked.

Other programs know one questionnaire where a pathway has many check-ins. So the form begins
with a few things about the patient that the pathway knows and a form must be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.condition import Condition
from bot.core.condition.tree import PROCEDURE, TIER, Compare, Is, Measure, leaves
from bot.core.pathway import Pathway
from bot.core.question import Question

CHECK_IN: Final = "check_in"
DAY: Final = "day"
DAYS_HOME: Final = "days_home"
NAMES_OF: Final = "names_of_"  # a note with the names of a scale's numbers
DAYS: Final = {Measure.DAY: DAY, Measure.DAYS_HOME: DAYS_HOME}


@dataclass(frozen=True)
class Asked:
    """A question, the check-ins that ask it, and what must hold."""

    question: Question
    check_ins: tuple[str, ...]
    only_when: Condition | None


@dataclass(frozen=True)
class Form:
    """The questions of a pathway by id, in an order in which they can be asked."""

    pathway: Pathway
    asked: Mapping[str, Asked]

    @property
    def told(self) -> frozenset[str]:
        """What the form must be told beside the check-in: names that conditions look at."""
        found = set()
        for one in self.asked.values():
            for leaf in leaves(one.only_when) if one.only_when is not None else ():
                if isinstance(leaf, Is) and leaf.name in (TIER, PROCEDURE):
                    found.add(leaf.name)
                if isinstance(leaf, Compare) and leaf.measure in DAYS:
                    found.add(DAYS[leaf.measure])
        return frozenset(found)


def form_of(pathway: Pathway) -> Form:
    """Every question that some check-in asks."""
    return Form(
        pathway,
        {
            name: Asked(
                pathway.questions[name],
                tuple(plan.id for plan in pathway.check_ins if name in plan.questions),
                pathway.ask_when.get(name),
            )
            for name in _ordered(pathway)
        },
    )


def _ordered(pathway: Pathway) -> list[str]:
    """One order for all check-ins; where two of them disagree, the first one counts."""
    orders = [plan.questions for plan in pathway.check_ins]
    left = list(dict.fromkeys(one for order in orders for one in order))
    before = {
        name: {
            order[turn - 1]
            for order in orders
            for turn, one in enumerate(order)
            if one == name and turn
        }
        for name in left
    }
    found: list[str] = []
    while left:
        ready = (one for one in left if not before[one] & set(left))
        found.append(next(ready, left[0]))
        left.remove(found[-1])
    return found

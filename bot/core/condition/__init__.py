"""Condition: what a rule looks for in the answers, as a care team writes it.

`parse` turns `wound has pus and day <= 30` into a small tree, `holds` weighs
that tree against the facts of a check-in and says True, False or None. None
means "cannot tell": an answer is not there or was not understood. It is never
rounded down to False.
"""

from __future__ import annotations

from bot.core.condition.facts import UNKNOWN, Answered, EarlierCheckIn, Facts, Unknown
from bot.core.condition.parse import ConditionError, parse
from bot.core.condition.tree import Condition
from bot.core.condition.weigh import holds

__all__ = [
    "UNKNOWN",
    "Answered",
    "Condition",
    "ConditionError",
    "EarlierCheckIn",
    "Facts",
    "Unknown",
    "holds",
    "parse",
]

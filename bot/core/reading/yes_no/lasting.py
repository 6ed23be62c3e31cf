"""Lasting: whether something has gone on for longer than the question asks.

"Has it gone on for more than 4 hours?" is answered by a duration, not by naming the
complaint once more: 吐了三次 says nothing of it.
"""

from __future__ import annotations

import re

from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity
from bot.core.reading.ranges import quantities

HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0, "wk": 168.0}
NOT_LONG = re.compile(r" ?(?:ago|after|later|apart|前|后|以后|之后|一次)")
APART = re.compile(
    r"every ?$|每隔?$|隔了?$|after ?$|about every ?$"
)  # "every 3 hours" lasts no 3 hours


def lasted(text: str, own: OwnWords) -> bool | None:
    """Whether the one duration in the answer exceeds the asked one; None when unsure."""
    asked = own.asked_hours
    if asked is None:
        return None
    told = [one for one in quantities(text, own.words, own.topics) if one.unit in HOURS]
    if len(told) != 1 or _is_no_duration(told[0], text):
        return None
    hours = told[0].value * HOURS[told[0].unit or "h"]
    low = told[0].low * HOURS[told[0].unit or "h"]
    if told[0].bound == "under":
        return False if hours <= asked else None
    if hours > asked or (hours == asked and told[0].bound in ("over", "vague")):
        return True
    return False if not told[0].bound and low < asked and hours < asked else None


def _is_no_duration(one: Quantity, text: str) -> bool:
    before = text[: one.start]
    return one.denied or NOT_LONG.match(text, one.end) is not None or bool(APART.search(before))

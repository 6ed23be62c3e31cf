"""Verbs: each kind of durable work, the use case that does it, and how many at once.

Every verb has slots of its own, and so has every channel it goes by ("page:telegram"):
a provider that hangs, or a morning of twenty thousand check-ins, fills its own slots and
never those of a page. The order is the order of urgency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.services.check_ins_due import tend_check_in
from bot.services.converse import converse
from bot.services.deliver import deliver, page
from bot.services.drill import tend_drill
from bot.services.move_episode import tend_move
from bot.services.nudges_due import tend_nudge
from bot.services.parts import Parts
from bot.services.step_escalation import step_escalation
from bot.services.tend_call_back import tend_call_back
from bot.services.tend_takeover import tend_takeover

VERBS: Mapping[str, Callable[[Parts, str], None]] = {
    "escalation": step_escalation,
    "page": page,
    "drill": tend_drill,
    "converse": converse,
    "deliver": deliver,
    "takeover": tend_takeover,
    "call_back": tend_call_back,
    "check_in": tend_check_in,
    "converse_check_in": converse,
    "deliver_check_in": deliver,
    "nudge": tend_nudge,
    "move": tend_move,
}

# Side by side in one process. A page needs the most: a hanging provider holds each of
# its slots for up to 30 s, and a page must still find one free.
SLOTS: Mapping[str, int] = {
    "escalation": 4,
    "page": 12,
    "drill": 1,
    "converse": 8,
    "deliver": 6,
    "takeover": 2,
    "call_back": 1,
    "check_in": 2,
    "converse_check_in": 3,
    "deliver_check_in": 4,
    "nudge": 1,
    "move": 1,
}

# A message's own turn. Its rows say that it waits and what was done of it, and the sweep finds
# it within a second of a crash; keeping it a second time cost 4 to 8 ms for each of its steps.
AT_ONCE = frozenset({"converse", "deliver", "converse_check_in", "deliver_check_in"})


def verb_of(work: str) -> str:
    """The verb of a piece of work; what follows a colon is the channel it goes by."""
    return work.partition(":")[0]


def do(parts: Parts, work: str, about: str) -> None:
    """Do one piece of work now, in this thread. Raises KeyError for a verb we do not have."""
    VERBS[verb_of(work)](parts, about)

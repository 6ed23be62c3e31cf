"""Work done at once, in order, in this thread: for tests and rehearsals on virtual time."""

from __future__ import annotations

from bot.services.find_due import find_due
from bot.services.parts import Parts
from bot.workflows.verbs import do

MOST_ROUNDS = 200


def run_due(parts: Parts) -> int:
    """Do everything that is due now until nothing is left; returns how much was done.

    Raises RuntimeError when work keeps making more work at the same moment.
    """
    done = 0
    for _ in range(MOST_ROUNDS):
        due = find_due(parts)
        if not due:
            return done
        for work, about in due:
            do(parts, work, about)
            done += 1
    raise RuntimeError(f"still due after {MOST_ROUNDS} rounds: {find_due(parts)[:5]}")

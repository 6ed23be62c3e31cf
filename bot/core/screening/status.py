"""Status: is a sign there now, denied, over or only imagined?

Each question is decided inside the clause or sentence of the sign. Whatever is
not clearly one of the others is there now: doubt goes up.
"""

from __future__ import annotations

from enum import StrEnum

from bot.core.screening.denial import Denial
from bot.core.screening.imagined import Imagined
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.match import Found
from bot.core.screening.page import Page
from bot.core.screening.past import Past


class Status(StrEnum):
    """What the sentence says about a sign."""

    PRESENT = "present"
    DENIED = "denied"
    OVER = "over"  # was there lately or long ago, or has not changed for long
    IMAGINED = "imagined"  # a question about a possibility


def status_of(
    found: Found, page: Page, lexicons: Lexicons, *, urgent: bool, brief: bool = False
) -> Status:
    """Read the words around a sign.

    An `urgent` sign is asked about even when it is over; a `brief` one (a faint, a
    fit, a stroke that passed) counts as there unless it was days ago.
    """
    if Denial(found, page, lexicons).denied():
        return Status.DENIED
    if Imagined(found, page, lexicons).imagined():
        return Status.IMAGINED
    past = Past(found, page, lexicons)
    lately = past.anchored_in_the_past()
    fresh = brief and not lately and not past.told_as_history()
    if fresh and (past.finished_here() or past.ended_next()):
        return Status.PRESENT
    if past.finished_here():
        return Status.OVER if lately else Status.DENIED
    if past.told_as_history():
        return Status.DENIED
    if past.over():
        eased = not urgent and not lately and past.ended_next()
        return Status.DENIED if eased else Status.OVER
    return Status.PRESENT


def is_reassured(found: Found, page: Page, lexicons: Lexicons) -> bool:
    """Whether a nurse or doctor is said to have called it normal."""
    return Past(found, page, lexicons).reassured()

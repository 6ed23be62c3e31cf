"""Read: one answer to a question for a number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.question import Kind
from bot.core.reading.corrections import corrects
from bot.core.reading.folding import Text
from bot.core.reading.manners import manner
from bot.core.reading.marks import of_the_asked
from bot.core.reading.measures import fits
from bot.core.reading.numeric.meant import foreign, inside_not_one, surest
from bot.core.reading.numeric.weigh import weigh
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity
from bot.core.reading.ranges import quantities
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.zero import Zero, zero_words

NO_BEFORE = re.compile(
    r"[,，。.;；!！ ](?:no|nah|nope|不|不是|不对)[ ,，.。]+$"
)  # "once. no, twice"


def read_number(text: Text, own: OwnWords) -> Reading:
    """Read a scale, a count or a measure."""
    found = quantities(text.folded, own.words, own.topics)
    mine = [one for one in found if fits(one, text.folded, own) and not foreign(one, text, own)]
    mine = [one for one in mine if not inside_not_one(one, text.folded)]
    mine, corrected = _latest(mine, text, own)
    mine = of_the_asked(mine, text, own)
    if not mine:
        return _without_number(text, own, corrected)
    return weigh(surest(mine, text, own), text, own, corrected)


def _latest(mine: list[Quantity], text: Text, own: OwnWords) -> tuple[list[Quantity], bool]:
    """Numbers that still count after "no wait", "4 not 7"; and whether one was taken back."""
    kept = [one for one in mine if not one.denied]
    taken_back = len(kept) < len(mine)
    for place in range(len(kept) - 1, 0, -1):
        if NO_BEFORE.search(text.folded[kept[0].end : kept[place].start]):
            return kept[place:], True
    cue = corrects(text, own.words)
    if cue is None or not (kept or cue[1]):
        return kept, taken_back and bool(kept)
    later = [one for one in kept if one.start >= cue[0]]
    return later or kept, True


def _without_number(text: Text, own: OwnWords, corrected: bool) -> Reading:
    if own.question.kind is not Kind.MEASURE and (own.question.minimum or 0) == 0:
        zero = zero_words(text.folded, own)
        if zero is Zero.SURE:
            return _understood(0.0, text, own, (), corrected)
        if zero is Zero.MAYBE:
            back = Reading(Outcome.ASK_BACK, span=text.raw.strip(), candidates=(0.0,))
            return manner(text, own.words) or back
    return manner(text, own.words) or Reading(Outcome.NOT_UNDERSTOOD, span=text.raw.strip())


def _understood(
    value: float, text: Text, own: OwnWords, spot: Sequence[Quantity], corrected: bool
) -> Reading:
    span = text.span(spot[0].start, spot[0].end) if spot else text.raw.strip()
    return Reading(
        Outcome.UNDERSTOOD, value=value, unit=own.question.unit, span=span, correction=corrected
    )

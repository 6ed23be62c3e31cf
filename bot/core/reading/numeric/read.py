"""Read: one answer to a question for a number."""

from __future__ import annotations

from bot.core.question import Kind
from bot.core.reading.corrections import read_corrected
from bot.core.reading.folding import Text
from bot.core.reading.manners import manner
from bot.core.reading.marks import of_the_asked
from bot.core.reading.measures import convert, fits, suggestions
from bot.core.reading.numeric.meant import foreign, inside_not_one, is_change, surest
from bot.core.reading.numeric.weigh import weigh
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity
from bot.core.reading.ranges import quantities
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.zero import Zero, zero_words


def read_number(text: Text, own: OwnWords) -> Reading:
    """Read a scale, a count or a measure."""
    mine = _about_it(text, own)
    return read_corrected(
        text,
        own,
        _read,
        tuple(dict.fromkeys(value for one in mine for value in _meant(one, own))),
        tuple((one.start, one.end) for one in mine),
    )


def _read(text: Text, own: OwnWords) -> Reading:
    """Read words that no clear correction stands between."""
    mine = _about_it(text, own)
    kept = [one for one in mine if not one.denied]
    corrected = bool(kept) and len(kept) < len(mine)
    kept = of_the_asked(kept, text, own)
    if not kept:
        return _without_number(text, own)
    return weigh(surest(kept, text, own), text, own, corrected)


def _about_it(text: Text, own: OwnWords) -> list[Quantity]:
    """The numbers that can be meant for this question, the denied ones too."""
    found = quantities(text.folded, own.words, own.topics)
    mine = [one for one in found if fits(one, text.folded, own) and not foreign(one, text, own)]
    mine = [one for one in mine if not inside_not_one(one, text.folded)]
    if own.question.kind is Kind.COUNT:
        return mine
    return [one for one in mine if not is_change(one, text.folded)]


def _meant(one: Quantity, own: OwnWords) -> tuple[float, ...]:
    value = convert(one.value, one.unit, own.question)
    return suggestions(one.value, own.question) if value is None else (value,)


def _without_number(text: Text, own: OwnWords) -> Reading:
    if own.question.kind is not Kind.MEASURE and (own.question.minimum or 0) == 0:
        zero = zero_words(text.folded, own)
        if zero is Zero.SURE:
            return Reading(
                Outcome.UNDERSTOOD, value=0.0, unit=own.question.unit, span=text.raw.strip()
            )
        if zero is Zero.MAYBE:
            back = Reading(Outcome.ASK_BACK, span=text.raw.strip(), candidates=(0.0,))
            return manner(text, own.words) or back
    no_meter = own.question.kind is Kind.MEASURE and own.words.holds(text.folded, "broken")
    nothing = Outcome.DONT_KNOW if no_meter else Outcome.NOT_UNDERSTOOD
    return manner(text, own.words) or Reading(nothing, span=text.raw.strip())

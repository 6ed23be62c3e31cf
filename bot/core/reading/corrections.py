"""Corrections: what a patient takes back, and what she says instead.

A correction counts only where she plainly corrects her own words: "no wait", 说错了.
Where somebody or something else was wrong, nobody knows what still holds, and
whatever is not a complaint is asked back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core.reading.calm import leftover, worries
from bot.core.reading.cues import ENDS, Cue, Span, Turn, cues, without_small_talk
from bot.core.reading.folding import Text
from bot.core.reading.own_words import OwnWords
from bot.core.reading.result import Outcome, Reading, Value

NONE = "none"
Reader = Callable[[Text, OwnWords], Reading]


def read_corrected(
    text: Text,
    own: OwnWords,
    reader: Reader,
    candidates: tuple[Value, ...] = (),
    values: tuple[Span, ...] = (),
) -> Reading:
    """What `reader` reads behind the last clear correction: "red, no wait, swollen" is "swollen".

    Without a clear one it reads the whole text. A complaint before any cue is never
    exchanged for a no: that, and what is not understood behind a cue, is asked back.
    `values` are the places of the numbers or days that answer the question.
    """
    ask_back = Reading(
        Outcome.ASK_BACK, span=text.raw.strip(), candidates=candidates, correction=True
    )
    found = cues(text.folded, own, values)
    between = [one for one in found if one.has_both_sides(text.folded)]
    clear = [one.end for one in between if one.turn is Turn.OWN]
    reading = reader(_only_from(clear[-1], text) if clear else text, own)
    if clear and reading.outcome is Outcome.NOT_UNDERSTOOD:
        return ask_back
    if _is_no(reading) and _took_back_a_complaint(text, own, reader, between, bool(clear)):
        return ask_back
    if reading.understood and not tells_a_complaint(reading, own):
        others = [one for one in found if one.turn is Turn.OTHER]
        if others and not _on_both_sides(text, own, reader, others, reading.value):
            return ask_back
    own_words = any(one.turn is Turn.OWN for one in found)
    return replace(reading, correction=True) if own_words else reading


def tells_a_complaint(reading: Reading, own: OwnWords) -> bool:
    """Whether it says that something is there which should not be: never held back."""
    if reading.value is True:
        return bool(own.signs) or own.about_lapse
    return isinstance(reading.value, tuple) and reading.value != (NONE,)


def _on_both_sides(
    text: Text, own: OwnWords, reader: Reader, others: list[Cue], value: Value | None
) -> bool:
    """Whether the same is said before and after somebody else's error."""
    before = reader(Text(text.raw, text.folded[: others[0].start], text.origin), own)
    after = reader(_only_from(others[-1].end, text), own)
    return before.value == after.value == value


def _only_from(place: int, text: Text) -> Text:
    """The text with all before `place` blanked."""
    return Text(text.raw, "\n" * place + text.folded[place:], text.origin)


def _is_no(reading: Reading) -> bool:
    return reading.understood and reading.value in (False, NONE, (NONE,))


def _took_back_a_complaint(
    text: Text, own: OwnWords, reader: Reader, between: list[Cue], clear: bool
) -> bool:
    """Whether a complaint, or words that nothing knows, stand before a cue."""
    fronts = [Text(text.raw, text.folded[: one.start], text.origin) for one in between]
    if any(_may_be_there(one, own, reader(one, own)) for one in fronts):
        return True
    return clear and _untold(fronts[-1], own)


def _may_be_there(front: Text, own: OwnWords, reading: Reading) -> bool:
    """Whether what stands before a cue says yes, or may hide a complaint."""
    said_yes = any(
        own.words.kinds_of(hit.phrase) & {"yes", "a_little"}
        for hit in own.words.talked(front.folded)
    )
    if said_yes or reading.outcome is Outcome.ASK_BACK:
        return True
    return worries(front, own) or (reading.understood and not _is_no(reading))


def _untold(front: Text, own: OwnWords) -> bool:
    """Whether words that nothing knows stand before a cue that takes them back."""
    known = own.topics | own.option_book.phrases
    left = leftover(front.folded, 0, len(front.folded), own.words, known)
    return bool(without_small_talk(left).strip(ENDS))

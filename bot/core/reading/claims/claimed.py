"""Claimed: a reading, or a question back where nothing that is claimed bears it out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.core.question import Kind
from bot.core.reading.choices.taking import says_a_lapse
from bot.core.reading.claims.idle import beside_options, clauses, idle_spans, of_another_time
from bot.core.reading.claims.relatives import spans_of_relatives
from bot.core.reading.corrections import NONE, tells_a_complaint
from bot.core.reading.cues import Span
from bot.core.reading.folding import Text
from bot.core.reading.own_words import OwnWords
from bot.core.reading.result import Outcome, Reading

WITHDRAWN = re.compile(r"[(,.…\n!] *not *(?=[),.!…\n]|$)")  # "swollen... not"
EARNEST = re.compile(r"(?:(?:不|没|没有|不是)(?:开|开个)?|(?<![a-z])(?:not|no|isnt|aint)) ?$")
COMFORT = (0.0, False, NONE, (NONE,))


def claimed(
    reading: Reading, text: Text, own: OwnWords, again: Callable[[Text], Reading]
) -> Reading:
    """`reading`, or a question back where nothing that is really claimed bears it out.

    `again` reads the text once more without the words that claim nothing.
    """
    if own.question.kind is Kind.MEASURE and reading.outcome is Outcome.ASK_BACK:
        return _the_one_of_now(reading, text, own, again)
    if not reading.understood or own.question.kind is Kind.TEXT:
        return reading
    if text.folded.strip() in own.labels:
        return reading  # a button
    if _mocked(text.folded, own) or WITHDRAWN.search(text.folded):
        return _ask_back(reading, text)
    others = spans_of_relatives(text.folded, own)
    if others:
        rest = again(_without(text, others))
        if rest.value != reading.value:
            return rest if _of_oneself(rest, text, others, own) else _ask_back(reading, text)
    if tells_a_complaint(reading, own) or _tells_a_lapse(reading, text, own):
        return reading
    if _only_provided(reading, text, own) or _from_a_broken_meter(text, own):
        return _ask_back(reading, text)
    spans = idle_spans(beside_options(text.folded, own), own)
    if not spans:
        return reading
    rest = again(_without(text, spans))
    return reading if rest.value == reading.value else _ask_back(reading, text)


def _of_oneself(rest: Reading, text: Text, others: list[Span], own: OwnWords) -> bool:
    """ "My boy has 39, I'm 36.7": a number that is plainly her own, beside a relative's."""
    mine = own.words.holds(_without(text, others).folded, "mine")
    return own.question.kind is Kind.MEASURE and rest.understood and mine


def _the_one_of_now(
    reading: Reading, text: Text, own: OwnWords, again: Callable[[Text], Reading]
) -> Reading:
    """ "usually 6, 9.2 today": of several measurements the one that is not of another time."""
    spans = [
        one for one in clauses(text.folded) if of_another_time(text.folded[one[0] : one[1]], own)
    ]
    rest = again(_without(text, spans)) if spans else reading
    return rest if rest.understood and not _from_a_broken_meter(text, own) else reading


def _ask_back(reading: Reading, text: Text) -> Reading:
    back = () if reading.value is None else (reading.value,)
    return replace(
        reading,
        outcome=Outcome.ASK_BACK,
        value=None,
        unit=None,
        span=text.raw.strip(),
        candidates=reading.candidates or back,
    )


def _mocked(text: str, own: OwnWords) -> bool:
    """ "just kidding", 骗你的; but not 不骗你."""
    return any(not EARNEST.search(text[: hit.start]) for hit in own.words.book("mocked").hits(text))


def _only_provided(reading: Reading, text: Text, own: OwnWords) -> bool:
    """ "no pain unless I cough", 只要不动就0分."""
    good_deed = own.question.kind is Kind.YES_NO and reading.value is True
    chosen = own.question.kind in (Kind.CHOICE, Kind.DATE)
    if reading.value not in COMFORT and not good_deed and not chosen:
        return False
    told = beside_options(text.folded, own)
    numeric = own.question.kind in (Kind.SCALE, Kind.COUNT)
    return own.words.holds(told, "provided") or (numeric and own.words.holds(told, "except"))


def _tells_a_lapse(reading: Reading, text: Text, own: OwnWords) -> bool:
    """ "the doctor made me stop": what was not done is not held back either."""
    lapse = reading.value is False or says_a_lapse(reading.value, own)
    return lapse and own.words.holds(text.folded, "lapse")


def _from_a_broken_meter(text: Text, own: OwnWords) -> bool:
    return own.question.kind is Kind.MEASURE and own.words.holds(text.folded, "broken")


def _without(text: Text, spans: list[Span]) -> Text:
    chars = list(text.folded)
    for start, end in spans:
        chars[start:end] = "\n" * (end - start)
    return Text(text.raw, "".join(chars), text.origin)

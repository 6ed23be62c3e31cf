"""Numeric: scales, counts and measures, read from the numbers in an answer.

When several numbers could be meant, the clinically worse one is kept and all are
shown in `candidates`. Whatever is not certain is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.core.question import Kind
from bot.core.reading.folding import Text
from bot.core.reading.manners import corrects, manner
from bot.core.reading.marks import of_the_asked
from bot.core.reading.measures import convert, fits, suggestions
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity
from bot.core.reading.ranges import quantities
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.zero import Zero, doubts_zero, zero_words

NOT_ONE = re.compile(r"(?<![a-z])(?:not|never|no|havent|didnt|hasnt)(?: [a-z]+){0,2} $")
NUMBER_NEXT = re.compile(r"[^\d,，。;；]{1,12}?\d")  # 血压130: that subject has its own number
NO_BEFORE = re.compile(
    r"[,，。.;；!！ ](?:no|nah|nope|不|不是|不对)[ ,，.。]+$"
)  # "once. no, twice"
FAR = 80  # characters; a subject farther from the number is not its subject
REGION = re.compile(
    r"[,，;；。!！?？\n…]|\.(?!\d)|(?<![a-z])(?:and|but|then)(?![a-z])|然后|但是|还有|而且"
)


def read_number(text: Text, own: OwnWords) -> Reading:
    """Read a scale, a count or a measure."""
    found = quantities(text.folded, own.words, own.topics)
    mine = [one for one in found if fits(one, text.folded, own) and not _foreign(one, text, own)]
    mine = [one for one in mine if not _inside_not_one(one, text.folded)]
    mine, corrected = _latest(mine, text, own)
    mine = of_the_asked(mine, text, own)
    if not mine:
        return _without_number(text, own, corrected)
    return _weigh(_surest(mine, text, own), text, own, corrected)


def _surest(mine: list[Quantity], text: Text, own: OwnWords) -> list[Quantity]:
    """Leave out doubtful numbers, and impossible bare ones ("I am 72, pain 4"), when
    another number clearly answers."""
    sure = [one for one in mine if not one.loose and not _almost(one, text, own)]
    if not sure:
        return [replace(one, loose=True) for one in mine]
    tied = [one for one in sure if one.unit is not None or _subject(one, text, own)]
    if not tied:
        return sure
    return [
        one for one in sure if one in tied or convert(one.value, None, own.question) is not None
    ]


def _almost(one: Quantity, text: Text, own: OwnWords) -> bool:
    """差点摔了一跤, "almost fell once": it did not happen."""
    front = re.split(r"[,，。;；\n]", text.folded[max(0, one.start - FAR) : one.start])[-1]
    return any(True for _ in own.words.book("almost").hits(front))


def _foreign(one: Quantity, text: Text, own: OwnWords) -> bool:
    """Whether the number stands with the subject of some other question."""
    if one.unit is not None and one.unit == own.question.unit != "{score}":
        return False
    return _subject(one, text, own) is False


def _subject(one: Quantity, text: Text, own: OwnWords) -> bool | None:
    """Whether the subject beside the number is this question's; None without a subject.

    People put the subject first (体温37.2) or last ("3 at rest"), seldom both ways in
    one breath: a subject before the number wins.
    """
    begin, end = max(0, one.start - FAR), min(len(text.folded), one.end + FAR)
    for match in REGION.finditer(text.folded, begin, end):
        if match.end() <= one.start:
            begin = match.end()
        elif match.start() >= one.end:
            end = match.start()
            break
    words = own.words
    named = [
        (hit.start, words.subject_of[hit.phrase] in own.subjects)
        for hit in words.subject_book.hits(text.folded, begin, end)
    ]
    named += [(hit.start, True) for hit in own.topic_book.hits(text.folded, begin, end)]
    before = [pair for pair in named if pair[0] < one.start]
    after = [
        pair for pair in named if pair[0] >= one.end and not NUMBER_NEXT.match(text.folded, pair[0])
    ]
    if before:
        return max(before)[1]
    nearest = min((place for place, _ in after), default=None)
    return any(mine for place, mine in after if place == nearest) if after else None


def _inside_not_one(one: Quantity, text: str) -> bool:
    """一次也没漏 and "not a single one" hold no 1."""
    around = text[one.start : one.end + 4]
    if re.match(r"一[^\d,，]{0,2}?(?:都|也)?(?:没|未|不)", around):
        return True
    return one.value == 1 and NOT_ONE.search(text[max(0, one.start - FAR) : one.start]) is not None


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


def _weigh(sure: Sequence[Quantity], text: Text, own: OwnWords, corrected: bool) -> Reading:
    """One value out of all that were said, or a question back."""
    question = own.question
    values: list[float] = []
    doubtful = False
    for one in sure:
        value = convert(_upper(one, own), one.unit, question)
        doubtful = doubtful or value is None or _one_sided(one, own) or one.loose
        meant = (value,) if value is not None else suggestions(one.value, question)
        values += list(one.half) if one.half else meant
        doubtful = doubtful or one.half is not None
    distinct = tuple(dict.fromkeys(values))
    span = text.span(sure[0].start, sure[-1].end)
    if len(values) > 2 and question.kind is Kind.COUNT and values[0] == sum(values[1:]):
        distinct = distinct[:1]  # "twice, once in the bath and once in bed"
    elif len(sure) > 1 and question.kind is Kind.COUNT:
        distinct = tuple(dict.fromkeys((*distinct, sum(values))))
        doubtful = True
    if len(distinct) > 1 and question.kind is Kind.MEASURE and question.unit != "Cel":
        doubtful = True
    if doubtful or not distinct:
        return Reading(Outcome.ASK_BACK, span=span, candidates=distinct, correction=corrected)
    if max(distinct) == 0 and doubts_zero(text.folded, sure[0].start, sure[-1].end, own):
        return Reading(Outcome.ASK_BACK, span=span, candidates=distinct, correction=corrected)
    several = distinct if len(distinct) > 1 else ()
    worst = [one for one in sure if convert(_upper(one, own), one.unit, question) == max(distinct)]
    span = text.span(worst[0].start, worst[0].end)
    return Reading(
        Outcome.UNDERSTOOD, max(distinct), question.unit, span, several, correction=corrected
    )


def _upper(one: Quantity, own: OwnWords) -> float:
    """The clinically worse end of what was said; low is worse for saturation."""
    if own.question.unit == "%":
        return one.low
    if one.bound == "vague" and own.question.kind is Kind.SCALE:
        return one.value + 1
    return one.value


def _one_sided(one: Quantity, own: OwnWords) -> bool:
    """Whether "over 6" or "37度多" leaves the value open."""
    if own.question.kind is Kind.MEASURE or one.bound == "over":
        return bool(one.bound)
    return one.bound == "vague" and own.question.kind is Kind.COUNT

"""Quantities: numbers with their unit and the part they play.

A number that stands with another unit, a day, a dose or a clock time keeps that
unit here, and so can never answer a question about something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.beside_numbers import HALVED, NEAR, bound_of, is_idiom, may_stand, unit_of
from bot.core.reading.mentions import Mention, mentions

OTHER = "{other}"
DENIED = re.compile(
    r"(?<![a-z])(?:not|isnt|wasnt|and not|never|anything but|far from|nowhere near|not yet|"
    r"no longer|not quite)(?: a| an)? ?$|不是 ?$|不是说 ?$|从没到 ?$|没有$"
)
COMPARED = re.compile(r" *(?:分|度|次)?[高低多少大小强重轻好差]")  # 比5低, 比0多一点
NEGATIVE = re.compile(r"(?:负|零下|minus|(?:^|[\s:])-) ?$")
RATE = re.compile(r" ?(?:a|per|each|every) (?:day|week|night|hour)|/day|/天|每天|一天")
# "two or tree": another number was meant, and nobody knows which.
OR_WHAT = re.compile(
    r" or (?!so(?![a-z])|less|more|under|over|above|below|higher|lower|there|near|around|about|"
    r"maybe|possibly|perhaps|even|just|a |an |at |\d)(?P<what>[a-z]+)"
)
SHORT_WORD = re.compile(r"(?<![a-z])[a-z]{1,2}$")
LAPSED = re.compile(
    r"[漏忘少没](?:记|服|吃|打|喝|用)?(?:了|过)? ?$"
    r"|(?:missed|not|havent|didnt|forgot|skipped)[a-z ]{0,12}$"
)
AS_SOON_AS = re.compile(r" (?:i|im|ive|id|he|she|hes|shes|we|you|youre|the|my|its|it|up)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it measures. `value` is the higher end of a range.

    `loose` numbers stand beside a word that may be their unit ("2 elephants").
    `bound` is "over" or "under" for one-sided statements, "vague" for 37度多.
    `half` holds both numbers of a/b that is neither a range nor "out of", `whole` the
    end of the scale that was named with it ("6 out of 7").
    """

    value: float
    low: float
    start: int
    end: int
    unit: str | None = None
    loose: bool = False
    bound: str = ""
    denied: bool = False
    half: tuple[float, float] | None = None
    whole: float | None = None


def single_quantities(text: str, words: AnswerWords, topics: frozenset[str]) -> list[Quantity]:
    """Every number from left to right, ranges not yet joined.

    `topics` are folded words that may follow a number without being its unit.
    """
    found = [_quantity(text, one, words, topics) for one in _with_times(text, words)]
    return [one for one in found if one is not None]


def _with_times(text: str, words: AnswerWords) -> list[Mention]:
    """Numbers, and counting words such as "twice"."""
    table = words.table("times")
    names = list(words.subject_book.hits(text))  # "spo2" holds no 2
    found = [
        one
        for one in mentions(text, words)
        if not any(hit.start < one.start and one.end <= hit.end for hit in names)
    ]
    for hit in words.table_books["times"].hits(text):
        if hit.phrase == "once" and AS_SOON_AS.match(text, hit.end):
            continue
        value = float(table[hit.phrase])
        found = [one for one in found if one.end <= hit.start or one.start >= hit.end]
        found.append(Mention(value, value, hit.start, hit.end, "times"))
    return sorted(found, key=lambda one: one.start)


def _quantity(
    text: str, mention: Mention, words: AnswerWords, topics: frozenset[str]
) -> Quantity | None:
    unit, end, loose = unit_of(text, mention, words)
    before = text[max(0, mention.start - NEAR) : mention.start]
    if unit is None and not loose and not may_stand(text, mention, end, words, topics):
        if mention.written != "digits":
            return None
        loose = True
    if is_idiom(text, mention, unit, end):
        return None
    if mention.written == "digits" and before and SHORT_WORD.search(before):
        return None  # B12, T3
    if unit != "{clock}" and words.book("before_other").ends_at(text, mention.start):
        if words.book("at_level").ends_at(text, mention.start):
            pass  # "sitting at 5", no time of day
        elif before.rstrip().endswith("at"):
            loose = loose or unit is None
        elif not LAPSED.search(before):
            unit = OTHER
    if RATE.match(text, end):
        unit = OTHER
    bound, end = bound_of(text, mention, end, words)
    half = 0.5 if unit in HALVED and end > mention.end and text[end - 1] == "半" else 0.0
    return Quantity(
        mention.value + half,
        mention.low + half,
        mention.start,
        end,
        unit,
        loose
        or mention.spelled
        or OR_WHAT.match(text, end) is not None
        or bool(NEGATIVE.search(before))
        or _compared(text, mention),
        bound,
        bool(DENIED.search(before)),
    )


def _compared(text: str, mention: Mention) -> bool:
    """比5分低一点: the number is what something is compared with."""
    compared = text[: mention.start].endswith("比")
    return compared and (mention.vague or COMPARED.match(text, mention.end) is not None)

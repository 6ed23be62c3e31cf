"""Claims: whether an answer is told of the patient, of now, and in earnest.

A wish, a condition, a joke, a doctor's opinion or somebody else's number names a value
that is nobody's answer. What rests on one of these alone is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.core.question import Kind
from bot.core.reading.corrections import NONE, tells_a_complaint
from bot.core.reading.cues import Span
from bot.core.reading.folding import Text
from bot.core.reading.own_words import OwnWords
from bot.core.reading.result import Outcome, Reading

CLAUSE = re.compile(
    r"[,，;；。!！?？\n…]|\.(?!\d)|(?<![a-z])(?:and|but|then)(?![a-z])|然后|但是|不过|可是"
)
TELLING = re.compile(  # between "the doctor" and "said"
    r"(?: |has|had|have|also|just|only|always|once"
    r"|们|都|也|刚才|昨天|今天|早上|上次|跟我|对我|给我)*"
)
AS_TOLD = re.compile(r"(?:(?<![a-z])(?:as|like|what)(?: the| my)?|[按照听遵]|按照) ?$")
WOULD_BE = re.compile(r"(?:would|itd|id) be .*(?<![a-z])(?:with|without|if|after)(?![a-z])")
ASKED = re.compile(r"[?？]$|(?:isnt it|arent they|doesnt it|innit|不是吗|对吗|是吗)[ ?.!,，]*$")
WITHDRAWN = re.compile(r"[(,.…\n!] *not *(?=[),.!…\n]|$)")  # "swollen... not"
MAINLY = re.compile(r"[主只需]$")  # 主要是 holds no 要是
EARNEST = re.compile(r"(?:不|没|没有|不是|(?<![a-z])(?:not|no|isnt|aint)) ?$")
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
    if tells_a_complaint(reading, own) or _tells_a_lapse(reading, text, own):
        return reading
    if _only_provided(reading, text, own) or _from_a_broken_meter(text, own):
        return _ask_back(reading, text)
    told = _beside_options(text.folded, own)
    idle = [idle for span in _clauses(told) for idle in _idle(told, span, own)]
    if not idle:
        return reading
    rest = again(_without(text, idle))
    return reading if rest.value == reading.value else _ask_back(reading, text)


def _the_one_of_now(
    reading: Reading, text: Text, own: OwnWords, again: Callable[[Text], Reading]
) -> Reading:
    """ "usually 6, 9.2 today": of several measurements the one that is not of another time."""
    spans = list(_clauses(text.folded))
    idle = [one for one in spans if _of_another_time(text.folded[one[0] : one[1]], own)]
    rest = again(_without(text, idle)) if idle else reading
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
    if reading.value not in COMFORT and not good_deed:
        return False
    told = _beside_options(text.folded, own)
    numeric = own.question.kind in (Kind.SCALE, Kind.COUNT)
    return own.words.holds(told, "provided") or (numeric and own.words.holds(told, "except"))


def _tells_a_lapse(reading: Reading, text: Text, own: OwnWords) -> bool:
    """ "the doctor made me stop": what was not done is not held back either."""
    return reading.value is False and own.words.holds(text.folded, "lapse")


def _from_a_broken_meter(text: Text, own: OwnWords) -> bool:
    return own.question.kind is Kind.MEASURE and own.words.holds(text.folded, "broken")


def _clauses(text: str) -> Iterator[Span]:
    """The clauses, each with the mark that ends it."""
    start = 0
    for match in CLAUSE.finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)


def _beside_options(text: str, own: OwnWords) -> str:
    """The text with the option's own words struck out: "worried" may be an answer."""
    for hit in own.option_book.hits(text):
        text = text[: hit.start] + "_" * (hit.end - hit.start) + text[hit.end :]
    return text


def _idle(text: str, span: Span, own: OwnWords) -> list[Span]:
    """The part of a clause that claims nothing: all of it, or what follows 会不会."""
    if _claims_nothing(text[span[0] : span[1]], own):
        return [span]
    if own.question.kind is Kind.YES_NO or own.words.holds(text[span[0] : span[1]], "scale_end"):
        return []  # a yes/no question has its own way with 会不会
    hits = own.words.talked(text, *span)
    return [(one.start, span[1]) for one in hits if "not_told" in own.words.kinds_of(one.phrase)][
        :1
    ]


def _claims_nothing(said: str, own: OwnWords) -> bool:
    words = own.words
    if ASKED.search(said):
        return True
    unreal = any(not MAINLY.search(said[: hit.start]) for hit in words.book("unreal").hits(said))
    unreal = unreal or WOULD_BE.search(said) is not None
    if unreal and not words.holds(said, "scale_end"):
        return not _takes_back(said, own)
    if words.holds(said, "another") and not words.holds(said, "mine"):
        return True
    return _told_by_staff(said, own) or _of_another_time(said, own)


def _takes_back(said: str, own: OwnWords) -> bool:
    """ "oops, should be 7" is a correction, "should be 7" a norm."""
    mild = own.words.book("weak_correction").phrases | own.words.book("explains").phrases
    return any(hit.phrase not in mild for hit in own.words.book("correction").hits(said))


def _told_by_staff(said: str, own: OwnWords) -> bool:
    """ "the doctor said 2", 医生说不肿: an opinion, whoever shares it."""
    tells = list(own.words.book("tells").hits(said))
    return any(
        who.end <= how.start
        and not AS_TOLD.search(said[: who.start])
        and TELLING.fullmatch(said, who.end, how.start)
        for who in own.words.book("staff").hits(said)
        for how in tells
    )


def _of_another_time(said: str, own: OwnWords) -> bool:
    """A usual or an old measurement, and no word of now beside it."""
    if own.question.kind is not Kind.MEASURE or own.words.holds(said, "now"):
        return False
    return any(own.words.holds(said, name) for name in ("usual", "long_ago", "surroundings"))


def _without(text: Text, spans: list[Span]) -> Text:
    chars = list(text.folded)
    for start, end in spans:
        chars[start:end] = "\n" * (end - start)
    return Text(text.raw, "".join(chars), text.origin)

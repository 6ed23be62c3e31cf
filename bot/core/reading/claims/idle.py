"""Idle: the words of an answer that claim nothing of the patient or of now."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.question import Kind
from bot.core.reading.cues import Span
from bot.core.reading.own_words import OwnWords

CLAUSE = re.compile(
    r"[,，;；。!！?？\n…]+|\.(?!\d)|(?<![a-z])(?:and|but|then)(?![a-z])|然后|但是|不过|可是"
)
TELLING = re.compile(  # between "the doctor" and "said"
    r"(?: |has|had|have|also|just|only|always|once"
    r"|们|都|也|刚才|昨天|今天|早上|上次|跟我|对我|给我)*"
)
AS_TOLD = re.compile(r"(?:(?<![a-z])(?:as|like|what)(?: the| my)?|[按照听遵]|按照) ?$")
WOULD_BE = re.compile(r"(?:would|itd|id) be .*(?<![a-z])(?:with|without|if|after)(?![a-z])")
ASKED = re.compile(
    r"[?？][ ,，;；。.!！\n…]*$|(?:isnt it|arent they|doesnt it|innit|不是吗|对吗|是吗)[ ?.!,，]*$"
    r"|[啥什么何]意思|what (?:does|do) .*mean"  # "what does 1 to 7 mean"
)
GOES_ON = re.compile(r" *(?:也|又|和|都|没|不|(?<![a-z])(?:no|nor|or|not|and)(?![a-z]))")
DENYING = frozenset(("no", "denial"))
MAINLY = re.compile(r"[主只需]$")  # 主要是 holds no 要是


def clauses(text: str) -> Iterator[Span]:
    """The clauses, each with the mark that ends it."""
    start = 0
    for match in CLAUSE.finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)


def beside_options(text: str, own: OwnWords) -> str:
    """The text with the option's own words struck out: "worried" may be an answer."""
    for hit in own.option_book.hits(text):
        text = text[: hit.start] + "_" * (hit.end - hit.start) + text[hit.end :]
    return text


def idle_spans(text: str, own: OwnWords) -> list[Span]:
    """Every part of the text that claims nothing.

    A list goes on behind a comma: "the doctor says no pain, no swelling".
    """
    found: list[Span] = []
    listed = False
    for span in clauses(text):
        said = text[span[0] : span[1]]
        some = [span] if listed and GOES_ON.match(said) else idle(text, span, own)
        denies = any(
            own.words.kinds_of(one.phrase) & DENYING for one in own.words.talked(text, *span)
        )
        listed = span in some and denies and said.rstrip().endswith((",", "，"))
        found += some
    return found


def idle(text: str, span: Span, own: OwnWords) -> list[Span]:
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
    return _told_by_staff(said, own) or of_another_time(said, own)


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


def of_another_time(said: str, own: OwnWords) -> bool:
    """A usual or an old measurement, and no word of now beside it."""
    if own.question.kind is not Kind.MEASURE or own.words.holds(said, "now"):
        return False
    return any(own.words.holds(said, name) for name in ("usual", "long_ago", "surroundings"))

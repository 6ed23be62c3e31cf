"""Meant: which of the numbers in an answer are about its question."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.question import Kind
from bot.core.reading.folding import Text
from bot.core.reading.measures import convert
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity

NOT_ONE = re.compile(r"(?<![a-z])(?:not|never|no|havent|didnt|hasnt)(?: [a-z]+){0,2} $")
NUMBER_NEXT = re.compile(r"[^\d,，。;；]{1,12}?\d")  # 血压130: that subject has its own number
CHANGE = re.compile(
    r"(?:[轻重降升减少高低加涨瘦胖掉退增](?:了|下去|上去)|比[^\d,，。;；]{1,6}[轻重高低多少好])"
    r"(?:有|个|差不多|大概|大约|约|快|将近)? ?$"
    r"|(?<![a-z])(?:(?:up|down) by|(?:lost|gained|dropped|rose|risen|increased|decreased|put on)"
    r"(?: by)?)"
    r"(?: about| around| maybe| nearly| almost)? $"
)
CHANGED = re.compile(
    r"[ a-z]{0,8} (?:up|down|less|more|lower|higher|better|worse|lighter|heavier|off) "
    r"(?:than|from|on|since|compared)(?![a-z])"
)
UP = re.compile(r"(?<![a-z])(?:up|down)(?: about| around| maybe| nearly| almost)? $")
SINCE = re.compile(r"[ a-z]{0,10} (?:since|from|than|compared)(?![a-z])")
FAR = 80  # characters; a subject farther from the number is not its subject
REGION = re.compile(
    r"[,，;；。!！?？\n…]|\.(?!\d)|(?<![a-z])(?:and|but|then)(?![a-z])|然后|但是|还有|而且"
)


def surest(mine: list[Quantity], text: Text, own: OwnWords) -> list[Quantity]:
    """Leave out doubtful numbers, and impossible bare ones ("I am 72, pain 4"), when
    another number clearly answers."""
    sure = [one for one in mine if not one.loose and not _almost(one, text, own)]
    if not sure:
        return [replace(one, loose=True) for one in mine]
    if _worse_beside(sure, mine, own):
        return [replace(one, loose=True) for one in mine]
    tied = [one for one in sure if one.unit is not None or _subject(one, text, own)]
    if not tied:
        return sure
    return [
        one for one in sure if one in tied or convert(one.value, None, own.question) is not None
    ]


def _worse_beside(sure: list[Quantity], mine: list[Quantity], own: OwnWords) -> bool:
    """ "2 on tablets 8 off": a worse bare score, or fever, that nobody can be sure of."""
    if own.question.kind is not Kind.SCALE and own.question.unit != "Cel":
        return False
    worst = max(one.value for one in sure)
    return any(
        one.value > worst
        for one in mine
        if one.unit is None and one not in sure and convert(one.value, None, own.question)
    )


def _almost(one: Quantity, text: Text, own: OwnWords) -> bool:
    """差点摔了一跤, "almost fell once": it did not happen."""
    front = re.split(r"[,，。;；\n]", text.folded[max(0, one.start - FAR) : one.start])[-1]
    return any(True for _ in own.words.book("almost").hits(front))


def foreign(one: Quantity, text: Text, own: OwnWords) -> bool:
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
    taken = [
        hit
        for hit in words.subject_book.hits(text.folded, begin, end)
        if words.subject_of[hit.phrase] not in own.subjects
    ]
    named += [
        (hit.start, True)
        for hit in own.topic_book.hits(text.folded, begin, end)
        if not any(one.start <= hit.start and hit.end < one.end for one in taken)
    ]
    before = [pair for pair in named if pair[0] < one.start]
    after = [
        pair for pair in named if pair[0] >= one.end and not NUMBER_NEXT.match(text.folded, pair[0])
    ]
    if before:
        return max(before)[1]
    nearest = min((place for place, _ in after), default=None)
    return any(mine for place, mine in after if place == nearest) if after else None


def inside_not_one(one: Quantity, text: str) -> bool:
    """一次也没漏 and "not a single one" hold no 1."""
    around = text[one.start : one.end + 4]
    if re.match(r"一[^\d,，]{0,2}?(?:都|也)?(?:没|未|不)", around):
        return True
    return one.value == 1 and NOT_ONE.search(text[max(0, one.start - FAR) : one.start]) is not None


def is_change(one: Quantity, text: str) -> bool:
    """ "Down two since yesterday" and 轻了一分 tell how it changed, not how it is."""
    before = text[max(0, one.start - FAR) : one.start]
    moved = UP.search(before) and SINCE.match(text, one.end)
    return bool(moved or CHANGE.search(before) or CHANGED.match(text, one.end))

"""Denials: whether a phrase in an answer is said to be there, or not to be there.

Scope is tight on purpose: a denial covers the words right after it and plain
lists of words, and ends at "but", at a new verb or at "a bit". What is neither
clearly there nor clearly denied is UNCLEAR, and unclear is asked back.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.phrases import Hit


class Status(StrEnum):
    """How a phrase stands in an answer."""

    THERE = "there"
    DENIED = "denied"
    UNCLEAR = "unclear"


SENTENCE = re.compile(r"[;；。!！?？\n…]|\.(?!\d)")
AFTER_NO = re.compile(
    r"[ :：]*(?:都|也|倒是|倒|暂时|目前|现在|基本|就|is|was|-)? *(?:没有|无|没|no|none|nil|nope|gone)"
    r" *(?:了|的)?(?=$|[,，、;；。.!！\n])"
)
AFTER_YES = re.compile(r"[ :：]*(?:yes|有)(?![a-z没])")
ENGLISH_GAP = re.compile(
    r"(?: |any|signs? of|sign|real|obvious|visible|further|new|more|or|nor|at|all|it|is|its|been|"
    r"had|have|has|got|get|having|feel|feeling|felt|notice|noticed|noticing|seen|see|much|my|the|"
    r"in|of|there|actually|experienced|experiencing|looks?|looking)*"
)
CHINESE_GAP = re.compile(
    r"(?:有|什么|啥|明显|再|发生|发|出现|看到|看见|发现|感觉到|感觉|感到|觉得|觉着|任何|一点点|一点儿|一点|"
    r"那种|被|在|会|是|过|伤口|刀口|小腿|腿|得|到|见|和|或者|或|及|跟|、| )*"
)
LIST_WORDS = re.compile(r"[ ,，、]|and|or|nor|和|或者|或|及|跟|也|any|no|也不|也没|也没有")
GOES_ON = re.compile(r"[ ]*(?:了(?!$|[,，。])|着|出|得|一点|点|有点|很|厉害)")
RESOLVED = re.compile(r"^.{0,8}?(?:消了|退了|好了|没了|gone|went away|settled|cleared)")
CHOICE_QUESTION = re.compile(r"(.)不\1|(.)没\2")


def status(text: str, start: int, end: int, words: AnswerWords, signs: frozenset[str]) -> Status:
    """How the phrase text[start:end] stands. `signs` are folded words that may
    form a list with it ("no redness or swelling")."""
    begin, stop = _sentence(text, start, end, words)
    after = text[end:stop]
    if AFTER_NO.match(after):
        return Status.DENIED
    if AFTER_YES.match(after):
        return Status.THERE
    if _asked(text, begin, start, end, words) or RESOLVED.match(after):
        return Status.UNCLEAR
    hits = [hit for hit in words.talk.hits(text, begin, stop) if hit.start < start]
    return _from_before(text, hits, start, end, stop, words, signs)


def _sentence(text: str, start: int, end: int, words: AnswerWords) -> tuple[int, int]:
    """The sentence around the phrase, cut at words such as "but" too."""
    begin, stop = 0, len(text)
    for match in SENTENCE.finditer(text):
        if match.end() <= start:
            begin = match.end()
        elif match.start() >= end:
            stop = match.start()
            break
    for hit in words.talk.hits(text, begin, stop):
        if "but" in words.kinds_of(hit.phrase):
            if hit.end <= start:
                begin = hit.end
            elif hit.start >= end and (len(hit.phrase) > 1):
                return begin, hit.start
    return begin, stop


def _asked(text: str, begin: int, start: int, end: int, words: AnswerWords) -> bool:
    """Whether the phrase is only asked about or feared: 红不红, 会不会肿, "if it leaks"."""
    around = text[max(begin, start - 1) : end + 2]
    if CHOICE_QUESTION.search(around):
        return True
    return any(
        "not_told" in words.kinds_of(hit.phrase) and hit.phrase != "吗"
        for hit in words.talk.hits(text, begin, start)
    )


def _from_before(
    text: str,
    hits: list[Hit],
    start: int,
    end: int,
    stop: int,
    words: AnswerWords,
    signs: frozenset[str],
) -> Status:
    for hit in reversed(hits):
        kinds = words.kinds_of(hit.phrase)
        gap = text[hit.end : start]
        if "double_denial" in kinds or "less_than_before" in kinds:
            return Status.THERE if "," not in gap and "，" not in gap else Status.UNCLEAR
        if "hardly" in kinds and "," not in gap and len(gap) <= 12:
            return Status.UNCLEAR
        if "not_a_denial" in kinds and not gap.strip() and hit.phrase in ("不消", "没消", "没退"):
            return Status.THERE
        if kinds & {"denial", "no"} and hit.phrase not in ("不是", "能", "i cant"):
            return _scoped(text, hit, start, end, stop, words, signs)
        if "a_little" in kinds and not re.search(r"[,，]", gap):
            return Status.THERE
    return Status.THERE


def _scoped(
    text: str,
    hit: Hit,
    start: int,
    end: int,
    stop: int,
    words: AnswerWords,
    signs: frozenset[str],
) -> Status:
    """Whether the denial `hit` reaches the phrase: directly, or along a list."""
    gap = text[hit.end : start]
    bare = _without_signs(gap, signs)
    crossed = re.search(r"[,，]", gap) is not None
    direct = gap.strip() == "" or ENGLISH_GAP.fullmatch(gap) or CHINESE_GAP.fullmatch(gap)
    if direct and not crossed:
        return Status.DENIED
    listed = LIST_WORDS.sub("", ENGLISH_GAP.sub("", CHINESE_GAP.sub("", bare))).strip() == ""
    if not listed:
        return Status.UNCLEAR if not crossed and len(gap) <= 12 else Status.THERE
    if GOES_ON.match(text[end:stop]):
        return Status.THERE
    if not crossed:
        return (
            Status.UNCLEAR
            if re.search(r"(?<![a-z])and(?![a-z])", gap) and hit.phrase == "no"
            else Status.DENIED
        )
    closed = re.search(r"(?<![a-z])n?or(?![a-z])", text[hit.end : stop])
    tail = text[end:stop].strip()
    bare_item = not tail or tail[0] in ",，" or closed is not None
    if closed and "or" in text[hit.end : min(stop, end + 24)]:
        return Status.DENIED
    if "、" in gap and "," not in gap and "，" not in gap:
        return Status.DENIED
    return Status.UNCLEAR if bare_item else Status.THERE


def _without_signs(gap: str, signs: frozenset[str]) -> str:
    for sign in sorted(signs, key=len, reverse=True):
        if sign.isascii():
            gap = re.sub(rf"(?<![a-z]){re.escape(sign)}(?![a-z])", " ", gap)
        else:
            gap = gap.replace(sign, "")
    return gap

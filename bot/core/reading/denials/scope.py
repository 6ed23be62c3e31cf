"""Scope: how far a denial before a phrase reaches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.denials.place import COMMA, Place, Status
from bot.core.reading.phrases import Hit

ENGLISH_GAP = re.compile(
    r"(?: |any|signs? of|sign|real|obvious|visible|further|new|more|at|all|it|is|its|been|i|had|"
    r"have|has|got|get|having|feel|feeling|felt|notice|noticed|noticing|seen|see|much|my|the|in|"
    r"of|there|actually|experienced|experiencing|looks?|looking|needs?|needing|using?|with|on|am)*"
)
NOUN_GAP = re.compile(
    r"(?: |any|signs? of|sign of|real|obvious|visible|further|new|more|much|of|the|in|my|at all)*"
)
UNABLE = frozenset(
    ("不能", "没法", "无法", "cant", "cannot", "couldnt", "unable", "not able", "cant walk")
)
ABLE_GAP = re.compile(r"(?: |to|walk|do|it|on|get|about|manage)*")
CHINESE_GAP = re.compile(
    r"(?:有|什么|啥|明显|再|发生|发|出现|看到|看见|发现|感觉到|感觉|感到|觉得|觉着|任何|一点点|"
    r"一点儿|一点|那种|被|在|会|是|过|得|到|见|用|需要|靠|很多| )*"
)
LIST_WORDS = re.compile(
    r"[ ,，、]|(?<![a-z])(?:and|or|nor|any|no)(?![a-z])"
    r"|和|或者|或|及|跟|也不|也没有|也没|也|又|不|没有|没"
)
GOES_ON = re.compile(r" *(?:了(?=[^,，。 ])|着|出|得|一点|点|有点|很|厉害)")
CHINESE_LIST = re.compile("[、和或及不没也]")
AND_WORD = re.compile(r"(?<![a-z])and(?![a-z])")
DENYING = frozenset(("denial", "less_than_before"))
GOES_ELSEWHERE = re.compile(r"(?<![a-z])(?:and|so|yet|but|because|just|which)(?![a-z])")
EVERY_ONE = re.compile(r" *(?:(?:说|是|觉得|敢说|有)|.{0,2}(?:一|哪|什么|谁|任何|半|时候).*)$")
NEAR = 24  # characters between two denials of one thought
OR_WORD = re.compile(r"(?<![a-z])n?or(?![a-z])")


def from_before(
    place: Place, hits: Sequence[Hit], words: AnswerWords, listed: frozenset[str]
) -> Status:
    """What the nearest word before the phrase that can change it says."""
    is_sign = "sign" in words.kinds_of(place.text[place.start : place.end])
    for nth in range(len(hits) - 1, -1, -1):
        hit = hits[nth]
        kinds = words.kinds_of(hit.phrase)
        gap = place.gap(hit)
        far = COMMA.search(gap) is not None
        if kinds & {"double_denial", "less_than_before"}:
            return Status.UNCLEAR if far else Status.THERE
        if "hardly" in kinds and not far and len(gap) <= 12:
            return Status.UNCLEAR
        if hit.phrase in UNABLE and ABLE_GAP.fullmatch(gap) and not is_sign:
            return Status.DENIED
        if "not_a_denial" in kinds and hit.phrase.isascii() and len(gap) <= 6:
            return Status.UNCLEAR
        if hit.phrase == "不是" and not far and len(gap) <= 6:
            return Status.UNCLEAR
        if "denial" in kinds or ("no" in kinds and hit.phrase not in ("不是", "不能")):
            if _cancelled(place.text, hits[:nth], hit, words, listed):
                return Status.UNCLEAR
            return _scoped(place, hit, listed)
        if "a_little" in kinds and not far:
            return Status.THERE
    return Status.THERE


def _cancelled(
    text: str, before: Sequence[Hit], denial: Hit, words: AnswerWords, listed: frozenset[str]
) -> bool:
    """Whether another denial before this one turns it round: 没有说不, "no day it doesn't".

    Not one with a complaint of its own ("no pain and not swollen"), nor a "no" that
    answers before the sentence goes on ("no it isn't").
    """
    last = next((one for one in reversed(before) if words.kinds_of(one.phrase) & DENYING), None)
    if last is None or last.phrase == denial.phrase:
        return False
    gap = text[last.end : denial.start]
    if COMMA.search(gap) or len(gap) > NEAR or _without(gap, listed) != gap:
        return False
    if GOES_ELSEWHERE.search(gap) or (not gap.isascii() and not EVERY_ONE.match(gap)):
        return False
    if last.phrase in ("no", "nope", "nah"):
        for one in before:
            if one.start >= last.end:
                gap = gap.replace(one.phrase, " ", 1)
        return bool(gap.strip())
    return True


def _scoped(place: Place, denial: Hit, listed: frozenset[str]) -> Status:
    """Whether a denial reaches the phrase: directly, or along a plain list."""
    gap = place.gap(denial)
    bare = denial.phrase in ("no", "nope", "nah")  # "no it is red" starts anew after "no"
    if NOUN_GAP.fullmatch(gap) or (not bare and _is_gap(gap)):
        return Status.DENIED
    head, rest = _at_first(gap, listed)
    reaches = NOUN_GAP.fullmatch(head) or (not bare and _is_gap(head))
    plain = reaches and LIST_WORDS.sub("", _without(rest, listed)).strip() == ""
    crossed = COMMA.search(gap) is not None
    if denial.phrase in ("不", "没") and len(rest.strip()) > 2 and not CHINESE_LIST.search(rest):
        return Status.THERE  # 小腿不疼大腿疼: a new thought, though nothing parts it
    if not plain:
        return Status.THERE if crossed or len(gap) > 12 else Status.UNCLEAR
    if GOES_ON.match(place.after):
        return Status.THERE
    if not crossed:
        joined = denial.phrase == "no" and AND_WORD.search(gap)
        return Status.UNCLEAR if joined else Status.DENIED
    if OR_WORD.search(place.text[denial.end : min(place.stop, place.end + 24)]):
        return Status.DENIED
    tail = place.after.strip()
    return Status.UNCLEAR if not tail or tail[0] in ",，" else Status.THERE


def _is_gap(gap: str) -> bool:
    return bool(ENGLISH_GAP.fullmatch(gap) or CHINESE_GAP.fullmatch(gap))


def _at_first(gap: str, listed: frozenset[str]) -> tuple[str, str]:
    """The gap cut where the first listed word begins."""
    places = [place for one in listed if one and (place := gap.find(one)) >= 0]
    cut = min(places, default=len(gap))
    return gap[:cut], gap[cut:]


def _without(gap: str, listed: frozenset[str]) -> str:
    for one in sorted(listed, key=len, reverse=True):
        if one.isascii():
            gap = re.sub(rf"(?<![a-z]){re.escape(one)}(?![a-z])", " ", gap)
        else:
            gap = gap.replace(one, "")
    return gap

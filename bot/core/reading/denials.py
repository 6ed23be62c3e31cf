"""Denials: whether a phrase in an answer is said to be there, or not to be there.

Scope is tight on purpose: a denial covers the words right after it and plain
lists of words, and ends at "but", at a new verb or at "a bit". What is neither
clearly there nor clearly denied is UNCLEAR, and unclear is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.phrases import Hit


class Status(StrEnum):
    """How a phrase stands in an answer."""

    THERE = "there"
    DENIED = "denied"
    UNCLEAR = "unclear"


SENTENCE = re.compile(r"[;；。!！?？\n…]|\.(?!\d)")
WINDOW = 120  # characters: nothing farther away changes what a phrase says
COMMA = re.compile(r"[,，]")
AFTER_NO = re.compile(
    r"[ :：]*(?:(?:这些|这几样|这几个|统统|通通|全部|以上)?"
    r"(?:都|也|倒是|倒|暂时|目前|现在|基本|就|全|一样[都也]?|一个[都也]?|哪样[都也])?|is|was|-)"
    r" *(?:没有|无|没|no|none|nil|nope|gone) *(?:了|的)?(?=$|[,，、;；。.!！\n ])"
)
AFTER_NO_ZH = re.compile(
    r"[ :：]*(?:都|也|倒是|倒|暂时|目前|现在|基本)?(?:没有|没)(?=.{1,4}(?:有|没))"
)
AFTER_YES = re.compile(r"[ :：]*(?:yes|有)(?![a-z没])")
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
RESOLVED = re.compile(
    r"^.{0,8}?(?:消了|退了|好了|没了|gone|went away|settled|cleared|fine now|dry now)"
)
CLAUSE_END = re.compile(r"[,，;；。!！?？\n]")
BETWEEN_DENIALS = re.compile(r"(?: |说|是|觉得|敢说|that|its|it is|say)*")
CHINESE_LIST = re.compile("[、和或及不没也]")
AND_WORD = re.compile(r"(?<![a-z])and(?![a-z])")
OR_WORD = re.compile(r"(?<![a-z])n?or(?![a-z])")
CHOICE_QUESTION = re.compile(r"(.)不\1|(.)没\2")


@dataclass(frozen=True, slots=True)
class _Place:
    """The phrase text[start:end] inside its sentence text[begin:stop]."""

    text: str
    begin: int
    start: int
    end: int
    stop: int

    @property
    def after(self) -> str:
        return self.text[self.end : self.stop]

    def gap(self, hit: Hit) -> str:
        """What stands between a word before the phrase and the phrase."""
        return self.text[hit.end : self.start]


def status(text: str, hit: Hit, words: AnswerWords, listed: frozenset[str]) -> Status:
    """How the phrase `hit` stands in `text`.

    `listed` are folded words that may form a list with it ("no redness or swelling").
    """
    if len(hit.phrase) > 1 and hit.phrase[0] == "有" and text[hit.start - 1 : hit.start] == "没":
        hit = Hit(hit.start + 1, hit.end, hit.phrase[1:])  # 没有异味 does not hold 有异味
    place = _place(text, hit, words)
    hits = [one for one in words.talked(text, place.begin, place.stop) if one.start < hit.start]
    if any(one.end > hit.start and _twists(one, words) for one in hits):
        return Status.UNCLEAR
    hits = [one for one in hits if one.end <= hit.start]
    if AFTER_NO.match(_after_list(place.after, listed)) or AFTER_NO_ZH.match(place.after):
        return Status.DENIED
    if AFTER_YES.match(place.after):
        return Status.THERE
    if _with_hole(place, words) or _only_asked(place, hits, words) or _resolved(place):
        return Status.UNCLEAR
    return _from_before(place, hits, words, listed)


def _resolved(place: _Place) -> bool:
    """Whether it is said to be over, in the next breath or behind a "but": 肿倒是消了."""
    clause = CLAUSE_END.split(place.text[place.end : place.end + WINDOW], maxsplit=1)[0]
    return any(RESOLVED.match(after) for after in (place.after, clause))


def _after_list(after: str, listed: frozenset[str]) -> str:
    """What follows the phrase and the words listed with it: 红肿没有, "redness, pus: none"."""
    while True:
        after = after.lstrip(" 、/和")
        word = max((one for one in listed if after.startswith(one)), key=len, default="")
        if not word:
            return after
        after = after[len(word) :]


def _twists(hit: Hit, words: AnswerWords) -> bool:
    """不是不疼, "not well": a phrase that swallows the front of another one."""
    kinds = words.kinds_of(hit.phrase)
    return bool(kinds & {"double_denial", "not_told", "hardly", "not_a_denial", "less_than_before"})


def _place(text: str, phrase: Hit, words: AnswerWords) -> _Place:
    """The phrase in its sentence, which is cut at words such as "but" too."""
    begin, stop = max(0, phrase.start - WINDOW), min(len(text), phrase.end + WINDOW)
    for match in SENTENCE.finditer(text, begin, stop):
        if match.end() <= phrase.start:
            begin = match.end()
        elif match.start() >= phrase.end:
            stop = match.start()
            break
    for hit in words.talked(text, begin, stop):
        if "but" in words.kinds_of(hit.phrase):
            if hit.end <= phrase.start:
                begin = hit.end
            elif hit.start >= phrase.end and len(hit.phrase) > 1:
                stop = hit.start
                break
    return _Place(text, begin, phrase.start, phrase.end, stop)


def _with_hole(place: _Place, words: AnswerWords) -> bool:
    """ "all except yesterday": a statement with a hole in it, unless it names a complaint."""
    if "sign" in words.kinds_of(place.text[place.start : place.end]):
        return False
    near = words.talked(place.text, max(0, place.begin - 6), place.stop + 12)
    holes = {"except", "not_now"}
    return any(holes & words.kinds_of(hit.phrase) and hit.phrase != "was" for hit in near)


def _only_asked(place: _Place, hits: Sequence[Hit], words: AnswerWords) -> bool:
    """Whether the phrase is only asked about or feared: 红不红, 会不会肿, "if it leaks"."""
    if CHOICE_QUESTION.search(place.text[max(place.begin, place.start - 1) : place.end + 2]):
        return True
    for hit in hits:
        kinds = words.kinds_of(hit.phrase)
        near = not COMMA.search(place.gap(hit))
        if hit.phrase == "gone" and not place.gap(hit).strip():
            continue  # "gone hard" has become so
        if "not_told" in kinds and hit.phrase != "吗":
            return True
        if near and kinds & {"dont_know", "not_now", "gone", "almost"}:
            return True
    return False


def _from_before(
    place: _Place, hits: Sequence[Hit], words: AnswerWords, listed: frozenset[str]
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
            if _cancelled(place.text, hits[:nth], hit, words):
                return Status.UNCLEAR
            return _scoped(place, hit, listed)
        if "a_little" in kinds and not far:
            return Status.THERE
    return Status.THERE


def _cancelled(text: str, before: Sequence[Hit], denial: Hit, words: AnswerWords) -> bool:
    """Whether a second denial stands right before this one: 没有说不, "isn't not"."""
    if not before or before[-1].phrase in ("no", "nope", "nah", denial.phrase):
        return False
    last = before[-1]
    if "denial" not in words.kinds_of(last.phrase):
        return False
    return BETWEEN_DENIALS.fullmatch(text[last.end : denial.start]) is not None


def _scoped(place: _Place, denial: Hit, listed: frozenset[str]) -> Status:
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

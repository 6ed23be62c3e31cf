"""Zero: the words that mean none at all on a scale or in a count.

Only words said for that purpose count, and only when nothing else in the message
speaks against them: zero is comfort, and comfort needs certainty.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.question import Kind
from bot.core.reading.calm import NEVER_CALM, all_signs, disturbs, leftover
from bot.core.reading.cues import CHINESE_SPACE
from bot.core.reading.denials import Status, status
from bot.core.reading.marks import said_elsewhere
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Book
from bot.core.reading.stretches import PARTICLES, Stretch, residue, stretches

NOT_ONE = re.compile(
    r"一(?:次|回|顿|片|粒|颗|针|个|跤|天|点|丁点|下)?(?:都|也|次都|次也)?(?:从来|还)?(?:没有|没|未|不曾|不)"
    r"|not (?:a single (?:one|time|dose|pill|tablet|fall)|even one|even once|one single|once|one)"
    r"(?![a-z])"
)
BEFORE_NOT_ONE = re.compile(r"(?:没有|没|无|不是)$")  # 没有一天不漏
ALL_DONE = re.compile(
    r"(?:都|全|每天|天天|每次|按时)[^没不漏忘]{0,3}(?:吃|服|打|用|按时)"
    r"|(?<![a-z])(?:all|every)[a-z ]{0,12} (?:taken|done|on time)|took (?:it |them )?all|on time"
)
BARE = frozenset(
    (
        "没有",
        "无",
        "没",
        "都没有",
        "一点没有",
        "一点都没有",
        "一点也没有",
        "完全没有",
        "从来没有",
        "从没有",
        "none",
        "none at all",
        "none whatsoever",
        "never",
        "nothing",
        "nothing at all",
        "nil",
        "zilch",
    )
)


SMALL_WORDS = re.compile(
    r"(?<![a-z])(?:any|of|them|at|all|on|ive|have|had|a|the|single|doses?|one|pills?|tablets?|in|"
    r"when|while|i|im|me|or|feel|feeling|here|anymore)(?![a-z])|一|点|次| "
)
HARMLESS = frozenset(
    ("filler", "degree", "denial", "no", "fine", "no_trouble", "none_of_these", "event", "done")
)


BESIDE_ZERO = re.compile(
    r"(?<![a-z])(?:a|an|at|about|around|its|it|is|to|for|say|level|score|rate|still|today|out|of|ten|"
    r"me|as|on|the|with|when|while|no|down|from|in|or|been|was|have|had|has|id|since|"
    r"coming|getting|leaving|home|then|hospital)(?![a-z])"
    r"|[打给分级度是为算大概约还次回]|左右|\d"
)


class Zero(StrEnum):
    """Certainty of a zero: sure, only worth asking back for, or none."""

    SURE = "sure"
    MAYBE = "maybe"
    NO = ""


def zero_words(text: str, own: OwnWords) -> Zero:
    """How surely a text without a number says zero."""
    words = own.words
    parts = stretches(text, words)
    signs = all_signs(text, words) | own.signs
    told = [_stretch(text, one, own, signs) for one in parts]
    if Zero.SURE not in told:
        return Zero.MAYBE if Zero.MAYBE in told else Zero.NO
    rest = [one for one, what in zip(parts, told, strict=True) if what is Zero.NO]
    if Zero.MAYBE in told or any(disturbs(text, one, words, signs) for one in rest):
        return Zero.MAYBE
    return Zero.SURE


def _stretch(text: str, part: Stretch, own: OwnWords, signs: frozenset[str]) -> Zero:
    words = own.words
    if part.asked:
        return Zero.NO
    said = text[part.start : part.end]
    phrases = own.phrases.get("0", frozenset())
    for hit in Book(phrases).hits(text, part.start, part.end):
        clear = status(text, hit, words, signs) is Status.THERE
        return Zero.SURE if clear and _nothing_left(text, part, own, phrases) else Zero.MAYBE
    match = NOT_ONE.search(said)
    if (
        match
        and own.question.kind is Kind.COUNT
        and not BEFORE_NOT_ONE.search(said[: match.start()])
    ):
        return _not_one(said[match.end() :], own)
    denied = any("denial" in words.kinds_of(hit.phrase) for hit in part.hits[:1])
    if own.about_lapse and not denied and ALL_DONE.search(said) and _nothing_left(text, part, own):
        return Zero.SURE
    core = [hit for hit in part.hits if not words.kinds_of(hit.phrase) & {"filler", "degree"}]
    bare = [hit for hit in core if hit.phrase in BARE]
    if (
        bare
        and all(hit.phrase in (*BARE, "no", "nope", "nah") for hit in core)
        and not residue(text, part)
    ):
        return Zero.SURE
    if len(core) == 1 and "no" in words.kinds_of(core[0].phrase) and _nothing_left(text, part, own):
        return Zero.MAYBE
    return _denied_subject(text, part, own, signs)


def _not_one(rest: str, own: OwnWords) -> Zero:
    """一次也没漏 is zero, 一顿没吃 is not: what was not done must be what is counted."""
    rest = PARTICLES.sub("", rest).strip("过了的呢啊,.。，有")
    if not rest:
        return Zero.SURE
    return Zero.SURE if any(rest.startswith(one) for one in _counted(own)) else Zero.NO


def _counted(own: OwnWords) -> frozenset[str]:
    """The events that this question counts: missed doses, falls."""
    events = own.words.book("event").phrases
    lapses = own.words.book("lapse").phrases
    return frozenset(
        one
        for one in events
        if (one in lapses and own.about_lapse)
        or one in own.said.split("\n")
        or (not one.isascii() and one in own.ask)
    )


def _denied_subject(text: str, part: Stretch, own: OwnWords, signs: frozenset[str]) -> Zero:
    """ "never missed", 没摔, 走路不疼: the very thing asked for, denied."""
    is_count = own.question.kind is Kind.COUNT
    wanted = _counted(own) if is_count else own.topics & (own.signs | signs)
    hits = list(Book(wanted).hits(text, part.start, part.end))
    if not hits:
        return Zero.NO
    states = {status(text, hit, own.words, signs) for hit in hits}
    if states == {Status.DENIED}:
        return Zero.SURE if _nothing_left(text, part, own, wanted) else Zero.MAYBE
    return Zero.NO


def _nothing_left(
    text: str, part: Stretch, own: OwnWords, phrases: frozenset[str] = frozenset()
) -> bool:
    """Whether the stretch holds nothing but known, harmless words."""
    known = list(Book(phrases | own.topics).hits(text, part.start, part.end))
    for hit in part.hits:
        covered = any(one.start <= hit.start and hit.end <= one.end for one in known)
        if not covered and not own.words.kinds_of(hit.phrase) & HARMLESS:
            return False
    left = leftover(text, part.start, part.end, own.words, phrases | own.topics)
    return SMALL_WORDS.sub("", left).strip() == ""


def doubts_zero(text: str, start: int, end: int, own: OwnWords) -> bool:
    """Whether anything speaks against the 0 at text[start:end]: "0, but it hurts", or
    words beside it that nothing knows, "I'd kill for a 0"."""
    words = own.words
    if _unknown_beside(text, start, end, own):
        return True
    signs = all_signs(text, words) | own.signs
    for part in stretches(text, words):
        said = text[part.start : part.end]
        if (part.start < end and start < part.end) or said_elsewhere(said, own):
            continue
        for hit in part.hits:
            kinds = words.kinds_of(hit.phrase)
            if "sign" in kinds and own.names_sign(hit.phrase):
                if status(text, hit, words, signs) is not Status.DENIED:
                    return True
            elif kinds & NEVER_CALM:
                return True
    return False


def _unknown_beside(text: str, start: int, end: int, own: OwnWords) -> bool:
    for part in stretches(text, own.words):
        if part.start <= start and end <= part.end:
            spaces = [one.end() for one in CHINESE_SPACE.finditer(text, part.start, start)]
            begin = max(spaces, default=part.start)
            front = leftover(text, begin, start, own.words, own.names_and_signs.phrases)
            after = leftover(text, end, part.end, own.words, own.names_and_signs.phrases)
            return bool(BESIDE_ZERO.sub("", f"{front} {after}").strip())
    return False

"""Cues: the words by which something is taken back, and whose words they take back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Hit
from bot.core.reading.stretches import PARTICLES, stretches

Span = tuple[int, int]

ENDS = " ,.;:!?\n，。；：！？…"
# What people say around "no wait" or 说错了, and of nobody but themselves.
BESIDE_A_CUE = re.compile(
    r"(?<![a-z])(?:oh|ah|um|uh|er|hmm?|so|well|but|wrong|ive|im|i|thats|that|its?|just|to|was|"
    r"the|my|one|last|first|previous|answer|number|sorry|earlier|before|there|in|button|key|box)"
    r"(?![a-z])"
    r"|刚才|刚刚|刚|那个|这个|上一?个|前面|之前|答案|数字|按钮|手滑|手抖|眼花|不小心|等等|等一下|等下|抱歉|不好意思|对不起"
    r"|[我是哦噢喔啊呀哎唉额呃吧呢了的]"
)
DENYING = re.compile(r"(?<![a-z])(?:no|not|isnt|wasnt|and)(?![a-z])|不")  # "not 9 but 2"
CHINESE_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")  # as good as a comma
ERRED = re.compile(r"错|不对|反了|混了|wrong|mistake|mis|mixed")
BARE_NO = re.compile(r"(?:(?<![a-z])(?:no|nah|nope)(?![a-z])|不是|不)[ ,，.。;；!！]*")
AFTER_A_PAUSE = re.compile(r"[,，。.;；!！\n ]$")


class Turn(StrEnum):
    """What a cue does with the words before it."""

    OWN = "own"  # she takes back her own words, beyond doubt
    OTHER = "other"  # somebody or something else was wrong, or nobody knows who
    LOOSE = "loose"  # it explains, excuses or exclaims


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue at text[start:end]."""

    start: int
    end: int
    turn: Turn

    def has_both_sides(self, text: str) -> bool:
        """Whether something is said before it and behind it."""
        return bool(text[: self.start].strip(ENDS) and text[self.end :].strip(ENDS))


def cues(text: str, own: OwnWords, values: tuple[Span, ...] = ()) -> list[Cue]:
    """Every cue from left to right; `values` are the places of numbers or days."""
    talked = own.words.talked(text)
    found = [
        Cue(hit.start, hit.end, _turn(text, hit, own, values))
        for hit in own.words.book("correction").hits(text)
        if not any(one.start <= hit.start and hit.end < one.end for one in talked)
    ]
    return sorted([*found, *_bare_noes(text, values)], key=lambda one: one.start)


def _turn(text: str, cue: Hit, own: OwnWords, values: tuple[Span, ...]) -> Turn:
    """Only a cue that fills its stretch, values aside, is a clear one.

    "the doctor was wrong" takes nothing back; "sorry" and "I mean" only do with a
    number right behind them.
    """
    words = own.words
    if _between_values(text, cue, own, values):
        return Turn.OWN
    if cue.phrase in words.book("weak_correction").phrases | words.book("explains").phrases:
        return Turn.LOOSE
    if _fills_its_stretch(text, cue, own, values):
        return Turn.OWN
    return Turn.OTHER if ERRED.search(cue.phrase) else Turn.LOOSE


def _between_values(text: str, cue: Hit, own: OwnWords, values: tuple[Span, ...]) -> bool:
    """Whether it stands between two values with little words alone: "3 sorry no 8"."""
    after = [start for start, _ in values if start >= cue.end]
    if not after or not any(end <= cue.start for _, end in values):
        return False
    begin = max(one.start for one in stretches(text, own.words) if one.start <= cue.start)
    return _nothing_else(text, begin, min(after), own, values)


def _fills_its_stretch(text: str, cue: Hit, own: OwnWords, values: tuple[Span, ...]) -> bool:
    for one in stretches(text, own.words):
        if one.start <= cue.start and cue.end <= one.end:
            bounds = [hit.end() for hit in CHINESE_SPACE.finditer(text, one.start, one.end)]
            start = max([one.start, *(place for place in bounds if place <= cue.start)])
            end = min([one.end, *(place for place in bounds if place >= cue.end)])
            return not one.asked and _nothing_else(text, start, end, own, values)
    return False


def _nothing_else(text: str, start: int, end: int, own: OwnWords, values: tuple[Span, ...]) -> bool:
    """Whether text[start:end] holds cues, values, the question's name and little words alone."""
    known = [(hit.start, hit.end) for hit in own.words.book("correction").hits(text, start, end)]
    known += [(hit.start, hit.end) for hit in own.names.hits(text, start, end)]
    known += [span for span in values if start <= span[0] and span[1] <= end]
    left, place = "", start
    for begin, stop in sorted(known):
        left, place = f"{left}{text[place:begin]} ", max(place, stop)
    left += text[place:end]
    return not without_small_talk(DENYING.sub("", left) if values else left).strip(ENDS)


def without_small_talk(text: str) -> str:
    """What is left beside a cue's little words."""
    return PARTICLES.sub("", BESIDE_A_CUE.sub("", text))


def _bare_noes(text: str, values: tuple[Span, ...]) -> list[Cue]:
    """ "once. no, twice": a no between two values, or 不是 behind one, takes it back."""
    found = []
    for match in BARE_NO.finditer(text):
        before = any(end <= match.start() for _, end in values)
        alone = AFTER_A_PAUSE.search(text[: match.start()]) is not None
        value_next = any(start == match.end() for start, _ in values)
        parted = match.group()[-1] in " ,，.。;；!！"
        if before and alone and parted and (value_next or match.group().startswith("不是")):
            found.append(Cue(match.start(), match.end(), Turn.OWN))
    return found

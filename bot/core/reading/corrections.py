"""Corrections: what a patient takes back, and what she says instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.calm import leftover, worries
from bot.core.reading.folding import Text
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Hit
from bot.core.reading.result import Outcome, Reading, Value
from bot.core.reading.stretches import PARTICLES, stretches

NONE = "none"
ENDS = " ,.;:!?\n，。；：！？…"
# What people say around "no wait" or 说错了, and of nobody but themselves.
BESIDE_A_CUE = re.compile(
    r"(?<![a-z])(?:oh|ah|um|uh|er|hmm?|so|well|but|wrong|ive|im|i|thats|that|it|just)(?![a-z])"
    r"|刚才|刚刚|那个|这个|等等|等一下|等下|抱歉|不好意思|对不起|[我哦噢喔啊呀哎唉额呃吧呢了的]"
)
CHINESE_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")  # as good as a comma


def read_corrected(
    text: Text,
    own: OwnWords,
    reader: Callable[[Text, OwnWords], Reading],
    candidates: tuple[Value, ...] = (),
) -> Reading:
    """What `reader` reads behind the last clear correction: "red, no wait, swollen" is "swollen".

    Without a clear one it reads the whole text. A complaint before any cue is never
    exchanged for a no: that, and what is not understood behind a cue, is asked back.
    """
    ask_back = Reading(
        Outcome.ASK_BACK, span=text.raw.strip(), candidates=candidates, correction=True
    )
    cues = _cues(text.folded, own.words)
    clear = [end for end in (_behind(text.folded, one, own.words) for one in cues) if end]
    reading = reader(_only_from(clear[-1], text) if clear else text, own)
    if clear and reading.outcome is Outcome.NOT_UNDERSTOOD:
        return ask_back
    if _is_no(reading):
        fronts = [Text(text.raw, text.folded[: one.start], text.origin) for one in cues]
        if any(_may_be_there(one, own, reader(one, own)) for one in fronts):
            return ask_back
        if clear and _untold(fronts[-1], own):
            return ask_back
    return replace(reading, correction=True) if clear else reading


def _cues(text: str, words: AnswerWords) -> list[Hit]:
    """The correction cues behind which and before which something stands."""
    talked = words.talked(text)
    return [
        hit
        for hit in words.book("correction").hits(text)
        if text[: hit.start].strip(ENDS)
        and text[hit.end :].strip(ENDS)
        and not any(one.start <= hit.start and hit.end < one.end for one in talked)
    ]


def _behind(text: str, cue: Hit, words: AnswerWords) -> int:
    """Where a clear cue ends; 0 for one that is no clear correction.

    Only one that fills its stretch is: "the doctor was wrong" takes nothing back.
    """
    if cue.phrase in words.book("weak_correction").phrases | words.book("explains").phrases:
        return 0
    for one in stretches(text, words):
        if one.start <= cue.start and cue.end <= one.end and not one.asked:
            bounds = [hit.end() for hit in CHINESE_SPACE.finditer(text, one.start, one.end)]
            start = max([one.start, *(place for place in bounds if place <= cue.start)])
            end = min([one.end, *(place for place in bounds if place >= cue.end)])
            around = text[:start].strip(ENDS) and text[end:].strip(ENDS)
            return cue.end if around and _nothing_else(text, start, end, words) else 0
    return 0


def _nothing_else(text: str, start: int, end: int, words: AnswerWords) -> bool:
    """Whether text[start:end] holds cues and the little words beside them alone."""
    left, place = "", start
    for hit in words.book("correction").hits(text, start, end):
        left, place = f"{left}{text[place : hit.start]} ", hit.end
    return not PARTICLES.sub("", BESIDE_A_CUE.sub("", left + text[place:end]))


def _only_from(place: int, text: Text) -> Text:
    """The text with all before `place` blanked."""
    return Text(text.raw, "\n" * place + text.folded[place:], text.origin)


def _is_no(reading: Reading) -> bool:
    return reading.understood and reading.value in (False, NONE, (NONE,))


def _may_be_there(front: Text, own: OwnWords, reading: Reading) -> bool:
    """Whether what stands before a cue says yes, or may hide a complaint."""
    said_yes = any(
        own.words.kinds_of(hit.phrase) & {"yes", "a_little"}
        for hit in own.words.talked(front.folded)
    )
    if said_yes or reading.outcome is Outcome.ASK_BACK:
        return True
    return worries(front, own) or (reading.understood and not _is_no(reading))


def _untold(front: Text, own: OwnWords) -> bool:
    """Whether words that nothing knows stand before a cue that takes them back."""
    known = own.topics | own.option_book.phrases
    left = leftover(front.folded, 0, len(front.folded), own.words, known)
    return bool(BESIDE_A_CUE.sub("", left).strip(ENDS))


def corrects(text: Text, words: AnswerWords) -> tuple[int, bool] | None:
    """Where the last correction cue ends, and whether it stands on its own feet."""
    found: tuple[int, bool] | None = None
    for hit in words.book("correction").hits(text.folded):
        strong = hit.phrase not in words.book("weak_correction").phrases
        found = (hit.end, strong or (found is not None and found[1]))
    return found

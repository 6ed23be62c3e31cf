"""Status: how one phrase stands in an answer."""

from __future__ import annotations

import re

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.denials.around import only_asked, resolved, torn, twists, with_hole
from bot.core.reading.denials.place import Status, place_of
from bot.core.reading.denials.scope import from_before
from bot.core.reading.phrases import Hit

AFTER_NO = re.compile(
    r"[ :：]*(?:(?:这些|这几样|这几个|统统|通通|全部|以上)?"
    r"(?:都|也|倒是|倒|暂时|目前|现在|基本|就|全|一样[都也]?|一个[都也]?|哪样[都也])?|is|was|-)"
    r" *(?:没有|无|没|no|none|nil|nope|gone) *(?:了|的)?(?=$|[,，、;；。.!！\n ])"
)
AFTER_NO_ZH = re.compile(
    r"[ :：]*(?:都|也|倒是|倒|暂时|目前|现在|基本)?(?:没有|没)(?=.{1,4}(?:有|没))"
)
AFTER_YES = re.compile(r"[ :：]*(?:yes|有)(?![a-z没])")


def status(text: str, hit: Hit, words: AnswerWords, listed: frozenset[str]) -> Status:
    """How the phrase `hit` stands in `text`.

    `listed` are folded words that may form a list with it ("no redness or swelling").
    """
    if len(hit.phrase) > 1 and hit.phrase[0] == "有" and text[hit.start - 1 : hit.start] == "没":
        hit = Hit(hit.start + 1, hit.end, hit.phrase[1:])  # 没有异味 does not hold 有异味
    place = place_of(text, hit, words)
    every = words.talked(text, place.begin, place.stop)
    hits = [one for one in every if one.start < hit.start]
    longer = [one for one in every if one.start == hit.start and one.end > hit.end]
    if any(one.end > hit.start and twists(one, words) for one in (*hits, *longer)):
        return Status.UNCLEAR
    hits = [one for one in hits if one.end <= hit.start]
    if AFTER_NO.match(_after_list(place.after, listed)) or AFTER_NO_ZH.match(place.after):
        return Status.DENIED
    if AFTER_YES.match(place.after):
        return Status.THERE
    if (
        torn(place, words)
        or with_hole(place, words)
        or only_asked(place, hits, words)
        or resolved(place)
    ):
        return Status.UNCLEAR
    return from_before(place, hits, words, listed)


def _after_list(after: str, listed: frozenset[str]) -> str:
    """What follows the phrase and the words listed with it: 红肿没有, "redness, pus: none"."""
    while True:
        after = after.lstrip(" 、/和")
        word = max((one for one in listed if after.startswith(one)), key=len, default="")
        if not word:
            return after
        after = after[len(word) :]

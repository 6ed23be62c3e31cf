"""Weigh: what the rules found and how the whole message is worded, together.

What the rules found is a floor; the wording may raise a message above it and never
lowers it. Some signs are marked `doubtful` in the lexicon, because their words are too
often harmless ("a bit wet"): in a message long enough to be weighed they count as a
feature of its wording and not by themselves. See docs/decisions/0004-screening.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.core.screening.judged import Judged
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.page import Page
from bot.core.screening.points import Wording
from bot.core.screening.result import RedFlag, Screening
from bot.core.screening.wording import (
    SENTENCE_COSTS,
    Stretch,
    clauses,
    features,
    sentences,
    stretches,
)
from bot.core.triage_level import TriageLevel
from bot.core.words import Words

# The questions of a points table, gravest first, and the level that a yes calls for.
CALLS_FOR: Final = {
    "emergency": TriageLevel.EMERGENCY,
    "today": TriageLevel.SAME_DAY,
    "nurse": TriageLevel.WITHIN_48_HOURS,
}
SOUNDS: Final = Words(
    {
        "zh": "这句话的说法像需要护士处理的消息，没有一条规则完全认得，请看原文",
        "en": "this part reads like messages that needed a nurse, and no rule knows it fully: "
        "see the very words",
    }
)
SOUNDS_SOURCE: Final = Words(
    {
        "zh": "来自标注过的消息，拿不准就往上报",
        "en": "learned from labelled messages; doubt goes up",
    }
)


def weigh(
    result: Screening, judged: Sequence[Judged], page: Page, lexicons: Lexicons, language: str
) -> Screening:
    """The rules' `result` with the wording taken in."""
    parts = [part for part in stretches(page) if not part.is_bare]
    if lexicons.wording is None or result.another_person or not parts:
        return result
    counted = [one for one in judged if counts_alone(one, parts)]
    level, asks = floor_of(counted)
    words = ""
    for part in parts:
        wanted, told = _wanted(part, judged, page, lexicons, lexicons.wording)
        if wanted > level:
            level, words = wanted, told
    known = {one.sign.code for one in counted}
    shown = [one for one in result.red_flags if one.code in known or level > TriageLevel.ROUTINE]
    return _settled(replace(result, red_flags=tuple(shown)), level, asks, words, language)


def counts_alone(one: Judged, weighed: Sequence[Stretch]) -> bool:
    """Whether a sign counts by itself: all do, but for a doubtful one in a weighed stretch.

    A sign that is graver for this operation and day than it is by itself is not in doubt.
    """
    if not one.sign.doubtful or one.level > one.sign.level:
        return True
    return not any(one.found.clause in part.clauses for part in weighed)


def floor_of(counted: Iterable[Judged]) -> tuple[TriageLevel, bool]:
    """The least that these signs call for: a level, and whether a nurse's look is due."""
    level, asks = TriageLevel.ROUTINE, False
    for one in counted:
        raised, ask = one.adds()
        level, asks = max(level, raised), asks or ask
    return level, asks


def _wanted(
    part: Stretch, judged: Sequence[Judged], page: Page, lexicons: Lexicons, wording: Wording
) -> tuple[TriageLevel, str]:
    """The level that the wording of a stretch calls for, and the very words that say so."""
    table = wording.tables[part.script]
    judged = [one for one in judged if one.found.clause in part.clauses]

    def points(one: Stretch) -> dict[str, float]:
        return table.scores(features(page, one, judged, lexicons))

    whole = points(part)
    alone = [points(one) for one in sentences(page, part)]
    for question, level in CALLS_FOR.items():
        reached = max((whole[question], *(one[question] - SENTENCE_COSTS for one in alone)))
        if reached >= table.questions[question].enough:
            worst = max(clauses(page, part), key=lambda one: points(one)[question])
            return level, page.plain.words(worst.start, worst.start + len(worst.text))
    return TriageLevel.ROUTINE, ""


def _settled(
    result: Screening, level: TriageLevel, asks: bool, words: str, language: str
) -> Screening:
    """`result` at its final level, no red flag above it."""
    flags = [replace(flag, level=min(flag.level, level)) for flag in result.red_flags]
    if level > max((flag.level for flag in flags), default=TriageLevel.ROUTINE):
        why = "; ".join((SOUNDS.say(language), SOUNDS_SOURCE.say(language)))
        flags.append(RedFlag(code="sounds_urgent", level=level, span=words, why=why))
    flags.sort(key=lambda flag: -flag.level)
    ask = asks and level <= TriageLevel.SELF_CARE
    return replace(result, level=level, ask=ask, red_flags=tuple(flags))

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
from bot.core.screening.wording import Stretch, features, stretches
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
        "zh": "说法与需要护士的情况相似，规则没有完全认出",
        "en": "worded like messages that needed a nurse, no rule knows it fully",
    }
)
SOUNDS_SOURCE: Final = "learned from the labelled messages; doubt goes up"


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
    found = features(page, part, judged, lexicons)
    table = wording.tables[part.script]
    scores = table.scores(found)
    for question, level in CALLS_FOR.items():
        if scores[question] >= table.questions[question].enough:
            kind = "run" if part.script == "zh" else "word"
            places = table.strongest(question, found, kind, part.text)
            words = [
                page.plain.words(part.start + place, part.start + place + len(word))
                for place, word in places
            ]
            return level, " … ".join(words)
    return TriageLevel.ROUTINE, ""


def _settled(
    result: Screening, level: TriageLevel, asks: bool, words: str, language: str
) -> Screening:
    """`result` at its final level, no red flag above it."""
    flags = [replace(flag, level=min(flag.level, level)) for flag in result.red_flags]
    if level > max((flag.level for flag in flags), default=TriageLevel.ROUTINE):
        why = "; ".join((SOUNDS.say(language), SOUNDS_SOURCE))
        flags.append(RedFlag(code="sounds_urgent", level=level, span=words, why=why))
    flags.sort(key=lambda flag: -flag.level)
    ask = asks and level <= TriageLevel.SELF_CARE
    return replace(result, level=level, ask=ask, red_flags=tuple(flags))

"""Weigh: what the rules found and how the whole message is worded, together.

What the rules found is a floor; the wording may raise a message above it and does not
lower it, but for signs of a long story that reads calm throughout, see `calm.py`. Some
signs are marked `doubtful` in the lexicon, because their words are too often harmless
("a bit wet"): in a message of eight words and more they count as a feature of its wording
and not by themselves. See docs/decisions/0004-screening.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.core.screening.calm import must_read_calm, softened
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
    spelled,
    weighed,
)
from bot.core.triage_level import TriageLevel
from bot.core.words import Words, joined_words

# The questions of a points table, gravest first, and the level that a yes calls for.
CALLS_FOR: Final = {
    "emergency": TriageLevel.EMERGENCY,
    "today": TriageLevel.SAME_DAY,
    "nurse": TriageLevel.WITHIN_48_HOURS,
}
GRAVEST: Final = "emergency"
# Points of the sentence model; with more than these a message is not harmless. Chosen with seven
# hands left out, see docs/decisions/0018-a-sentence-model-in-screening.md.
SOUNDS_HARMLESS: Final = -2.0
# Points that the wording of a few words needs more where a rule knows how grave their sign is. With
# as many, 10 and 8 of 27 emergencies of the judges were heard so, and 1 harmless message of 49.
SIGN_COSTS: Final = 2.5
# Stretches that the sentence model reads at each end of a page (of a message without end, of every
# piece, see `whole.py`): one may take it fifty milliseconds. Those between have points alone.
MOST_HEARD: Final = 4
# Lists of words after which a few words are no report of the patient's own.
UNDERSTOOD: Final = ("harmless", "animal", "dream", "seen_elsewhere")
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


def weigh(result: Screening, judged: Sequence[Judged], page: Page, lexicons: Lexicons) -> Screening:
    """The rules' `result` with the wording taken in."""
    parts = weighed(page)
    if lexicons.wording is None or result.another_person or not parts:
        return result
    more = costs(parts[0], judged, page, lexicons)
    if more == math.inf:
        return result
    readings = [
        _Reading(part, judged, page, lexicons, lexicons.wording, heard=is_heard(at, len(parts)))
        for at, part in enumerate(parts)
    ]
    counted = list(judged)
    for one in readings:
        if one.is_calm():
            counted = softened(counted, one.part, heard=one.model is not None)
    counted = [one for one in counted if counts_alone(one, parts)]
    level, asks = floor_of(counted)
    words = ""
    for one in readings:
        # What is an emergency already need not be read for its meaning.
        wanted, told = one.wanted(more) if level < TriageLevel.EMERGENCY else (level, "")
        if wanted > level:
            level, words = wanted, told
    known = {one.sign.code for one in counted}
    shown = [one for one in result.red_flags if one.code in known or level > TriageLevel.ROUTINE]
    return _settled(replace(result, red_flags=tuple(shown)), level, asks, words)


def is_heard(at: int, parts: int) -> bool:
    """Whether the sentence model reads this stretch: of very many of a page the first and last."""
    return at < MOST_HEARD or at >= parts - MOST_HEARD


def costs(part: Stretch, judged: Iterable[Judged], page: Page, lexicons: Lexicons) -> float:
    """How many points more a few words need, for what the rules understood of them.

    They are not weighed at all where they tell of no danger (a sign denied, a joke, a dog), or
    where the sign means more or less after each operation. A story may hold more than its
    signs, so it costs nothing.
    """
    if not part.is_bare:
        return 0.0
    told = {lexicons.context[name] for name in UNDERSTOOD}
    if any(hit.list in told for number in part.clauses for hit in page.hits[number]):
        return math.inf
    found = [one for one in judged if one.ask or one.level.needs_nurse]
    if not found:
        return 0.0
    nothing_there = floor_of(found) == (TriageLevel.ROUTINE, False)
    return math.inf if nothing_there or any(one.sign.cases for one in found) else SIGN_COSTS


def counts_alone(one: Judged, parts: Sequence[Stretch]) -> bool:
    """Whether a sign counts by itself: all do, but for a doubtful one in a weighed story.

    A sign that is graver for this operation and day than it is by itself is not in doubt.
    """
    if not one.sign.doubtful or one.level > one.sign.level:
        return True
    return not any(one.found.clause in part.clauses for part in parts if not part.is_bare)


def floor_of(counted: Iterable[Judged]) -> tuple[TriageLevel, bool]:
    """The least that these signs call for: a level, and whether a nurse's look is due."""
    level, asks = TriageLevel.ROUTINE, False
    for one in counted:
        raised, ask = one.adds()
        level, asks = max(level, raised), asks or ask
    return level, asks


class _Reading:
    """A stretch, read by its points table."""

    def __init__(
        self,
        part: Stretch,
        judged: Sequence[Judged],
        page: Page,
        lexicons: Lexicons,
        wording: Wording,
        *,
        heard: bool,
    ) -> None:
        self.part, self.page, self.lexicons = part, page, lexicons
        self.model = lexicons.meaning if heard else None
        self.judged = [one for one in judged if one.found.clause in part.clauses]
        self.table = wording.tables[part.table]
        self._weighed: dict[Stretch, dict[str, float]] = {}
        self._heard: Mapping[str, float] | None = None

    def _points(self, one: Stretch) -> dict[str, float]:
        """The whole, a sentence and a clause may be the same words; none is weighed twice."""
        if one not in self._weighed:
            found = features(self.page, one, self.judged, self.lexicons)
            self._weighed[one] = self.table.scores(found)
        return self._weighed[one]

    def _meaning(self) -> Mapping[str, float]:
        """What the sentence model hears, asked once; nothing where there is none."""
        if self._heard is None:
            self._heard = self.model.points(spelled(self.part)) if self.model else {}
        return self._heard

    def is_calm(self) -> bool:
        """Whether nothing in it reads like an emergency, so that signs are only spoken of."""
        heard = self.model is not None
        told = must_read_calm(self.page, self.part, self.judged, heard=heard)
        gravest = self.table.questions[GRAVEST]
        calm = gravest.calm_with_meaning if heard else gravest.calm
        if not told or any(self._points(one)[GRAVEST] >= calm for one in told):
            return False
        return self._meaning().get(GRAVEST, -math.inf) < SOUNDS_HARMLESS

    def wanted(self, more: float) -> tuple[TriageLevel, str]:
        """The level that its wording calls for, and the very words that say so.

        Every question needs so many points `more` than it would by itself.
        """
        whole = self._points(self.part)
        alone = [self._points(one) for one in sentences(self.page, self.part)]
        for name, question in self.table.questions.items():
            level = CALLS_FOR[name]
            points = max((whole[name], *(one[name] - SENTENCE_COSTS for one in alone)))
            if question.is_yes(points - more, self._meaning().get(name)):
                found = clauses(self.page, self.part)
                worst = max(found, key=lambda one: self._points(one)[name])
                return level, self.page.plain.words(worst.start, worst.start + len(worst.text))
        return TriageLevel.ROUTINE, ""


def _settled(result: Screening, level: TriageLevel, asks: bool, words: str) -> Screening:
    """`result` at its final level, no red flag above it."""
    flags = [replace(flag, level=min(flag.level, level)) for flag in result.red_flags]
    if level > max((flag.level for flag in flags), default=TriageLevel.ROUTINE):
        why = joined_words("; ", SOUNDS, SOUNDS_SOURCE)
        flags.append(RedFlag(code="sounds_urgent", level=level, span=words, why=why))
    flags.sort(key=lambda flag: -flag.level)
    ask = asks and level <= TriageLevel.SELF_CARE
    return replace(result, level=level, ask=ask, red_flags=tuple(flags))

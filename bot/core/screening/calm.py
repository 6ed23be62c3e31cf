"""Calm: a message in which a sign of danger is only spoken of.

People tell of what was feared, read, or over long ago in words that no rule understands as
such. A sign is lowered to the same day, never below, only where nothing in the message reads
like an emergency: not the whole, no sentence, not the very clause. So no polite or calm words
around a sign can lower it.

Where a sentence model listens, it has to find the message harmless as well, and then any
sign may be lowered but suicidal talk, numbers, and what this operation makes graver. Without
one only long stories are, and only signs marked `unless_calm` in the lexicon. See
docs/decisions/0018-a-sentence-model-in-screening.md for what that loses and saves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.core.screening.judged import Judged
from bot.core.screening.page import Page
from bot.core.screening.wording import FEWEST, Stretch, around, sentences
from bot.core.triage_level import TriageLevel

STORY: Final = 12.0  # words; without a sentence model a shorter message has no room for a story


def softened(judged: Sequence[Judged], part: Stretch, *, heard: bool) -> list[Judged]:
    """The signs as they count where this stretch reads calm throughout.

    `heard`: a sentence model found it harmless as well.
    """
    return [
        replace(one, level=TriageLevel.SAME_DAY) if _may_be_told(one, part, heard) else one
        for one in judged
    ]


def must_read_calm(
    page: Page, part: Stretch, judged: Sequence[Judged], *, heard: bool
) -> list[Stretch]:
    """All that has to read calm before a sign of this stretch is lowered; empty if none may be."""
    told = {one.found.clause for one in judged if _may_be_told(one, part, heard)}
    if not told:
        return []
    near = [one for clause in sorted(told) for one in around(page, part, clause)]
    return [part, *sentences(page, part), *near]


def _may_be_told(one: Judged, part: Stretch, heard: bool) -> bool:
    """Whether this sign may be only spoken of. Not where this operation makes it graver."""
    grave = one.level is one.sign.level is TriageLevel.EMERGENCY
    if not grave or one.found.clause not in part.clauses:
        return False
    if heard:
        return part.words >= FEWEST and not (one.sign.always_ask or one.sign.measured)
    return one.sign.unless_calm and part.words >= STORY

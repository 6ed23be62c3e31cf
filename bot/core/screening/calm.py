"""Calm: a story in which a sign of danger is only spoken of.

A long message tells of what was feared, read or over long ago in words that no rule
understands as such. Signs whose words are often told like that are marked `unless_calm`
in the lexicon. They are lowered to the same day, never below, and only where nothing in
the message reads like an emergency: not the whole, no sentence, not the very clause.
So no polite or calm words around a sign can lower it. See docs/decisions/0004-screening.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.core.screening.judged import Judged
from bot.core.screening.page import Page
from bot.core.screening.wording import Stretch, around, sentences
from bot.core.triage_level import TriageLevel

STORY: Final = 12.0  # words; a shorter message has no room for a story


def softened(judged: Sequence[Judged], part: Stretch) -> list[Judged]:
    """The signs as they count where this stretch reads calm throughout."""
    return [
        replace(one, level=TriageLevel.SAME_DAY) if _may_be_told(one, part) else one
        for one in judged
    ]


def must_read_calm(page: Page, part: Stretch, judged: Sequence[Judged]) -> list[Stretch]:
    """All that has to read calm before a sign of this stretch is lowered; empty if none may be."""
    told = {one.found.clause for one in judged if _may_be_told(one, part)}
    if not told:
        return []
    near = [one for clause in sorted(told) for one in around(page, part, clause)]
    return [part, *sentences(page, part), *near]


def _may_be_told(one: Judged, part: Stretch) -> bool:
    """Whether this sign may be only spoken of. Not where this operation makes it graver."""
    marked = one.sign.unless_calm and one.level is one.sign.level is TriageLevel.EMERGENCY
    return marked and one.found.clause in part.clauses and part.words >= STORY

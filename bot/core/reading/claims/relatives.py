"""Relatives: a complaint or a number that is told of somebody in the family."""

from __future__ import annotations

import re

from bot.core.question import Kind
from bot.core.reading.claims.idle import clauses
from bot.core.reading.cues import Span
from bot.core.reading.own_words import OwnWords

OF_A_RELATIVE = re.compile(r"child|孩子|patient|患者")  # a question that a relative is to answer
AT_THE_FRONT = 8  # characters before the relative: "today", "no but"
NUMERIC = (Kind.SCALE, Kind.COUNT, Kind.MEASURE)


def spans_of_relatives(text: str, own: OwnWords) -> list[Span]:
    """The clauses that tell of a relative: "my husband fell", 我孙子昨天烧到39.

    Nothing of a clause in which the relative does something for the patient or speaks of
    her ("my wife took it, 37.5"), nor where the question itself is about a relative or
    asks who is at home.
    """
    told = own.question.kind in NUMERIC or (own.question.kind is Kind.YES_NO and own.signs)
    if not told or OF_A_RELATIVE.search(own.ask):
        return []
    return [span for span in clauses(text) if _tells_of_a_relative(text[span[0] : span[1]], own)]


def _tells_of_a_relative(said: str, own: OwnWords) -> bool:
    found = list(own.words.book("relative").hits(said))
    if not found or found[0].start > AT_THE_FRONT:
        return False
    rest = said[found[0].end :]
    return not own.words.holds(rest, "mine") and not own.words.holds(rest, "by_hand_of")

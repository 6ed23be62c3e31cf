"""Relatives: a complaint or a number that is told of somebody in the family, or next door."""

from __future__ import annotations

import re

from bot.core.question import Kind
from bot.core.reading.claims.idle import clauses
from bot.core.reading.cues import Span
from bot.core.reading.own_words import OwnWords

OF_A_RELATIVE = re.compile(r"child|孩子|patient|患者")  # a question that a relative is to answer
FOR_THE_PATIENT = re.compile(r"(?<![a-z])(?:it|them|that|this|gives)(?![a-z])|[给帮替]")
AT_THE_FRONT = 8  # characters before the relative: "today", "no but"
NUMERIC = (Kind.SCALE, Kind.COUNT, Kind.MEASURE)


def spans_of_relatives(text: str, own: OwnWords) -> list[Span]:
    """The clauses that tell of a relative: "my husband fell", 我孙子昨天烧到39.

    Nothing of a clause in which the relative does something for the patient or speaks of
    her ("my wife took it, 37.5"), nor where the question itself is about a relative or
    asks who is at home.
    """
    kind = own.question.kind
    told = kind in NUMERIC or (kind is Kind.YES_NO and own.signs)
    told = told or (kind is Kind.CHOICE and own.about_taking)
    told = told or (kind in (Kind.CHOICE, Kind.CHOICES) and own.words.holds(text, "another"))
    if not told or OF_A_RELATIVE.search(own.ask):
        return []
    return [span for span in clauses(text) if _tells_of_a_relative(text[span[0] : span[1]], own)]


def _tells_of_a_relative(said: str, own: OwnWords) -> bool:
    words = own.words
    found = [*words.book("relative").hits(said), *words.book("another").hits(said)]
    first = min(found, key=lambda one: one.start, default=None)
    if first is None or first.start > AT_THE_FRONT:
        return False
    rest = said[first.end :]
    if own.about_taking:  # "my wife does it", but not "my wife takes hers"
        return not own.words.holds(rest, "mine") and not FOR_THE_PATIENT.search(rest)
    return not own.words.holds(rest, "mine") and not own.words.holds(rest, "by_hand_of")

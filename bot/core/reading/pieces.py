"""Pieces: which part of a message belongs to which question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.core.question import Kind
from bot.core.reading.folding import Text
from bot.core.reading.measures import convert, fits
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity
from bot.core.reading.ranges import quantities
from bot.core.reading.stretches import stretches

NUMERIC = (Kind.SCALE, Kind.COUNT, Kind.MEASURE)
AND = re.compile(r"(?<![a-z])(?:and|then|plus)(?![a-z])|然后|还有|另外|同时|、| {2,}")
LEAD_IN = re.compile(r"(?:(?<![a-z])(?:no|my|the|and my|not|any|but)|没有|没|不|无)[ ]*$")

ITEM = (
    r"(?:(?! (?:is|are|has|have|its?|looks?|feels?|been|but|bit|little|some|now|still|very|a|i|got|"
    r"was|just|only|yes)(?![a-z]))(?: [a-z]+)){1,4}"
)
NO_LIST = re.compile(
    rf"(?<![a-z])(?P<no>no|without|not any)(?:{ITEM}, ?)*?{ITEM},? (?:or|nor)(?:{ITEM})"
)


@dataclass(frozen=True)
class Piece:
    """text[start:end] and the question it speaks of, if a word says so."""

    start: int
    end: int
    owner: OwnWords | None


def pieces(text: Text, asked: OwnWords, others: Sequence[OwnWords]) -> list[Piece]:
    """The message in pieces, each with the question whose words stand in it."""
    return _Cutter(text.folded, asked, others).pieces()


class _Cutter:
    """One message beside the questions it may answer."""

    def __init__(self, folded: str, asked: OwnWords, others: Sequence[OwnWords]) -> None:
        self.folded, self.asked, self.others = folded, asked, others
        self.numbers = quantities(folded, asked.words, frozenset())

    def pieces(self) -> list[Piece]:
        found: list[Piece] = []
        for start, end in self._cuts():
            owner = self._named_owner(start, end) or self._by_number(start, end, found)
            found.append(Piece(start, end, owner))
        return found

    def _cuts(self) -> list[tuple[int, int]]:
        """Stretches, cut once more at an "and" before another subject."""
        spans: list[tuple[int, int]] = []
        for stretch in stretches(self.folded, self.asked.words):
            begin = stretch.start
            for match in (*AND.finditer(self.folded, stretch.start, stretch.end), None):
                if match and not self._named(match.end(), stretch.end):
                    continue
                spans += self._by_topic(begin, match.start() if match else stretch.end)
                begin = match.end() if match else stretch.end
        return spans

    def _by_topic(self, start: int, end: int) -> list[tuple[int, int]]:
        """Cut a stretch without punctuation where the next question's words begin."""
        named = self._named(start, end)
        numbers = self._numbers(start, end)
        first = bool(numbers and named and numbers[0].start < named[0][0])
        if first and len(named) > 1 and numbers[-1].start < named[-1][0]:
            places = [one.start for one in numbers[1:]]  # "3 at rest 6 walking"
        else:
            alone = first and numbers[-1].start > named[-1][0]  # "70kg pain 3"
            begun: list[tuple[int, OwnWords | None]] = [(start, None)] if alone else []
            places = [
                self._with_lead_in(start, place)
                for (_, before), (place, owner) in pairwise([*begun, *named])
                if owner is not before
            ]
        return list(pairwise([start, *[one for one in places if start < one < end], end]))

    def _with_lead_in(self, start: int, place: int) -> int:
        """Where "no calf pain" begins: the "no" belongs to what follows it."""
        lead = LEAD_IN.search(self.folded, max(start, place - 12), place)
        return lead.start() if lead and lead.end() == place else place

    def _numbers(self, start: int, end: int) -> list[Quantity]:
        return [one for one in self.numbers if start <= one.start < end]

    def _named(self, start: int, end: int) -> list[tuple[int, OwnWords]]:
        """Where questions are named, in order; a word of two is the asked one's."""
        places: dict[int, tuple[int, OwnWords]] = {}
        taken = list(self.asked.telling.hits(self.folded, start, end))
        for one in (*reversed(self.others), self.asked):
            book = one.names_and_signs if one is self.asked else one.names
            for hit in book.hits(self.folded, start, end):
                described = any(a.start < hit.end and hit.start < a.end for a in taken)
                if described and one is not self.asked:
                    continue  # what the asked question's own options describe
                length = hit.end - hit.start
                if hit.start not in places or length >= places[hit.start][0]:
                    places[hit.start] = (length, one)
        return [(place, places[place][1]) for place in sorted(places)]

    def _named_owner(self, start: int, end: int) -> OwnWords | None:
        named = self._named(start, end)
        if named:
            return named[0][1]
        for one in (self.asked, *self.others):
            chosen = one.question.kind in (Kind.CHOICE, Kind.CHOICES)
            if chosen and any(True for _ in one.telling.hits(self.folded, start, end)):
                return one
        return None

    def _by_number(self, start: int, end: int, before: Sequence[Piece]) -> OwnWords | None:
        """A number that cannot answer the asked question goes on with the subject before
        it, or to the only question that it can answer."""
        numbers = self._numbers(start, end)
        if not numbers or self._could(self.asked, numbers):
            return None
        last = next((one.owner for one in reversed(before) if one.owner is not None), None)
        if last is not None and last is not self.asked and self._could(last, numbers):
            return last
        able = [one for one in self.others if self._could(one, numbers)]
        return able[0] if len(able) == 1 else None

    def _could(self, own: OwnWords, numbers: Sequence[Quantity]) -> bool:
        return own.question.kind in NUMERIC and any(
            fits(one, self.folded, own) and convert(one.value, one.unit, own.question) is not None
            for one in numbers
        )


def only(text: Text, spans: Sequence[Piece]) -> Text:
    """The text with everything outside of `spans` blanked out; places stay the same.

    A "no" at the head of a plain list stays with every item: "no calf pain, fever or
    discharge" denies all three.
    """
    chars = ["\n"] * len(text.folded)
    lists = list(NO_LIST.finditer(text.folded))
    for one in spans:
        for match in lists:
            if match.start() < one.start < match.end():
                end = match.end("no")
                chars[match.start() : end] = text.folded[match.start() : end]
                chars[end : one.start] = " " * (one.start - end)
        chars[one.start : one.end] = text.folded[one.start : one.end]
    return Text(text.raw, "".join(chars), text.origin)

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
from bot.core.reading.phrases import Hit
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


Named = list[tuple[int, OwnWords]]


@dataclass(frozen=True)
class Piece:
    """text[start:end] and the question it speaks of, if a word says so.

    `described` is true when only an option of that question told so: "leaking". The
    asked question then still sees the piece, since it may speak against a "no".
    """

    start: int
    end: int
    owner: OwnWords | None
    described: bool = False


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
            owner = self._named_owner(start, end)
            if owner is not None and self._cannot(owner, start, end):
                owner = self.asked
            described = owner is None and (owner := self._described(start, end)) is not None
            owner = owner or self._by_number(start, end, found)
            found.append(Piece(start, end, owner, described and owner is not self.asked))
        return found

    def _cuts(self) -> list[tuple[int, int]]:
        """Stretches, cut once more at an "and" before another subject."""
        spans: list[tuple[int, int]] = []
        for stretch in stretches(self.folded, self.asked.words):
            begin = stretch.first
            for match in (*AND.finditer(self.folded, stretch.start, stretch.end), None):
                if match and not self._named(match.end(), stretch.end):
                    continue
                spans += self._by_topic(begin, match.start() if match else stretch.last)
                begin = match.end() if match else stretch.last
        return spans

    def _by_topic(self, start: int, end: int) -> list[tuple[int, int]]:
        """Cut a stretch without punctuation where the next question's words begin."""
        named = self._named(start, end)
        numbers = self._numbers(start, end)
        places = self._at_spaces(start, named)
        if numbers and named and numbers[0].start < named[0][0]:
            places += self._after_numbers(start, named, numbers)
        else:
            places += self._between(start, named)
        return list(pairwise([start, *sorted({one for one in places if start < one < end}), end]))

    def _after_numbers(self, start: int, named: Named, numbers: Sequence[Quantity]) -> list[int]:
        """Cuts where the number comes first: "3 at rest 6 walking", "70kg pain 3"."""
        first = named[0][1]
        if len(numbers) > 1 and numbers[-1].start < named[-1][0]:
            return [one.start for one in numbers[1:]]
        if numbers[-1].start > named[-1][0] or not self._could(first, numbers[:1]):
            return self._between(start, [(start, None), *named])
        return []

    def _between(self, start: int, named: Sequence[tuple[int, OwnWords | None]]) -> list[int]:
        """Cuts before each word that names another question than the one before it."""
        return [
            self._with_lead_in(start, place)
            for (_, before), (place, owner) in pairwise(named)
            if owner is not before
        ]

    def _at_spaces(self, start: int, named: Named) -> list[int]:
        """Chinese has no spaces of its own: a space before a subject is a comma."""
        places = [self._with_lead_in(start, place) for place, _ in named]
        return [
            place
            for place in places
            if place > start and self.folded[place - 1] == " " and self.folded[place] > "\u3400"
        ]

    def _with_lead_in(self, start: int, place: int) -> int:
        """Where "no calf pain" begins: the "no" belongs to what follows it."""
        lead = LEAD_IN.search(self.folded, max(start, place - 12), place)
        return lead.start() if lead and lead.end() == place else place

    def _numbers(self, start: int, end: int) -> list[Quantity]:
        return [one for one in self.numbers if start <= one.start < end]

    def _named(self, start: int, end: int) -> Named:
        """Where questions are named, in order; a word of two is the asked one's."""
        places: dict[int, tuple[int, OwnWords]] = {}
        taken = list(self.asked.telling.hits(self.folded, start, end))
        for one in (*reversed(self.others), self.asked):
            book = one.names_and_signs if one is self.asked else one.names
            for hit in book.hits(self.folded, start, end):
                described = any(a.start < hit.end and hit.start < a.end for a in taken)
                if one is not self.asked and (described or not self._may_claim(one, hit, end)):
                    continue
                length = hit.end - hit.start
                if hit.start not in places or length >= places[hit.start][0]:
                    places[hit.start] = (length, one)
        return [(place, places[place][1]) for place in sorted(places)]

    def _may_claim(self, other: OwnWords, hit: Hit, end: int) -> bool:
        """Whether a word names another question's subject, or only a complaint.

        "不疼" said of the calf is no pain score of 0: a bare complaint goes to another
        question only with a number, or when the asked question is about something else.
        """
        words = self.asked.words
        if "sign" not in words.kinds_of(hit.phrase):
            return True
        if other.question.kind in NUMERIC and self._numbers(hit.start - 12, end):
            return True
        family = words.family(hit.phrase)
        if not self.asked.about_complaints:
            return not self._eases()
        return family != "pain" and family not in self.asked.all_families

    def _eases(self) -> bool:
        """Whether the asked question is whether a complaint eases."""
        return any(True for _ in self.asked.words.book("relief").hits(self.asked.ask))

    def _named_owner(self, start: int, end: int) -> OwnWords | None:
        named = self._named(start, end)
        return named[0][1] if named else None

    def _cannot(self, owner: OwnWords, start: int, end: int) -> bool:
        """吃了退烧药38.3: named is the medicine, but the number answers the asked question."""
        numbers = self._numbers(start, end)
        numeric = owner.question.kind in NUMERIC and bool(numbers)
        return numeric and not self._could(owner, numbers) and self._could(self.asked, numbers)

    def _described(self, start: int, end: int) -> OwnWords | None:
        """The only question with an option that describes this piece."""
        if any(True for _ in self.asked.telling.hits(self.folded, start, end)):
            return self.asked
        able = [
            one
            for one in self.others
            if one.question.kind is Kind.CHOICES
            and any(True for _ in one.telling.hits(self.folded, start, end))
        ]
        return able[0] if len(able) == 1 and self.folded[:start].strip() else None

    def _by_number(self, start: int, end: int, before: Sequence[Piece]) -> OwnWords | None:
        """A number that cannot answer the asked question goes on with the subject before
        it, or to the only question that its unit fits; a bare one only ever to a
        temperature, and only when it looks like one (99.1)."""
        numbers = self._numbers(start, end)
        if not numbers or self._could(self.asked, numbers):
            return None
        last = next((one.owner for one in reversed(before) if one.owner is not None), None)
        if last is not None and last is not self.asked and self._could(last, numbers):
            return last
        able = [one for one in self.others if self._could(one, numbers) and _plain(one, numbers)]
        return able[0] if len(able) == 1 else None

    def _could(self, own: OwnWords, numbers: Sequence[Quantity]) -> bool:
        return own.question.kind in NUMERIC and any(
            fits(one, self.folded, own) and convert(one.value, one.unit, own.question) is not None
            for one in numbers
        )


def _plain(own: OwnWords, numbers: Sequence[Quantity]) -> bool:
    """Whether the numbers point to this question without any word for it."""
    if own.question.kind is not Kind.MEASURE:
        return False
    bare_temperature = own.question.unit == "Cel" and any(one.value % 1 for one in numbers)
    return bare_temperature or any(one.unit is not None for one in numbers)


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

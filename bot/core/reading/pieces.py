"""Pieces: which part of a message belongs to which question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.core.question import Kind
from bot.core.reading.folding import Text
from bot.core.reading.measures import convert, fits
from bot.core.reading.own_words import SUBJECT_OF_UNIT, OwnWords
from bot.core.reading.phrases import Book
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


def names_of(own: OwnWords) -> frozenset[str]:
    """The folded words that name a question's subject."""
    subject = SUBJECT_OF_UNIT.get(own.question.unit or "")
    listed = own.words.subjects.get(subject, ()) if subject else ()
    return own.topics | frozenset(map(own.words.plain, listed))


def pieces(text: Text, asked: OwnWords, others: Sequence[OwnWords]) -> list[Piece]:
    """The message in pieces, each with the question whose words stand in it."""
    folded = text.folded
    found: list[Piece] = []
    for start, end in _cuts(folded, asked, others):
        owner = _owner(folded, start, end, asked, others)
        if owner is None:
            owner = _by_number(folded, start, end, asked, others, found)
        found.append(Piece(start, end, owner))
    return found


def _cuts(folded: str, asked: OwnWords, others: Sequence[OwnWords]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for stretch in stretches(folded, asked.words):
        begin = stretch.start
        marks = [*AND.finditer(folded, stretch.start, stretch.end), None]
        for match in marks:
            stop = match.start() if match else stretch.end
            if match and not _speaks(folded, match.end(), stretch.end, asked, others):
                continue
            spans += _by_topic(folded, begin, stop, asked, others)
            begin = match.end() if match else stop
    return spans


def _speaks(folded: str, start: int, end: int, asked: OwnWords, others: Sequence[OwnWords]) -> bool:
    """Whether what follows an "and" has a subject or an option of its own."""
    return any(
        any(True for _ in Book(names_of(one) | one.option_book.phrases).hits(folded, start, end))
        for one in (asked, *others)
    )


def _by_topic(
    folded: str, start: int, end: int, asked: OwnWords, others: Sequence[OwnWords]
) -> list[tuple[int, int]]:
    """Cut a stretch without punctuation where the next question's words begin."""
    named = _named(folded, start, end, asked, others)
    numbers = [
        one for one in quantities(folded[:end], asked.words, frozenset()) if one.start >= start
    ]
    first = numbers and named and numbers[0].start < named[0][0]
    if first and len(named) > 1 and numbers[-1].start < named[-1][0]:
        places = [one.start for one in numbers[1:]]  # "3 at rest 6 walking"
    else:
        alone = first and numbers[-1].start > named[-1][0]  # "70kg pain 3"
        begun: list[tuple[int, OwnWords | None]] = [(start, None)] if alone else []
        places = [
            _with_lead_in(folded, start, place)
            for (_, before), (place, owner) in pairwise([*begun, *named])
            if owner is not before
        ]
    return list(pairwise([start, *[one for one in places if start < one < end], end]))


def _with_lead_in(folded: str, start: int, place: int) -> int:
    """Where "no calf pain" begins: the "no" belongs to what follows it."""
    lead = LEAD_IN.search(folded, start, place)
    return lead.start() if lead and lead.end() == place else place


def _named(
    folded: str, start: int, end: int, asked: OwnWords, others: Sequence[OwnWords]
) -> list[tuple[int, OwnWords]]:
    """Where questions are named, in order; a word of two questions is the asked one's."""
    places: dict[int, tuple[int, OwnWords]] = {}
    for one in (*reversed(others), asked):
        names = names_of(one) | (one.signs if one is asked else frozenset())
        for hit in Book(names).hits(folded, start, end):
            length = hit.end - hit.start
            if hit.start not in places or length >= places[hit.start][0]:
                places[hit.start] = (length, one)
    return [(place, places[place][1]) for place in sorted(places)]


def _owner(
    folded: str, start: int, end: int, asked: OwnWords, others: Sequence[OwnWords]
) -> OwnWords | None:
    named = _named(folded, start, end, asked, others)
    if named:
        return named[0][1]
    for one in (asked, *others):
        chosen = one.question.kind in (Kind.CHOICE, Kind.CHOICES)
        if chosen and any(True for _ in one.option_book.hits(folded, start, end)):
            return one
    return None


def _by_number(
    folded: str,
    start: int,
    end: int,
    asked: OwnWords,
    others: Sequence[OwnWords],
    before: Sequence[Piece],
) -> OwnWords | None:
    """A number that cannot answer the asked question goes on with the subject before
    it, or to the only question that it can answer."""
    numbers = [
        one for one in quantities(folded[:end], asked.words, frozenset()) if one.start >= start
    ]
    if not numbers:
        return None

    def could(own: OwnWords) -> bool:
        return own.question.kind in NUMERIC and any(
            fits(one, folded, own) and convert(one.value, one.unit, own.question) is not None
            for one in numbers
        )

    if could(asked):
        return None
    last = next((one.owner for one in reversed(before) if one.owner is not None), None)
    if last is not None and last is not asked and could(last):
        return last
    able = [one for one in others if could(one)]
    return able[0] if len(able) == 1 else None


def only(text: Text, spans: Sequence[Piece]) -> Text:
    """The text with everything outside of `spans` blanked out; places stay the same.

    A "no" at the head of a plain list stays with every item: "no calf pain, fever or
    discharge" denies all three.
    """
    chars = ["\n"] * len(text.folded)
    for one in spans:
        for match in NO_LIST.finditer(text.folded):
            if match.start() < one.start < match.end():
                end = match.end("no")
                chars[match.start() : end] = text.folded[match.start() : end]
                chars[end : one.start] = " " * (one.start - end)
        chars[one.start : one.end] = text.folded[one.start : one.end]
    return Text(text.raw, "".join(chars), text.origin)

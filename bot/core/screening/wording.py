"""Wording: what a message consists of, for the points tables.

Four kinds of features: runs of letters, words, word lists of the lexicon, and signs
with what the sentence says of them. `points.py` says how much each counts, `weigh.py`
what follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, pairwise
from typing import Final

from bot.core.screening.courtesy import outside, taken_out
from bot.core.screening.judged import Judged
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.page import Page
from bot.core.screening.plain import count_han, has_han
from bot.core.screening.points import SHORT, Features

TOKEN: Final = re.compile(r"[a-z]+|\d+")
HAN_PIECE: Final = re.compile(r"\w+")  # punctuation is a habit of the writer and says nothing
RUNS_HAN: Final = range(1, 5)  # characters in a run
RUNS_LATIN: Final = range(2, 6)
LONGEST: Final = 24  # clauses weighed together; a longer message is weighed in stretches
LONGEST_TOLD: Final = 480  # bytes, some 120 pieces; with 240 long stories lost their middle
KEPT_AT_START: Final = 266
KINDS: Final = ("run", "word", "list", "sign")
# Words; two Chinese characters count as one. Shorter messages than `FEWEST` have a table of
# their own, for a few words carry the whole weight; fewer than `LEAST` the rules read alone.
FEWEST: Final = 8.0
LEAST: Final = 2.0
# A sentence weighed alone must reach so many points more than the whole: long messages have
# many sentences, and one would be raised by chance. Chosen as in decision 0004.
SENTENCE_COSTS: Final = 1.0


@dataclass(frozen=True)
class Stretch:
    """Some clauses of the new message, short enough to be one thought."""

    clauses: range
    start: int  # where its text begins on the page
    text: str  # line breaks stand for what has no points
    script: str  # "zh" with any Chinese character, else "en"

    @property
    def words(self) -> float:
        """How long it is."""
        return count_han(self.text) / 2 + len(TOKEN.findall(self.text))

    @property
    def is_bare(self) -> bool:
        """A few words, not a story: `3分`, `小腿`, `还是喘不上气`."""
        return self.words < FEWEST

    @property
    def table(self) -> str:
        """The points table by which it is weighed."""
        return f"{self.script}{SHORT}" if self.is_bare else self.script


def spelled(part: Stretch) -> str:
    """A stretch as the sentence model reads it: one line, of a long one both ends."""
    told = " ".join(part.text.split()).encode()
    if len(told) > LONGEST_TOLD:
        told = told[:KEPT_AT_START] + b" " + told[KEPT_AT_START - LONGEST_TOLD :]
    return told.decode(errors="ignore")


def stretches(page: Page) -> Iterator[Stretch]:
    """The new message in stretches of at most `LONGEST` clauses."""
    new = [clause.number for clause in page.clauses if clause.end > page.new_from]
    weighed = taken_out(page.plain.text, page.unweighed)
    for place in range(0, len(new), LONGEST):
        part = new[place : place + LONGEST]
        start = max(page.clauses[part[0]].start, page.new_from)
        text = weighed[start : page.clauses[part[-1]].end]
        script = "zh" if has_han(text) else "en"
        yield Stretch(range(part[0], part[-1] + 1), start, text, script)


def weighed(page: Page) -> list[Stretch]:
    """The stretches that are weighed: those of a story, or the few words of a short message."""
    parts = list(stretches(page))
    if len(parts) == 1 and parts[0].is_bare:
        return [one for one in parts if one.words >= LEAST]
    return [one for one in parts if not one.is_bare]


def sentences(page: Page, part: Stretch) -> list[Stretch]:
    """The sentences of a stretch that are long enough to be weighed alone, if it has several.

    One dangerous sentence must not be outweighed by a calm story around it.
    """
    found = [_of(page, part, list(some)) for _, some in groupby(part.clauses, _sentence_of(page))]
    return [one for one in found if not one.is_bare] if len(found) > 1 else []


def clauses(page: Page, part: Stretch) -> list[Stretch]:
    """The clauses of a stretch."""
    return [_of(page, part, [number]) for number in part.clauses]


def around(page: Page, part: Stretch, clause: int) -> tuple[Stretch, Stretch]:
    """A clause of a stretch, and the sentence in which it stands."""
    sentence = page.clauses[clause].sentence
    whole = [number for number in part.clauses if page.clauses[number].sentence == sentence]
    return _of(page, part, [clause]), _of(page, part, whole)


def _sentence_of(page: Page) -> Callable[[int], int]:
    return lambda number: page.clauses[number].sentence


def _of(page: Page, part: Stretch, some: list[int]) -> Stretch:
    """These clauses of a stretch, as a stretch of their own."""
    start = max(page.clauses[some[0]].start, part.start)
    text = part.text[start - part.start : page.clauses[some[-1]].end - part.start]
    return Stretch(range(some[0], some[-1] + 1), start, text, part.script)


def features(page: Page, part: Stretch, judged: Iterable[Judged], lexicons: Lexicons) -> Features:
    """What a stretch consists of, the signs that stand in it included."""
    return {
        "run": frozenset(_runs(part)),
        "word": frozenset(
            word
            for number in part.clauses
            for piece in _piece(page, part, number).split("\n")
            for word in _words(piece)
        ),
        "list": frozenset(_lists(page, part.clauses, lexicons)),
        "sign": frozenset(_signs(one for one in judged if one.found.clause in part.clauses)),
    }


def _piece(page: Page, part: Stretch, number: int) -> str:
    """The weighed text of a clause."""
    clause = page.clauses[number]
    return part.text[max(0, clause.start - part.start) : clause.end - part.start]


def _runs(part: Stretch) -> Iterator[str]:
    """Neighbouring characters: across words in Chinese, within a word in Latin letters."""
    if part.script == "zh":
        pieces, sizes = HAN_PIECE.findall(part.text), RUNS_HAN
    else:
        pieces, sizes = [f"_{word}_" for word in TOKEN.findall(part.text)], RUNS_LATIN
    for piece in pieces:
        for size in sizes:
            for place in range(len(piece) - size + 1):
                yield piece[place : place + size]


def _words(clause: str) -> Iterator[str]:
    """Words of a clause, and two and three that stand together; all numbers are one word."""
    words = ["#" if word.isdigit() else word for word in TOKEN.findall(clause)]
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))
    yield from (" ".join(three) for three in zip(words, words[1:], words[2:], strict=False))


def _lists(page: Page, clauses: Sequence[int], lexicons: Lexicons) -> Iterator[str]:
    """Word lists found, and each two in the same clause: `calf&swollen`."""
    for number in clauses:
        hits = outside(page.hits[number], page.unweighed)
        names = {lexicons.names[hit.list] for hit in hits}
        found = sorted(name for name in names if not name.startswith("phrase:"))
        yield from found
        yield from (f"{one}&{other}" for one, other in combinations(found, 2))


def _signs(judged: Iterable[Judged]) -> Iterator[str]:
    for one in judged:
        status = "other" if one.another else one.status.value
        yield f"{one.sign.code} {status}"
        yield f"{one.level.word} {status}"

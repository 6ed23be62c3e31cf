"""Clauses: where one thought of a message ends and the next begins."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from bot.core.screening.plain import Plain, is_han
from bot.core.screening.scan import Cover, Hit

# A full stop between digits belongs to the number (38.5, 12.30).
MARKS: Final = re.compile(
    r"[。!?;\n…~]+|\.(?!\d)|(?<!\d)\.(?=\d)|(?<!\d),|,(?!\d)|[、:()\[\]{}<>\"“”「」『』【】|]|/(?!\d)|\s-+\s|—+"
)
# A short answer to one's own question ends there: 胸闷？没 气短？有
ANSWERED: Final = re.compile(r"\?(?:都?没有?|有|无|不是?|是)$")
SENTENCE_ENDS: Final = frozenset("。.!?;\n…~")
LONGEST_SENTENCE: Final = 12  # clauses; a text without full stops is cut here
SHORTEST_RUN: Final = 3  # Han characters on both sides that make a space a comma


@dataclass(frozen=True, slots=True)
class Clause:
    """One stretch of text; `mark` is what stands before it."""

    number: int
    sentence: int
    start: int
    end: int
    mark: str  # "" at the start, "." after a sentence, "," "、" or "word"
    asked: bool  # ends with a question mark


def split(
    page: Plain, told: str, hits: list[Hit], break_before: int, words: frozenset[int]
) -> list[Clause]:
    """Cut a text at punctuation, at spaces between Chinese phrases and before `but` words.

    `told` is the text without its courtesies: where nothing else stands, there is no
    clause. `words` are lists whose entries must not be cut in two by a dropped space.
    """
    cuts = _cuts(page, hits, break_before, words)
    clauses: list[Clause] = []
    start, sentence, first_of_sentence, mark = 0, 0, 0, ""
    for cut_start, cut_end, kind in [*cuts, (len(page.text), len(page.text), ".")]:
        if told[start:cut_start].strip():
            asked = "?" in page.text[cut_start:cut_end]
            clauses.append(Clause(len(clauses), sentence, start, cut_start, mark, asked))
            mark = kind
        elif kind in (".", "word"):
            mark = kind
        long = (
            clauses
            and clauses[-1].sentence == sentence
            and (len(clauses) - first_of_sentence >= LONGEST_SENTENCE)
        )
        if kind == "." or long:
            sentence += 1
            first_of_sentence = len(clauses)
        start = cut_end
    return clauses


def _cuts(
    page: Plain, hits: list[Hit], break_before: int, words: frozenset[int]
) -> list[tuple[int, int, str]]:
    text = page.text
    cuts = [(found.start(), found.end(), _kind(found[0])) for found in MARKS.finditer(text)]
    starts = [hit.start for hit in hits]
    cover = Cover(hits)
    for hit in hits:
        if hit.list == break_before and not cover.swallows(hit):
            cuts.append((hit.start, hit.start, "word"))
    for place in page.breaks:
        if _is_comma(page, place) and not _spanned(place, hits, starts, words):
            cuts.append((place, place, ","))
    return sorted(cuts)


def _kind(mark: str) -> str:
    if mark[0] in SENTENCE_ENDS:
        return "."
    return "、" if mark[0] in "、/" else ","


def _is_comma(page: Plain, place: int) -> bool:
    text = page.text
    if ANSWERED.search(text, max(0, place - 4), place):
        return True
    left = text[max(0, place - SHORTEST_RUN) : place]
    right = text[place : place + SHORTEST_RUN]
    if len(left) < SHORTEST_RUN or len(right) < SHORTEST_RUN:
        return False
    inner = range(place - SHORTEST_RUN + 1, place + SHORTEST_RUN)
    if any(other in page.breaks for other in inner if other != place):
        return False
    return all(map(is_han, left + right))


def _spanned(place: int, hits: list[Hit], starts: list[int], words: frozenset[int]) -> bool:
    """Whether a listed word reaches over this place."""
    first = bisect_left(starts, place - 24)
    for hit in hits[first:]:
        if hit.start >= place:
            return False
        if hit.end > place and hit.list in words:
            return True
    return False

"""Match: which patterns of the lexicon stand in which clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.core.screening.lexicon import Lexicons, Part, Pattern
from bot.core.screening.numbers import Number
from bot.core.screening.page import Page
from bot.core.screening.plain import count_han
from bot.core.screening.scan import Hit

LATIN_WIDTH = 5  # Latin letters that take the room of one Chinese character
JOINED = ("and", "and my", "和", "跟", "与", "、", "", "&", "or")
LOOK_BACK = 2  # clauses back in which a part of the body may have been named


@dataclass(frozen=True, slots=True)
class Piece:
    """What filled one element of a pattern."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern found: its sign, its clause and the words that filled it."""

    sign: int
    clause: int
    pieces: tuple[Piece, ...]
    carried: bool = False  # the part of the body was named in an earlier clause

    @property
    def start(self) -> int:
        return min(piece.start for piece in self.pieces)

    @property
    def end(self) -> int:
        return max(piece.end for piece in self.pieces)


def match(page: Page, lexicons: Lexicons) -> list[Found]:
    """All patterns of all clauses, one per sign and clause (the shortest)."""
    found: list[Found] = []
    for clause in page.clauses:
        best: dict[int, Found] = {}
        carried = _carried_body(page, clause.number, lexicons)
        present = set(page.lists[clause.number]) | {hit.list for hit in carried}
        for pattern in _candidates(present, lexicons):
            one = _fit(pattern, page, clause.number, carried, lexicons)
            if one and (
                one.sign not in best
                or one.end - one.start < best[one.sign].end - best[one.sign].start
            ):
                best[one.sign] = one
        found += best.values()
    return found


def _candidates(present: set[int], lexicons: Lexicons) -> Iterator[Pattern]:
    for number in present:
        yield from lexicons.patterns.get(number, ())


def _carried_body(page: Page, clause: int, lexicons: Lexicons) -> tuple[Hit, ...]:
    """The part of the body, or the fluid, that a clause without one is about."""
    topics = lexicons.body | lexicons.fluids
    if any(number in topics for number in page.lists[clause]):
        return ()
    steering = [lexicons.context[name] for name in ("negator", "tight_negator", "finished")]
    for back in range(1, LOOK_BACK + 1):
        earlier = clause - back
        if earlier < 0 or any(page.has(earlier, number) for number in steering):
            return ()
        body = tuple(hit for hit in page.hits[earlier] if hit.list in topics)
        if body:
            return body
    return ()


def _fit(
    pattern: Pattern, page: Page, clause: int, carried: tuple[Hit, ...], lexicons: Lexicons
) -> Found | None:
    lists = page.lists[clause]
    if any(number in lists for number in pattern.unless):
        return None
    choices: list[list[Piece]] = []
    uses_carried = False
    for part in pattern.parts:
        pieces = _pieces(part, page, clause)
        if not pieces and carried:
            pieces = [Piece(hit.start, hit.end) for hit in carried if hit.list in part.lists]
            uses_carried = uses_carried or bool(pieces)
        if not pieces:
            return None
        choices.append(pieces)
    chosen = _closest(choices, pattern.ordered)
    here = page.clauses[clause].start
    if chosen is None or all(piece.start < here for piece in chosen):
        return None
    ordered = sorted(chosen, key=lambda piece: (piece.start, piece.end))
    if not uses_carried and not _close(ordered, pattern.gap, page):
        return None
    if (
        not pattern.ordered
        and not uses_carried
        and _body_between(pattern, ordered, page, clause, lexicons)
    ):
        return None
    return Found(pattern.sign, clause, tuple(chosen), uses_carried)


def _pieces(part: Part, page: Page, clause: int) -> list[Piece]:
    if part.is_number:
        return [
            Piece(number.start, number.end)
            for number in page.numbers[clause]
            if _in_range(number, part)
        ]
    return [Piece(hit.start, hit.end) for one in part.lists for hit in page.of(clause, one)]


def _in_range(number: Number, part: Part) -> bool:
    return (part.at_least is None or number.high >= part.at_least) and (
        part.at_most is None or number.low <= part.at_most
    )


def _closest(choices: list[list[Piece]], ordered: bool) -> list[Piece] | None:
    """One piece per element, each as near to the one before as can be."""
    best: list[Piece] | None = None
    for first in choices[0][:8]:
        chosen = [first]
        for pieces in choices[1:]:
            last = chosen[-1]
            usable = [
                piece
                for piece in pieces
                if (piece.start >= last.end if ordered else not _same(piece, chosen))
            ]
            if not usable:
                break
            chosen.append(min(usable, key=lambda piece: _distance(piece, last)))
        else:
            if best is None or _length(chosen) < _length(best):
                best = chosen
    return best


def _same(piece: Piece, chosen: list[Piece]) -> bool:
    return any(piece.start == one.start and piece.end == one.end for one in chosen)


def _distance(one: Piece, other: Piece) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _length(chosen: list[Piece]) -> int:
    return max(piece.end for piece in chosen) - min(piece.start for piece in chosen)


def _close(ordered: list[Piece], gap: int, page: Page) -> bool:
    for one, other in pairwise(ordered):
        between = page.plain.text[one.end : other.start]
        if len(between) > gap and width(between) > gap:
            return False
    return True


def width(text: str) -> float:
    """Length in Chinese characters; Latin letters are narrower."""
    han = count_han(text)
    return han + (len(text) - han) / LATIN_WIDTH


def _body_between(
    pattern: Pattern, ordered: list[Piece], page: Page, clause: int, lexicons: Lexicons
) -> bool:
    """Whether another part of the body stands between: `my leg hurts, chest`."""
    wanted = {number for part in pattern.parts for number in part.lists}
    if not wanted & lexicons.body:
        return False
    for one, other in pairwise(ordered):
        for hit in page.hits[clause]:
            between = one.end <= hit.start and hit.end <= other.start
            if between and hit.list in lexicons.body and hit.list not in wanted:
                # `chest and back hurt` speaks of both.
                return page.plain.text[one.end : hit.start].strip() not in JOINED
    return False

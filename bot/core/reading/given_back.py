"""Given back: which earlier answer an unnamed correction in a message belongs to.

"no wait, 38.5" while something else is asked corrects the answer before. Only her own,
clear correction moves, and never where the asked question may be meant as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.reading.cues import Cue, Span, Turn, cues
from bot.core.reading.folding import Text
from bot.core.reading.own_words import OwnWords
from bot.core.reading.pieces import NUMERIC, Piece, only
from bot.core.reading.ranges import quantities
from bot.core.reading.read import read_folded


def given_back(
    text: Text,
    parts: list[Piece],
    asked: OwnWords,
    others: Sequence[OwnWords],
    answered: frozenset[str],
) -> list[Piece] | None:
    """The pieces with the correction given to its question; None when nobody can tell."""
    own_cues = [one for one in turns_in(text, (asked, *others)) if one.turn is Turn.OWN]
    if asked.question.id in answered:
        return parts
    parts = _after_named(text, parts, answered)
    loose = [one for one in parts if one.owner is None]
    if not own_cues or not loose or _says_something_before(text, own_cues[-1], asked):
        return parts
    said, earlier = only(text, loose), [one for one in others if one.question.id in answered]
    named = [one for one in earlier if any(part.owner is one for part in parts)]
    able = [one for one in (*named, *reversed(earlier)) if read_folded(said, one).understood]
    if able and not named and read_folded(said, asked).understood:
        return None
    owner = _meant(able, named, earlier)
    return [Piece(one.start, one.end, one.owner or owner) for one in parts]


def _meant(
    able: Sequence[OwnWords], named: Sequence[OwnWords], earlier: Sequence[OwnWords]
) -> OwnWords | None:
    """Of the answers that it may be: the named one, the latest, or the only number."""
    if able and (able[0] in named or able[0] is earlier[-1]):
        return able[0]
    return able[0] if len(able) == 1 and able[0].question.kind in NUMERIC else None


def turns_in(text: Text, questions: Sequence[OwnWords]) -> list[Cue]:
    """The cues; one that names any of the questions is as clear as one without a name."""
    numbers = _numbers(text, questions[0])
    found = {one.start: one for one in cues(text.folded, questions[0], numbers)}
    for own in questions[1:] if found else ():
        named = cues(text.folded, own, numbers)
        found |= {one.start: one for one in named if one.turn is Turn.OWN}
    return list(found.values())


def _numbers(text: Text, own: OwnWords) -> tuple[Span, ...]:
    found = quantities(text.folded, own.words, frozenset())
    return tuple((one.start, one.end) for one in found)


def _after_named(text: Text, parts: Sequence[Piece], answered: frozenset[str]) -> list[Piece]:
    """刚才小腿那个错了，有点疼: what follows the named correction belongs to it."""
    kept: list[Piece] = []
    for one in parts:
        last = kept[-1] if kept else None
        if last is not None and last.owner is not None and last.owner.question.id in answered:
            found = turns_in(only(text, [last]), (last.owner,))
            cued = any(cue.turn is Turn.OWN for cue in found)
            if cued and read_folded(only(text, [one]), last.owner).understood:
                one = Piece(one.start, one.end, last.owner)
        kept.append(one)
    return kept


def _says_something_before(text: Text, cue: Cue, asked: OwnWords) -> bool:
    """Whether the asked question is answered before the cue: "4, no wait, 5"."""
    front = Text(text.raw, text.folded[: cue.start], text.origin)
    return read_folded(front, asked).understood

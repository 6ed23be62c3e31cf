"""Marks: when (`moments`), in what position and of whom each number was said.

Nothing is left out unless every number left out is plainly of another moment,
position or person, and one that stays is plainly of the asked one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.core.question import Kind
from bot.core.reading.folding import Text
from bot.core.reading.moments import moment, of_now, of_today
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import Quantity

CLAUSE = re.compile(
    r"[,，;；。!！?？\n…]|\.(?!\d)|(?<![a-z])(?:and|but|then)(?![a-z])|然后|但是|不过"
)
UP = re.compile(r"(?<![a-z])up (?=\d)")  # "lying 2, up 6"


def of_the_asked(mine: Sequence[Quantity], text: Text, own: OwnWords) -> list[Quantity]:
    """The numbers that are of now, of the asked position and of the patient."""
    kept = list(mine)
    if not kept:
        return kept
    said = {one: _said_with(one, mine, text.folded) for one in mine}
    kept = _of_the_patient(kept, said, own)
    if own.question.kind is Kind.SCALE:
        kept = _in_position(kept, said, own)
    if own.question.kind is Kind.COUNT:
        return kept  # falls add up
    if own.question.unit == "Cel":
        return of_today(kept, said, own)
    return of_now(kept, said, own)


def said_elsewhere(said: str, own: OwnWords) -> bool:
    """Whether words tell only of another position than the asked one, or of before."""
    return _other_position(said, own) or moment(said, own) == "before"


def _other_position(said: str, own: OwnWords) -> bool:
    wanted, other = _positions(own)
    return (
        bool(other) and _says_position(said, other, own) and not _says_position(said, wanted, own)
    )


def _said_with(one: Quantity, every: Sequence[Quantity], text: str) -> str:
    """The words that belong to a number: its clause, or its share of one.

    In a clause of several numbers the words stand before each of them when the
    first has words before it ("躺着1分走路4分"), and behind it when not.
    """
    begin, end = 0, len(text)
    for match in CLAUSE.finditer(text):
        if match.end() <= one.start:
            begin = match.end()
        elif match.start() >= one.end:
            end = match.start()
            break
    inside = [other for other in every if begin <= other.start < end]
    place = inside.index(one)
    if len(inside) == 1:
        return text[begin:end]
    if text[begin : inside[0].start].strip():
        return text[inside[place - 1].end if place else begin : one.start]
    return text[one.end : inside[place + 1].start if place + 1 < len(inside) else end]


def _says_position(said: str, name: str, own: OwnWords) -> bool:
    up = name == "on_the_move" and UP.search(said) is not None
    return up or own.words.holds(said, name)


def _of_the_patient(
    mine: list[Quantity], said: dict[Quantity, str], own: OwnWords
) -> list[Quantity]:
    """ "Hers was a 9, mine is a 2": another's number is doubtful, and none beside one's own."""
    foreign = [one for one in mine if own.words.holds(said[one], "another")]
    left = [one for one in mine if one not in foreign]
    if foreign and any(own.words.holds(said[one], "mine") for one in left):
        return left
    for one in foreign:
        said[replace(one, loose=True)] = said[one]
    return [replace(one, loose=True) if one in foreign else one for one in mine]


def _positions(own: OwnWords) -> tuple[str, str]:
    """The position that the question asks for, and the other one; empty when it asks for none."""
    rest, move = (_says_position(own.ask, name, own) for name in ("at_rest", "on_the_move"))
    if rest == move:
        return "", ""
    return ("at_rest", "on_the_move") if rest else ("on_the_move", "at_rest")


def _in_position(mine: list[Quantity], said: dict[Quantity, str], own: OwnWords) -> list[Quantity]:
    """Of "2 lying, 6 walking" the one that is asked for."""
    wanted, _ = _positions(own)
    others = [one for one in mine if _other_position(said[one], own)]
    left = [one for one in mine if one not in others]
    return left if any(wanted and _says_position(said[one], wanted, own) for one in left) else mine

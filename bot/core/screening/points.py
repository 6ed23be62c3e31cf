"""Points: how much each feature of a message counts, and from how many on it matters.

Two tables for each script, one of them for messages of a few words, were learned from
labelled messages of this repository, by `python -m evaluation.learn`. They are data:
pathways/shared/lexicon/wording.*. Where there is a sentence model, its points are added:
it hears what is told in words that no table has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

SHORT: Final = ".short"  # ends the name of a table for messages of a few words
Features = Mapping[str, frozenset[str]]  # kind of feature -> those of a message


class Meaning(Protocol):
    """A sentence model: by question, how much a text sounds like a yes (above 0: likely)."""

    def points(self, text: str) -> Mapping[str, float]: ...


@dataclass(frozen=True)
class Question:
    """A question asked of a message, such as "is it an emergency?": yes from `enough` points on.

    Where a sentence model was asked as well, `share` of its points is added, and so many as
    `enough_with_meaning` are needed. Below `calm`, and where the sentence model finds it
    harmless too below `calm_with_meaning`, a message reads so harmless that signs of an emergency
    are only spoken of, see `calm.py`.
    """

    start: float
    enough: float
    share: float = 0.0
    enough_with_meaning: float = math.inf
    calm: float = -math.inf
    calm_with_meaning: float = -math.inf

    def is_yes(self, points: float, meaning: float | None) -> bool:
        """Whether the wording, and the meaning where it is known, are enough."""
        if meaning is None:
            return points >= self.enough
        return points + self.share * meaning >= self.enough_with_meaning


@dataclass(frozen=True)
class Table:
    """The points of one script and length: per kind and feature one number for each question."""

    questions: Mapping[str, Question]
    points: Mapping[str, Mapping[str, Sequence[int]]]  # in hundredths, in `questions` order

    def scores(self, found: Features) -> dict[str, float]:
        """The points of a message, by question."""
        totals = [one.start for one in self.questions.values()]
        for kind, known in self.points.items():
            rows = [row for row in map(known.get, found[kind]) if row]
            # Divided by the root of how many there are, so that long messages do not win.
            size = 100 * math.sqrt(len(rows) or 1)
            for place, column in enumerate(zip(*rows, strict=True)):
                totals[place] += sum(column) / size
        return dict(zip(self.questions, totals, strict=True))


@dataclass(frozen=True)
class Wording:
    """The tables, by script and length ("zh", "zh.short", "en", "en.short")."""

    tables: Mapping[str, Table]

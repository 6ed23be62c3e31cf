"""Read the points tables of screening: what was learned from the labelled messages.

`wording.json` holds the questions and from how many points on each is answered with yes,
`wording.<script>.tsv` the points of each feature. `evaluation/learn.py` writes both.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from bot.core.errors import PathwayError
from bot.core.screening.points import Question, Table, Wording
from bot.core.screening.weigh import CALLS_FOR
from bot.core.screening.wording import KINDS
from bot.core.words import LANGUAGES

QUESTIONS: Final = "wording.json"


def read_wording(folder: Path) -> Wording | None:
    """The tables of a lexicon folder; without them, screening works by rules alone."""
    path = folder / QUESTIONS
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Wording({script: _table(folder, script, told[script]) for script in LANGUAGES})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise PathwayError(
            f"lexicon/{path.name}", f"it cannot be read: {error}", "Learn it again"
        ) from None


def _table(folder: Path, script: str, told: Mapping[str, Any]) -> Table:
    questions = {
        name: Question(
            start=float(one["start"]),
            enough=float(one["enough"]),
        )
        for name, one in ((name, told[name]) for name in CALLS_FOR)
    }
    points: dict[str, dict[str, tuple[int, ...]]] = {kind: {} for kind in KINDS}
    for kind, feature, *numbers in _rows(folder / f"wording.{script}.tsv"):
        if len(numbers) != len(questions):
            raise ValueError(f"wording.{script}.tsv: {feature!r} has {len(numbers)} numbers")
        points[kind][feature] = tuple(map(int, numbers))
    return Table(questions, points)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)

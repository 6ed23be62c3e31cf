"""Read the points tables of screening: what was learned from the labelled messages.

`wording.json` holds the questions and from how many points on each is answered with yes,
`wording.<script>.tsv` the points of each feature, `wording.<script>.short.tsv` those for
messages of a few words. `evaluation/learn.py` writes both.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from bot.core.errors import PathwayError
from bot.core.screening.points import SHORT, Question, Table, Wording
from bot.core.screening.usage import Usage
from bot.core.screening.weigh import CALLS_FOR, GRAVEST
from bot.core.screening.wording import KINDS
from bot.core.words import LANGUAGES
from bot.pathfiles.answer_words import shipped_sounds

QUESTIONS: Final = "wording.json"
BLURRED: Final = re.compile(r"(?<=^[zcs])h|(?<=n)g$")
PAIR: Final = 2  # characters
TABLES: Final = tuple(f"{script}{length}" for script in LANGUAGES for length in ("", SHORT))


def read_wording(folder: Path) -> Wording | None:
    """The tables of a lexicon folder; without them, screening works by rules alone."""
    path = folder / QUESTIONS
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Wording({name: _table(folder, name, told[name]) for name in TABLES})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise PathwayError(
            f"lexicon/{path.name}", f"it cannot be read: {error}", "Learn it again"
        ) from None


def usage_of(wording: Wording) -> Usage:
    """What people write, and what sounds like it."""
    sound_of = {char: _blurred(sound) for char, sound in shipped_sounds().items()}
    runs = wording.tables["zh"].points["run"].keys() | wording.tables["zh.short"].points["run"]
    pairs: dict[str, list[str]] = {}
    for run in sorted(runs):
        if len(run) == PAIR and all(char in sound_of for char in run):
            pairs.setdefault(" ".join(sound_of[char] for char in run), []).append(run)
    return Usage(wording, sound_of, {two: tuple(found) for two, found in pairs.items()})


def _blurred(sound: str) -> str:
    """As the south speaks, and many keyboards take it: zhong and zong, ren and reng are one."""
    return BLURRED.sub("", sound)


def _table(folder: Path, table: str, told: Mapping[str, Any]) -> Table:
    questions = {
        name: Question(
            start=float(one["start"]),
            enough=float(one["enough"]),
            share=float(one.get("share", 0)),
            enough_with_meaning=float(one.get("enough_with_meaning", "inf")),
            calm=float(one.get("calm", "-inf")),
            calm_with_meaning=float(one.get("calm_with_meaning", "-inf")),
        )
        for name, one in ((name, told[name]) for name in CALLS_FOR if name in told)
    }
    if GRAVEST not in questions:
        raise ValueError(f"{table} does not say when it is an emergency")
    points: dict[str, dict[str, tuple[int, ...]]] = {kind: {} for kind in KINDS}
    for kind, feature, *numbers in _rows(folder / f"wording.{table}.tsv"):
        if len(numbers) != len(questions):
            raise ValueError(f"wording.{table}.tsv: {feature!r} has {len(numbers)} numbers")
        points[kind][feature] = tuple(map(int, numbers))
    return Table(questions, points)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)

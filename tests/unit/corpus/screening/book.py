"""The screening corpus: messages with the level they call for, and how to count them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.screening import Lexicons, Screening, screen
from bot.core.triage_level import TriageLevel

FOLDER = Path(__file__).parent
LEXICON = FOLDER.parents[3] / "pathways" / "shared" / "lexicon"
LABELS = ("emergency", "same_day", "nurse", "routine", "other")


@dataclass(frozen=True)
class Line:
    """One message. `label` is what it calls for; `nurse` is 48 hours or a question."""

    language: str
    split: str
    label: str
    sign: str
    text: str


@dataclass(frozen=True)
class Phrase:
    """One phrase of the clinical facts: positive, none, ask, other or hard."""

    language: str
    kind: str
    sign: str
    level: TriageLevel
    text: str


def lines(language: str, *splits: str) -> Iterator[Line]:
    """The messages of a language, of these splits or of all."""
    for row in _rows(f"{language}.tsv"):
        if not splits or row["split"] in splits:
            yield Line(language, row["split"], row["label"], row["sign"], row["text"])


def phrases() -> Iterator[Phrase]:
    """The phrases of the clinical facts."""
    for row in _rows("phrases.tsv"):
        level = TriageLevel.from_word(row["level"])
        yield Phrase(row["language"], row["kind"], row["sign"], level, row["text"])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def screened(text: str, lexicons: Lexicons) -> Screening:
    return screen(text, lexicons=lexicons)


def reaches_a_nurse(found: Screening) -> bool:
    """Whether a nurse gets to see it at all."""
    return found.level.needs_nurse or found.ask


def is_right(line: Line, found: Screening) -> bool:
    """Whether the message got at least what it calls for, and no needless alarm."""
    if line.label == "emergency":
        return found.level is TriageLevel.EMERGENCY
    if line.label == "same_day":
        return found.level >= TriageLevel.SAME_DAY
    if line.label == "nurse":
        return reaches_a_nurse(found)
    if line.label == "other":
        return found.another_person and not found.level.needs_nurse
    return not reaches_a_nurse(found)

"""Answers to the questions that the library really asks, by the hand `strangers`.

A line is `round`, `pathway/question`, the text and what must be read from it, in the words
of `data/eval/answers/README.md`; where two readings are right, `|` stands between them.
Every round was read once before anything was mended for it: those are the figures to
believe, and they stand in the README. Since then the lines teach: they belong to train or
dev by their text. Only of the fourth round a part is sealed, and nobody reads its misses.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.core.question import Kind, Question
from bot.core.reading import Reading, read
from bot.pathfiles.load import Library, load_library
from evaluation.answer_book import (
    FOLDER,
    ROOT,
    TODAY,
    answer_words,
    as_value,
    is_right,
)
from evaluation.corpus import part_of
from evaluation.figures import Figure

FIRST_ROUNDS, FOURTH = ("1", "2", "3"), ("4",)
MEASURED = (  # what is told of which rounds, and of which part of them
    ("strangers train", FIRST_ROUNDS, "train"),
    ("strangers dev", FIRST_ROUNDS, "dev"),
    ("strangers 4 dev", FOURTH, "dev"),
    ("strangers 4 sealed", FOURTH, "sealed"),
)
ROUNDING = 0.06  # a converted measure keeps one decimal
# A yes is the comfort here: what was done, who is there, what helps.
DEEDS = (
    *("helper", "exercises", "arm_exercises", "breathing_exercises", "pain_relief", "leg_raised"),
    *("mouth", "adult_present"),
)


@dataclass(frozen=True)
class Line:
    """One answer to one question of one pathway."""

    round: str
    language: str
    question: Question
    text: str
    expected: str

    @property
    def part(self) -> str:
        """Train or dev by the text. What would be sealed is dev in the rounds that were looked
        at; of the fourth, train was looked at as well as dev."""
        part = part_of(self.text)
        if self.round in FOURTH:
            return "sealed" if part == "sealed" else "dev"
        return "train" if part == "train" else "dev"


@lru_cache(maxsize=1)
def library() -> Library:
    return load_library(ROOT / "pathways")


def lines(
    language: str, part: str | None = None, rounds: tuple[str, ...] = FIRST_ROUNDS
) -> Iterator[Line]:
    """The lines of one language and some rounds: one part, or all that is not sealed."""
    path = FOLDER / f"strangers.{language}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            pathway, name = row["question"].split("/")
            question = library().pathway(pathway).questions[name]
            line = Line(row["round"], language, question, row["text"], row["expected"])
            wanted = line.part == part if part else line.part != "sealed"
            if wanted and line.round in rounds:
                yield line


def reading_of(line: Line) -> Reading:
    return read(line.text, line.question, words=answer_words(), language=line.language, today=TODAY)


def is_as_expected(line: Line, found: Reading) -> bool:
    """Whether one of the readings that count as right was made."""
    return any(_is(one, line, found) for one in line.expected.split("|"))


def _is(expected: str, line: Line, found: Reading) -> bool:
    kind = line.question.kind
    if kind is Kind.MEASURE and not expected.startswith("?") and isinstance(found.value, float):
        return abs(found.value - float(expected)) < ROUNDING
    return is_right(found, expected, kind)


def is_false_comfort(line: Line, found: Reading) -> bool:
    """Whether a value was stored that is better than what the person said."""
    if not found.understood or is_as_expected(line, found):
        return False
    kind, expected = line.question.kind, line.expected.split("|")[0]
    if kind is Kind.YES_NO:
        return found.value is (line.question.id in DEEDS)
    if kind in (Kind.CHOICE, Kind.CHOICES):
        return found.value == ("none",) or found.value == line.question.options[0].value
    if expected.startswith("?"):
        return found.value == (line.question.minimum or 0)
    value = as_value(expected, kind)
    return isinstance(value, float) and isinstance(found.value, float) and found.value < value


def figures() -> dict[str, list[Figure]]:
    """For each language and part: read right, stored wrongly, false comfort."""
    return {
        f"answers {one} {name}": _of(list(lines(one, part, rounds)))
        for one in ("zh", "en")
        for name, rounds, part in MEASURED
    }


def totals(language: str, part: str, rounds: tuple[str, ...]) -> tuple[int, ...]:
    """Lines, read right, stored wrongly, false comfort: of a sealed part nothing else is told."""
    right, stored, comfort = _of(list(lines(language, part, rounds)))
    return right.total, right.right, stored.right, comfort.right


def _of(some: list[Line]) -> list[Figure]:
    read_lines = [(one, reading_of(one)) for one in some]
    right = [is_as_expected(line, found) for line, found in read_lines]
    stored = [found.understood and not ok for (_, found), ok in zip(read_lines, right, strict=True)]
    comfort = [is_false_comfort(line, found) for line, found in read_lines]
    return [
        Figure("read right", sum(right), len(right)),
        Figure("wrong value stored", sum(stored), len(stored), 0.03, True),
        Figure("false comfort stored", sum(comfort), len(comfort)),
    ]

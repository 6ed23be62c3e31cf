"""Answers: how many are read right, by language, part and kind, and how many stored wrongly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from bot.core.reading import read
from evaluation import answer_book as book
from evaluation.corpus import LANGUAGES
from evaluation.figures import Figure

PARTS = ("dev", "test", "fresh", "quarry", "sealed")


def figures() -> dict[str, list[Figure]]:
    """For each language and part: read right, stored wrongly, false comfort, then by kind."""
    return {
        f"answers {language} {part}": _figures(language, part)
        for language in LANGUAGES
        for part in PARTS
    }


def misses(part: str = "dev") -> Iterator[str]:
    """Every line of a part that is not read as it should be."""
    for language in LANGUAGES:
        for line in book.lines(language, part):
            question = book.QUESTIONS[line.question]
            found = _read(line)
            if not book.is_right(found, line.expected, question.kind):
                yield f"{line.question}: {line.text!r} wanted {line.expected}, read {found}"


def _read(line: book.Line) -> book.Reading:
    return read(
        line.text,
        book.QUESTIONS[line.question],
        words=book.answer_words(),
        language=line.language,
        today=book.TODAY,
    )


def _figures(language: str, part: str) -> list[Figure]:
    total = right = stored = comfort = 0
    kinds: Counter[str] = Counter()
    good: defaultdict[str, int] = defaultdict(int)
    for line in book.lines(language, part):
        kind, found = book.QUESTIONS[line.question].kind, _read(line)
        is_right = book.is_right(found, line.expected, kind)
        total, right = total + 1, right + is_right
        stored += book.is_wrongly_stored(found, line.expected, kind)
        comfort += book.is_false_comfort(found, line.expected, kind)
        kinds[kind.value] += 1
        good[kind.value] += is_right
    return [
        Figure("read right", right, total),
        Figure("wrong value stored", stored, total, 0.03, True),
        Figure("false comfort stored", comfort, total),
        *(Figure(f"  {kind}", good[kind], kinds[kind]) for kind in sorted(kinds)),
    ]

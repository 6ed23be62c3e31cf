"""The answers of strangers to the library's own questions: what was reached stays."""

from __future__ import annotations

import pytest

from evaluation import library_answers as book

# A little below what is read right today (zh 96 %, en 93 %); the lines have taught, so they
# guard and measure nothing.
READ_RIGHT = 0.92
STORED_WRONGLY = 0.01


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_strangers_wrote_is_read_as_well_as_it_was(language: str) -> None:
    found = [(one, book.reading_of(one)) for one in book.lines(language)]
    right = [book.is_as_expected(line, reading) for line, reading in found]
    wrong = [
        f"{line.question.id}: {line.text} wanted {line.expected}, read {reading.value}"
        for (line, reading), ok in zip(found, right, strict=True)
        if reading.understood and not ok
    ]
    assert len(found) >= 250
    assert sum(right) / len(right) >= READ_RIGHT
    assert len(wrong) / len(right) <= STORED_WRONGLY, wrong


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_stranger_is_read_as_better_than_she_said(language: str) -> None:
    comforted = [
        f"{line.question.id}: {line.text} wanted {line.expected}"
        for line in book.lines(language)
        if book.is_false_comfort(line, book.reading_of(line))
    ]
    assert not comforted

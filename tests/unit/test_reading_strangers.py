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


# The fourth round: what was looked at guards, a little below what is read right today. Of its
# sealed part only the totals count, and a failure never shows a line.
FOURTH_RIGHT = {"dev": {"zh": 0.62, "en": 0.58}, "sealed": {"zh": 0.5, "en": 0.5}}
FOURTH_WRONG = {"dev": 0.03, "sealed": 0.07}
FOURTH_COMFORT = {"dev": 0, "sealed": 1}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("part", ["dev", "sealed"])
def test_the_fourth_round_is_read_as_well_as_it_was(language: str, part: str) -> None:
    total, right, stored, comfort = book.totals(language, part, book.FOURTH)
    assert total >= 100
    assert right / total >= FOURTH_RIGHT[part][language]
    assert stored / total <= FOURTH_WRONG[part]
    assert comfort <= FOURTH_COMFORT[part]

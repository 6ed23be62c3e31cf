"""The answer corpus as a guard: figures never fall, and no false comfort gets in."""

from __future__ import annotations

import pytest

from bot.core.reading import Reading, read
from evaluation.answer_book import (
    QUESTIONS,
    TODAY,
    Line,
    answer_words,
    is_false_comfort,
    is_right,
    is_wrongly_stored,
    lines,
)

LANGUAGES = ("zh", "en")


def reading(line: Line) -> Reading:
    return read(
        line.text,
        QUESTIONS[line.question],
        words=answer_words(),
        language=line.language,
        today=TODAY,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dev_part_is_read_right(language: str) -> None:
    wrong = [
        f"{one.question}: {one.text} wanted {one.expected}, read {reading(one)}"
        for one in lines(language, "dev")
        if not is_right(reading(one), one.expected, QUESTIONS[one.question].kind)
    ]
    assert not wrong


@pytest.mark.parametrize("split", ["test", "fresh"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_unseen_parts_stay_as_good_as_they_were(language: str, split: str) -> None:
    every = list(lines(language, split))
    good = [
        one for one in every if is_right(reading(one), one.expected, QUESTIONS[one.question].kind)
    ]
    stored = [
        one
        for one in every
        if is_wrongly_stored(reading(one), one.expected, QUESTIONS[one.question].kind)
    ]
    assert len(good) / len(every) >= 0.97
    assert len(stored) / len(every) <= 0.015


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_the_corpus_is_read_as_better_than_it_was_said(language: str) -> None:
    comforted = [
        "a sealed line, which is never shown"
        if one.split == "sealed"
        else f"{one.question}: {one.text} wanted {one.expected}, read {reading(one).value}"
        for one in lines(language)
        if is_false_comfort(reading(one), one.expected, QUESTIONS[one.question].kind)
    ]
    assert not comforted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corpus_is_large_and_covers_every_kind(language: str) -> None:
    every = list(lines(language))
    assert len(every) >= 500
    assert {QUESTIONS[one.question].kind for one in every} == {
        one.kind for one in QUESTIONS.values()
    }

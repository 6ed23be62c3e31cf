"""Screening figures: the corpus as a whole must not get worse than this."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest
from corpus.screening import book

from bot.core.screening import Screening, screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons

LANGUAGES = ("zh", "en")


@lru_cache(maxsize=1)
def _screened() -> tuple[tuple[book.Line, Screening], ...]:
    lexicons = load_lexicons(book.LEXICON)
    return tuple(
        (line, screen(line.text, lexicons=lexicons))
        for language in LANGUAGES
        for line in book.lines(language)
    )


def _of(language: str, label: str) -> list[Screening]:
    return [
        found for line, found in _screened() if line.language == language and line.label == label
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_emergencies_are_treated_as_emergencies(language: str) -> None:
    found = _of(language, "emergency")
    assert sum(one.level is TriageLevel.EMERGENCY for one in found) >= 0.97 * len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_emergencies_reach_a_nurse_the_same_day(language: str) -> None:
    found = _of(language, "emergency")
    assert sum(one.level >= TriageLevel.SAME_DAY for one in found) >= 0.99 * len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_day_messages_reach_a_nurse_the_same_day(language: str) -> None:
    found = _of(language, "same_day")
    assert sum(one.level >= TriageLevel.SAME_DAY for one in found) >= 0.97 * len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_routine_messages_are_seldom_taken_for_emergencies(language: str) -> None:
    found = _of(language, "routine")
    assert sum(one.level is TriageLevel.EMERGENCY for one in found) <= 0.02 * len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_routine_messages_seldom_need_a_nurse(language: str) -> None:
    found = _of(language, "routine")
    assert sum(book.reaches_a_nurse(one) for one in found) <= 0.15 * len(found)


def test_the_corpus_is_large_and_half_look_alikes() -> None:
    for language in LANGUAGES:
        labels = Counter(line.label for line in book.lines(language))
        assert sum(labels.values()) >= 400
        assert set(labels) == set(book.LABELS)
        assert labels["routine"] >= 0.4 * sum(labels.values())

"""Screening figures: measured over every hand's messages, they may rise, never fall."""

from __future__ import annotations

from collections import Counter

import pytest

from evaluation import answer_book as book
from evaluation import corpus, floor
from evaluation.corpus import Message, part_of
from evaluation.figures import Figure
from evaluation.judged import Judged, figures


def test_no_safety_figure_is_worse_than_it_was() -> None:
    assert list(floor.worse(floor.read_floor(), floor.measured())) == []


def test_a_lost_emergency_and_a_new_false_alarm_are_both_named() -> None:
    kept = {"zh dev": {"recall": [9, 10], "alarms": [1, 10]}}
    now = {"zh dev": [Figure("recall", 8, 10, 0.95), Figure("alarms", 2, 10, 0.05, True)]}
    assert len(list(floor.worse(kept, now))) == 2


def test_an_emergency_called_same_day_counts_for_the_day_only() -> None:
    message = Message("hand", "zh", "emergency", "chest_pain", "胸口疼", "dev")
    found = {one.name: one for one in figures([Judged(message, "same_day", to_nurse=True)])}
    assert found["emergency treated as emergency"].right == 0
    assert found["emergency to a nurse the same day"].right == 1


def test_an_interval_is_wide_for_few_and_narrow_for_many() -> None:
    low, high = Figure("few", 9, 10).interval()
    assert low < 0.6
    assert high > 0.97
    low, high = Figure("many", 900, 1000).interval()
    assert high - low < 0.04


def test_the_part_of_a_message_follows_from_its_text_alone() -> None:
    parts = Counter(part_of(f"第{number}句话") for number in range(2000))
    assert part_of("第1句话") == part_of("第1句话")
    assert parts["sealed"] == pytest.approx(600, abs=80)


@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_the_corpus_is_large_and_near_half_of_it_needs_no_nurse(language: str) -> None:
    labels = Counter(one.label for one in corpus.screening(language, first=False))
    assert sum(labels.values()) >= 6000
    assert set(labels) == set(corpus.LABELS)
    assert labels["routine"] + labels["other"] >= 0.4 * sum(labels.values())


@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_questions_and_answers_are_many(language: str) -> None:
    assert len(list(corpus.questions(language))) >= 1000
    assert len(list(book.lines(language))) >= 1000


@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_a_hand_that_stands_for_strangers_is_sealed_as_a_whole(language: str) -> None:
    for hand in corpus.SEALED_HANDS:
        parts = {one.part for one in corpus.screening(language) if one.hand == hand}
        assert parts == {"sealed"}

"""Whose it is, of which day, and what a saying with a number in it does not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.question import Question
from bot.core.reading import AnswerWords, Outcome, Reading, read
from bot.core.screening import screen
from bot.pathfiles.lexicons import load_lexicons

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fall", "my husband fell on Sunday"),
        ("fall", "我老公摔了一跤"),
        ("fall", "my neighbour fell, not me"),
        ("blood_thinner", "my wife takes hers every day"),
        ("temperature", "我孙子昨天烧到39，我没事"),
        ("temperature", "my daughter has 39.2, I am fine"),
    ],
)
def test_what_a_relative_has_is_asked_back(
    name: str, text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert not read(text, questions[name], words=answer_words).understood


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("fall", "my husband saw me fall", True),
        ("fall", "我妈摔了一跤", True),  # children write for their parents
        ("temperature", "my wife took it, 37.5", 37.5),
        ("temperature", "老婆给我量的37.5", 37.5),
        ("helper", "my son is here", True),
        ("child_temperature", "我儿子38.6", 38.6),  # a parent answers for the child
        ("temperature", "孩子39，我自己36.7", 36.7),
    ],
)
def test_what_a_relative_does_for_the_patient_is_the_patients(
    name: str, text: str, value: object, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions[name], words=answer_words).value == value


@pytest.mark.parametrize(
    "text", ["昨天38.9，今天退到36.9了", "38.9 yesterday, 36.9 today", "周一38.9，今天36.9"]
)
def test_the_temperature_of_today_counts_and_a_nurse_sees_the_fever_of_before(
    text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions["temperature"], words=answer_words).value == 36.9
    found = screen(text, lexicons=load_lexicons(PATHWAYS / "shared" / "lexicon"))
    assert found.ask or found.level.needs_nurse


@pytest.mark.parametrize(
    "text", ["昨晚38.9，今天36.9", "昨天半夜38.9，今天36.9", "38.9 last night, 36.9 now"]
)
def test_a_fever_of_the_night_still_counts(
    text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions["temperature"], words=answer_words).value == 38.9


@pytest.mark.parametrize("text", ["八、九不离十", "十有八九", "nine times out of ten"])
def test_a_saying_with_a_number_in_it_is_no_score(
    text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert not read(text, questions["pain_now"], words=answer_words).understood


@pytest.mark.parametrize(
    ("name", "text", "offered"),
    [
        ("temperature", "three eight point five", 38.5),
        ("temperature", "thirty seven four", 37.4),
        ("temperature", "83.5", 38.5),
    ],
)
def test_a_number_as_dictation_writes_it_is_asked_back_with_what_it_may_mean(
    name: str, text: str, offered: float, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    found = read(text, questions[name], words=answer_words)
    assert found.outcome is Outcome.ASK_BACK
    assert offered in found.candidates


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("satisfaction", "五颗星", 5.0),
        ("satisfaction", "满分", 5.0),
        ("satisfaction", "3 stars", 3.0),
        ("satisfaction", "4 or 5", 4.0),  # the lower one brings the nurse's call
        ("effort", "six out of seven", 6.0),
        ("pressure", "132 over 84", 132.0),
        ("pressure", "高压135低压80", 135.0),
        ("weight", "80.2 yesterday, 81 this morning", 81.0),
    ],
)
def test_a_number_on_its_own_scale_is_read(
    name: str, text: str, value: float, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions[name], words=answer_words).value == value


@pytest.mark.parametrize("text", ["满分", "五颗星", "4 out of 5", "2-3 days a week"])
def test_a_number_of_another_scale_is_no_pain_score(
    text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    found: Reading = read(text, questions["pain_now"], words=answer_words)
    assert not found.understood

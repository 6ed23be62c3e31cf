"""What the library writes on its buttons is read back as the answer it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.condition import UNKNOWN, Answered
from bot.core.pathway import Case, Pathway
from bot.core.question import Kind, Option, Question
from bot.core.reading import AnswerWords, read
from bot.core.reading.result import Value
from bot.core.triage import triage
from bot.core.words import LANGUAGES
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.load import load_library

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"
LIBRARY = load_library(PATHWAYS)
# A phrase may be asked back (never read as another answer); this share must be read at once.
READ_AT_ONCE = 0.98


@pytest.fixture(scope="module")
def answer_words() -> AnswerWords:
    return load_answer_words(PATHWAYS / "shared" / "answer_words")


def _questions() -> Iterator[Question]:
    seen: set[str] = set()
    for pathway in LIBRARY.pathways.values():
        for question in pathway.questions.values():
            if question.options and repr(question) not in seen:
                seen.add(repr(question))
                yield question


def _value(question: Question, option: Option) -> Value:
    if question.kind is Kind.SCALE:
        return option.counts
    if question.kind is Kind.YES_NO:
        return option.value == "yes"
    return (option.value,) if question.kind is Kind.CHOICES else option.value


def _said(question: Question, answer: Answered, language: str) -> str:
    """How a patient says the answer of a case, by the words on the buttons."""
    if answer is UNKNOWN:
        return "???"
    if isinstance(answer, float):
        return f"{answer:g}"
    if isinstance(answer, bool):
        answer = "yes" if answer else "no"
    buttons = {option.value: option.words.say(language) for option in question.options}
    if isinstance(answer, tuple):
        return ("，" if language == "zh" else ", ").join(buttons[one] for one in answer)
    plain = {"zh": {"yes": "有", "no": "没有"}, "en": {"yes": "yes", "no": "no"}}
    return buttons.get(str(answer)) or plain[language].get(str(answer)) or str(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_is_read_as_its_own_answer(language: str, answer_words: AnswerWords) -> None:
    for question in _questions():
        for option in question.options:
            reading = read(option.words.say(language), question, words=answer_words)
            assert reading.value == _value(question, option), (question.id, option.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_way_of_saying_an_answer_is_read_as_another_one(
    language: str, answer_words: AnswerWords
) -> None:
    heard = total = 0
    for question in _questions():
        for option in question.options:
            for phrase in option.also.get(language, ()):
                reading = read(phrase, question, words=answer_words)
                total += 1
                heard += reading.understood
                if reading.understood:
                    assert reading.value == _value(question, option), (question.id, phrase)
    assert heard / total >= READ_AT_ONCE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pathway", LIBRARY.pathways.values(), ids=lambda one: one.id)
def test_every_case_reaches_its_level_in_words_too(
    pathway: Pathway, language: str, answer_words: AnswerWords
) -> None:
    for case in pathway.cases:
        answers = _heard(pathway, case, language, answer_words)
        result = triage(pathway, case.facts.with_answers(answers))
        assert result.level is case.level, (case.id, answers)


def _heard(
    pathway: Pathway, case: Case, language: str, answer_words: AnswerWords
) -> dict[str, Answered]:
    heard: dict[str, Answered] = {}
    for name, answer in case.facts.answers.items():
        question = pathway.questions[name]
        reading = read(_said(question, answer, language), question, words=answer_words)
        value = reading.value if reading.understood else None
        heard[name] = UNKNOWN if value is None else value
    return heard

"""The library's own questions and answer words, read once for all tests of reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.question import Question
from bot.core.reading import AnswerWords
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.load import load_library

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"


@pytest.fixture(scope="session")
def questions() -> dict[str, Question]:
    """Every question of the sixteen pathways by its name."""
    pathways = load_library(PATHWAYS).pathways.values()
    return {name: one for pathway in pathways for name, one in pathway.questions.items()}


@pytest.fixture(scope="session")
def answer_words() -> AnswerWords:
    return load_answer_words(PATHWAYS / "shared" / "answer_words")

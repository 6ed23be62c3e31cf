"""Line: one reading as the command line shows it."""

from __future__ import annotations

from datetime import date

from bot.core.question import Question
from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.read import read


def parse_line(
    text: str, question: Question, words: AnswerWords, *, today: date | None = None
) -> dict[str, object]:
    """Read one line for `aftercare parse`; `value` is None unless it was understood."""
    reading = read(text, question, words=words, today=today)
    value: object = reading.value if reading.understood else None
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, float) and value == int(value) and reading.unit != "Cel":
        value = int(value)
    return {
        "text": text,
        "value": value,
        "unit": question.unit if reading.understood else None,
        "understood": reading.understood,
    }

"""Reading: what a patient's own words say in answer to one question."""

from __future__ import annotations

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.line import parse_line
from bot.core.reading.many import read_many
from bot.core.reading.read import read
from bot.core.reading.result import Outcome, Reading, Value

__all__ = ["AnswerWords", "Outcome", "Reading", "Value", "parse_line", "read", "read_many"]

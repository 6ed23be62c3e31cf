"""Asking: whether a message asks something, by its form alone."""

from __future__ import annotations

import re
from typing import Final

# Question marks, sentence-final particles and question words of both languages.
# A wrong "yes" costs one extra answer, a wrong "no" leaves the reading in charge.
FORMS: Final = re.compile(
    r"[?？]|[吗么呢嘛][\s。.!！~，,]*$|怎么|什么|啥|几时|多久|多少|哪|能不能|可不可以|可以.*吗|要不要|是不是|"
    r"\b(what|when|how|why|where|which|can i|could i|should i|may i|is it|are there|do i|"
    r"am i|are you|do you|is this|is there|who am|who is|who are|who can|will you|can you|"
    r"could you|will it|does it|does this)\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether the words have the form of a question."""
    return bool(FORMS.search(text))

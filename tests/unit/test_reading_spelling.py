"""Slips of the thumb: they are mended where the word is plain, and never into comfort."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from bot.core.reading import read
from evaluation import library_answers as book
from evaluation.answer_book import QUESTIONS, answer_words

SLIPS_EACH = 3
WORD = re.compile("[A-Za-z]{5,}")


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("pain_rest", "egiht", 8.0),
        ("pain_rest", "fve", 5.0),
        ("pain_rest", "seven. no, call it an eght", 8.0),
        ("missed_doses", "once or tiwce", 2.0),
        ("temperature", "thirty eigth point two", 38.2),
        ("temperature", "normally 36 but 37.8 todday", 37.8),
        ("calf", "yse", True),
        ("calf", "noooo", False),
        ("wound", "clena and dry", ("none",)),
    ],
)
def test_a_word_that_decides_is_read_with_a_slip_in_it(
    question: str, text: str, value: object
) -> None:
    assert read(text, QUESTIONS[question], words=answer_words()).value == value


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("missed_doses", "two or tree"),  # another number was meant, nobody knows which
        ("pain_rest", "there"),
        ("pain_rest", "thre"),  # three, or there
    ],
)
def test_what_may_be_another_word_is_not_mended(question: str, text: str) -> None:
    assert not read(text, QUESTIONS[question], words=answer_words()).understood


def test_the_span_is_cut_from_what_was_typed() -> None:
    found = read("about egiht today", QUESTIONS["pain_rest"], words=answer_words())
    assert found.span == "egiht"


def test_no_slip_turns_a_strangers_answer_into_a_comfort() -> None:
    chance = random.Random(7)  # noqa: S311, reproducible slips
    for line in book.lines("en"):
        if not book.is_as_expected(line, book.reading_of(line)):
            continue
        for _ in range(SLIPS_EACH):
            slipped = replace(line, text=_with_a_slip(line.text, chance))
            found = book.reading_of(slipped)
            assert not book.is_false_comfort(slipped, found), (slipped.text, found.value)


def _with_a_slip(text: str, chance: random.Random) -> str:
    words = list(WORD.finditer(text))
    if not words:
        return text
    one = chance.choice(words)
    word, at = one.group(), chance.randrange(1, len(one.group()) - 2)
    slip = chance.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )
    return text[: one.start()] + slip + text[one.end() :]

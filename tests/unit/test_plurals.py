"""A number and its noun agree, in every English text that counts something."""

from __future__ import annotations

import re

import pytest

from bot.commands.release_words import SAID
from bot.console.texts import texts
from bot.core.plurals import fill_in
from bot.core.simulation.page_words import PAGE

ENGLISH = {**texts("en"), **SAID["en"], **PAGE["en"]}
# "2 errors": a number and what it counts, without the word for one.
COUNTS = re.compile(
    r"\{(?:count|n|errors|warnings|patients|days|hours|minutes|operations)(?::g)?\}"
    r" (?:\w+ )?"
    r"(patients|check-ins|entries|days|hours|minutes|codes|fields|operations|reminders|shifts|rows|weeks)\b"
)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 patients"),
        (1, "1 patient"),
        (2, "2 patients"),
        (0.4, "0.4 patients"),
    ],
)
def test_the_noun_follows_the_number(number: float, said: str) -> None:
    assert fill_in("{n:g} {n:patient|patients}", n=number) == said


def test_what_is_no_plural_is_filled_in_as_ever() -> None:
    assert fill_in("{who}: {share:.0%}, day {n}", who="Li", share=0.25, n=1) == "Li: 25%, day 1"
    with pytest.raises(KeyError):
        fill_in("{nobody}", n=1)


def test_no_english_text_counts_in_the_plural_only() -> None:
    assert {key: text for key, text in ENGLISH.items() if COUNTS.search(text)} == {}

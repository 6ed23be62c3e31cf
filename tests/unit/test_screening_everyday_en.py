"""What English messages say in passing: sayings, old times, lists of signs that are all denied.

By the rules alone: a learned table may raise a message, never lower it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.screening import screen
from bot.core.screening.lexicon import Lexicons
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons

FOLDER = Path(__file__).resolve().parents[2] / "pathways" / "shared" / "lexicon"


@pytest.fixture(scope="module")
def rules() -> Lexicons:
    return replace(load_lexicons(FOLDER), wording=None)


@pytest.mark.parametrize(
    "text",
    [
        "Has she bled? No. Trouble breathing? On the contrary.",
        "The form asks about angina (none), blackouts (none) and palpitations (none).",
        "We go through the list, fever, bleeding, vomiting. None of those.",
        "I had a stroke in 2009. It left no trace.",
        "Fainted giving blood twenty odd years back.",
        "In 1999 I had a bad clot. I couldn't breathe and passed out.",
        "Before the operation I couldn't sleep flat, I fainted a lot.",
        "We watched a hospital drama, blood everywhere.",
        "The bill nearly gave me a heart attack.",
        "The brace fits nicely.",
        "A faint pink line where the stitches were.",
        "Gasping for a brew here.",
    ],
)
def test_what_is_said_in_passing_is_no_emergency(text: str, rules: Lexicons) -> None:
    assert screen(text, lexicons=rules).level is not TriageLevel.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "Chest pain? No, more like an elephant sitting on it.",
        "Chest pain, sweating. Used my spray three times, none of them worked",
        "Coughing blood, rang three numbers, none of them answered",
        "Face drooping, slurred speech. Nothing to report about the wound",
        "He has vomited a total of 2000 ml of blood",
        "Everyone would cope better without me",
        "I do not want to be here any more, I have written the letters",
        "I have chest pain and cannot breathe. None of those tablets help.",
        "I had a stroke in 2019 and now my face is drooping.",
        "In 2019 I had my valve done. I couldn't breathe last night and passed out.",
        "I watched a film and then I collapsed.",
        "I nearly fainted when I stood up.",
        "She is fitting now.",
        "He had fits again this morning.",
        "Went to sit on the floor because everything went black.",
        "Bleeding heavily since birth, soaking pads.",
        "My bum went numb and I have wet myself.",
    ],
)
def test_the_like_of_it_that_is_real_stays_an_emergency(text: str, rules: Lexicons) -> None:
    assert screen(text, lexicons=rules).level is TriageLevel.EMERGENCY


def test_an_old_wish_to_die_is_still_asked_about(rules: Lexicons) -> None:
    found = screen("In 2012 I did make plans to end it, I got help.", lexicons=rules)
    assert found.ask or found.level.needs_nurse

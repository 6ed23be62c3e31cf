"""Screening against the phrases of the clinical facts: none of these may ever be missed."""

from __future__ import annotations

import pytest

from bot.core.screening import Lexicons, screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return load_lexicons(corpus.LEXICON)


def of_kind(kind: str) -> list[corpus.Phrase]:
    found = [one for one in corpus.phrases() if one.kind == kind]
    assert found, f"the corpus holds no {kind} phrases"
    return found


def test_every_hard_positive_fires_its_sign(lexicons: Lexicons) -> None:
    missed = [
        one.text
        for one in of_kind("hard")
        if one.sign not in {flag.code for flag in screen(one.text, lexicons=lexicons).red_flags}
    ]
    assert missed == []


def test_every_red_flag_phrase_reaches_its_level(lexicons: Lexicons) -> None:
    missed = [
        one.text
        for one in of_kind("positive")
        if screen(one.text, lexicons=lexicons).level < one.level
    ]
    assert missed == []


def test_what_must_not_fire_never_reaches_a_nurse_as_an_emergency(lexicons: Lexicons) -> None:
    fired = [
        one.text for one in of_kind("none") if screen(one.text, lexicons=lexicons).level.needs_nurse
    ]
    assert fired == []


def test_doubtful_phrases_are_never_lost_and_never_an_emergency(lexicons: Lexicons) -> None:
    for one in of_kind("ask"):
        found = screen(one.text, lexicons=lexicons)
        assert found.level is not TriageLevel.EMERGENCY, one.text
        assert found.ask or found.level > TriageLevel.ROUTINE, one.text


def test_another_person_raises_no_alarm_for_the_patient(lexicons: Lexicons) -> None:
    raised = [
        one.text
        for one in of_kind("other")
        if screen(one.text, lexicons=lexicons).level.needs_nurse
    ]
    assert raised == []


def test_a_red_flag_says_which_words_and_why(lexicons: Lexicons) -> None:
    found = screen("my calf is hot and swollen", lexicons=lexicons)
    flag = found.red_flags[0]
    assert flag.span in "my calf is hot and swollen"
    assert flag.why


@pytest.mark.parametrize(
    "nonsense", ["", "   ", "🙂🙂", "\x00\x01", "\u202e\u202e", "<script>alert(1)</script>"]
)
def test_nonsense_is_safe(lexicons: Lexicons, nonsense: str) -> None:
    assert not screen(nonsense, lexicons=lexicons).level.needs_nurse

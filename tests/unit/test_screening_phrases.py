"""Screening against the phrases of the clinical facts and the house's own corpus.

A figure may rise and is then written down here; it may never fall. Every miss is
listed by `python -m benchmarks.screening`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from bot.core.screening import Lexicons
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from tests.unit.corpus.screening import book


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return load_lexicons(book.LEXICON)


def of_kind(kind: str) -> list[book.Phrase]:
    found = [one for one in book.phrases() if one.kind == kind]
    assert found, f"the corpus holds no {kind} phrases"
    return found


def test_every_hard_positive_fires_its_sign(lexicons: Lexicons) -> None:
    missed = [
        one.text
        for one in of_kind("hard")
        if one.sign not in {flag.code for flag in book.screened(one.text, lexicons).red_flags}
    ]
    assert missed == []


def test_every_red_flag_phrase_reaches_its_level(lexicons: Lexicons) -> None:
    missed = [
        one.text
        for one in of_kind("positive")
        if book.screened(one.text, lexicons).level < one.level
    ]
    assert missed == []


def test_what_must_not_fire_never_reaches_a_nurse_as_an_emergency(lexicons: Lexicons) -> None:
    fired = [
        one.text for one in of_kind("none") if book.screened(one.text, lexicons).level.needs_nurse
    ]
    assert fired == []


def test_doubtful_phrases_are_never_lost_and_never_an_emergency(lexicons: Lexicons) -> None:
    for one in of_kind("ask"):
        found = book.screened(one.text, lexicons)
        assert found.level is not TriageLevel.EMERGENCY, one.text
        assert found.ask or found.level > TriageLevel.ROUTINE, one.text


def test_another_person_raises_no_alarm_for_the_patient(lexicons: Lexicons) -> None:
    raised = [
        one.text for one in of_kind("other") if book.screened(one.text, lexicons).level.needs_nurse
    ]
    assert raised == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_corpus_keeps_its_safety_figures(lexicons: Lexicons, language: str) -> None:
    seen: Counter[str] = Counter()
    for line in book.lines(language):
        found = book.screened(line.text, lexicons)
        seen[line.label] += 1
        if line.label == "emergency":
            seen["as emergency"] += found.level is TriageLevel.EMERGENCY
            seen["same day"] += found.level >= TriageLevel.SAME_DAY
        elif line.label == "routine":
            seen["false emergency"] += found.level is TriageLevel.EMERGENCY
            seen["to a nurse"] += book.reaches_a_nurse(found)
    assert seen["as emergency"] / seen["emergency"] >= 0.95
    assert seen["same day"] / seen["emergency"] >= 0.99
    assert seen["false emergency"] / seen["routine"] <= 0.05
    assert seen["to a nurse"] / seen["routine"] <= 0.25


def test_a_red_flag_says_which_words_and_why(lexicons: Lexicons) -> None:
    found = book.screened("my calf is hot and swollen", lexicons)
    flag = found.red_flags[0]
    assert flag.span in "my calf is hot and swollen"
    assert flag.why


@pytest.mark.parametrize(
    "nonsense", ["", "   ", "🙂🙂", "\x00\x01", "\u202e\u202e", "<script>alert(1)</script>"]
)
def test_nonsense_is_safe(lexicons: Lexicons, nonsense: str) -> None:
    assert not book.screened(nonsense, lexicons).level.needs_nurse

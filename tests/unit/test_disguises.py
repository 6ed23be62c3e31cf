"""What a person sees is what is read, whatever was sent to show it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.disguises import taken_off


def seen(raw: str) -> str:
    return taken_off(raw)[0]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("no&nbsp;pain", "no\xa0pain"),
        ("no&amp;nbsp;pain", "no\xa0pain"),
        ("no&nbsp pain", "no\xa0 pain"),
        ("&#112;&#x61;in", "pain"),
        ("38&deg;2 &lt;39", "38°2 <39"),
        ("no<br/>fever", "no\nfever"),
        ("<p class='x'>疼</p>", "\n疼\n"),
        ("p<b>ai</b>n", "pain"),
    ],
)
def test_markup_is_read_as_a_browser_shows_it(raw: str, shown: str) -> None:
    assert seen(raw) == shown


@pytest.mark.parametrize("raw", ["pain <5", "a < b > c", "<3", "5 & 6; 7", "AT&T;", "血压<120>80"])
def test_signs_that_only_look_like_markup_stay(raw: str) -> None:
    assert seen(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "p\u0430in",  # a Cyrillic a
        "\u0440\u0430in",
        "p\u03b1in",  # a Greek alpha
        "p\u00e1in",
        "pa\u0131n",
    ],
)
def test_a_word_that_looks_like_pain_is_pain(raw: str) -> None:
    assert seen(raw) == "pain"


@pytest.mark.parametrize("raw", ["больно", "нет", "β", "5µg", "ＮＯ", "疼", "が", "℃", "½"])
def test_other_languages_and_signs_stay_as_they_are(raw: str) -> None:
    assert seen(raw) == raw


@settings(deadline=None)
@given(st.text(max_size=60))
def test_every_letter_knows_its_place(raw: str) -> None:
    shown, places = taken_off(raw)
    assert len(shown) == len(places)
    assert list(places) == sorted(places)
    assert all(0 <= place < len(raw) for place in places)


@pytest.mark.parametrize("raw", ["&", "&amp;", "<p ", "а", "<!--", "a\u0301"])
def test_a_long_message_is_no_slower_by_the_letter(raw: str) -> None:
    began = time.perf_counter()
    taken_off(raw * (100_000 // len(raw)))
    assert time.perf_counter() - began < 1.0

"""A very long message is screened to its last word, in time that grows with its length only."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.screening import screen
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.whole import OVERLAP, PIECE
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons

FOLDER = Path(__file__).resolve().parents[2] / "pathways" / "shared" / "lexicon"


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return load_lexicons(FOLDER)


@pytest.mark.parametrize("before", [0, PIECE - 5, PIECE - OVERLAP - 3, 3 * PIECE + 7])
def test_a_red_flag_is_found_wherever_it_stands(lexicons: Lexicons, before: int) -> None:
    text = ("今天吃了两碗饭。" * PIECE)[:before] + "我胸口疼得厉害。" + "天气很好。" * 400
    assert screen(text, lexicons=lexicons).level is TriageLevel.EMERGENCY


def test_a_message_full_of_red_flags_is_joined_into_each_sign_once(lexicons: Lexicons) -> None:
    found = screen("我胸口疼得厉害，喘不上气。" * 2_000, lexicons=lexicons)
    codes = [(flag.code, flag.level) for flag in found.red_flags]
    assert found.level is TriageLevel.EMERGENCY
    assert len(codes) == len(set(codes))


def test_a_long_harmless_message_stays_routine(lexicons: Lexicons) -> None:
    assert screen("今天吃了两碗饭。" * 2_000, lexicons=lexicons).level is TriageLevel.ROUTINE

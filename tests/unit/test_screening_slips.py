"""Screening and slips of the keyboard that no list foresees."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.screening import screen
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.plain import is_han, plain
from bot.core.screening.slips import mended
from bot.core.screening.usage import Usage
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus

LEXICONS = load_lexicons(corpus.LEXICON)
# By the rules alone: points and the sentence model hear many a slip as well.
AS_TYPED = replace(LEXICONS, usage=None, wording=None)
EVERY = 11  # of the emergencies of others, so many apart: enough to tell, and quick
MOST_LOST = 0.03


def _level(text: str, lexicons: Lexicons = LEXICONS) -> TriageLevel:
    return screen(text, lexicons=lexicons).level


@pytest.mark.parametrize(
    "text",
    [
        "雪哗哗的",
        "嘴外了",
        "叫不姓",
        "short of breah walking to loo",
        "half my fcae feels dead",
    ],
)
def test_what_nobody_writes_is_read_as_what_sounds_or_looks_like_it(text: str) -> None:
    assert _level(text, AS_TYPED) < TriageLevel.EMERGENCY, "no list knows it"
    assert _level(text) is TriageLevel.EMERGENCY


@pytest.mark.parametrize(
    ("text", "words"), [("护士 嘴外了", "嘴外"), ("half my fcae feels dead", "half my fcae")]
)
def test_the_nurse_sees_the_very_words(text: str, words: str) -> None:
    assert words in screen(text, lexicons=LEXICONS).red_flags[0].span


@pytest.mark.parametrize(
    "text", ["".join(chr(97 + at * at % 26) for at in range(4_000)), "qwzx vkjq " * 400]
)
def test_a_word_without_end_and_words_without_sense_are_not_searched_for(text: str) -> None:
    usage = LEXICONS.usage
    assert usage is not None
    asked: list[str] = []

    class Counted(Usage):
        def is_said(self, words: str) -> bool:
            asked.append(words)
            return super().is_said(words)

    mended(plain(text, LEXICONS), 0, Counted(usage.wording, usage.sound_of, usage.pairs))
    assert len(asked) < 30_000


def _swapped(text: str, chance: random.Random) -> str:
    """Two neighbouring letters of one word change places."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long:
        return text
    at = chance.choice(long)
    word, place = words[at], chance.randrange(len(words[at]) - 1)
    words[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(words)


def _misheard(text: str, chance: random.Random) -> str:
    """One character becomes another of its sound."""
    assert LEXICONS.usage is not None
    sounds = LEXICONS.usage.sound_of
    at = chance.choice([at for at, char in enumerate(text) if char in sounds])
    same = [other for other in sounds if other != text[at] and sounds[other] == sounds[text[at]]]
    return text[:at] + chance.choice(same or [text[at]]) + text[at + 1 :]


@pytest.mark.parametrize(("language", "slip"), [("en", _swapped), ("zh", _misheard)])
def test_one_slip_hides_hardly_any_emergency_of_other_hands(
    language: str, slip: Callable[[str, random.Random], str]
) -> None:
    chance = random.Random(20251130)  # noqa: S311 - the same slips every time
    told = corpus.screening(language, "train", "dev", first=False)
    known = [
        one.text
        for one in [one for one in told if one.label == "emergency"][::EVERY]
        if _level(one.text) is TriageLevel.EMERGENCY
        and any(map(is_han, one.text)) == (language == "zh")
    ]
    lost = [text for text in known if _level(slip(text, chance)) < TriageLevel.EMERGENCY]
    assert len(lost) <= MOST_LOST * len(known), lost

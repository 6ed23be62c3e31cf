"""Slips: what nobody writes, read as the likely thing that sounds or looks like it.

No list foresees the slips of a phone's keyboard: 雪哗哗的 for 血哗哗的, "short of breah". Two
characters that stand together in no message of the lessons, or a word that is in none, are held
against those that do: of the same sound in Chinese, one letter off in English. What then
fits its neighbours best is read beside the message as it was written, and may only raise its
level, see `screen.py`. What stands in the lessons is known from the points tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Final

from bot.core.screening.plain import Plain, has_han, is_han
from bot.core.screening.usage import Usage

# How much more usual the neighbourhood must become; chosen as in decision 0004.
ENOUGH_HAN: Final = 3
ENOUGH_LATIN: Final = 1
SHORTEST, LONGEST = 3, 20  # letters of an English word
MOST_UNKNOWN: Final = 40  # English words; of more no neighbour tells anything
RUNS: Final = (2, 3, 4)  # characters that stand together
WORDS: Final = (2, 3)  # words that stand together
TOKEN: Final = re.compile(r"[a-z]+|\d+|[^a-z\d ]")


@dataclass(frozen=True)
class _Mend:
    start: int
    end: int
    better: str
    gain: int


def mended(one: Plain, new_from: int, usage: Usage) -> Plain | None:
    """The message without its slips; its `joins` are where they were. None without slips."""
    find = _of_han if has_han(one.text[new_from:]) else _of_latin
    chosen: list[_Mend] = []
    for mend in sorted(find(one.text, new_from, usage), key=lambda mend: -mend.gain):
        if all(mend.end <= other.start or other.end <= mend.start for other in chosen):
            chosen.append(mend)
    return _with(one, sorted(chosen, key=lambda mend: mend.start)) if chosen else None


def _of_han(text: str, new_from: int, usage: Usage) -> Iterator[_Mend]:
    for start in range(new_from, len(text) - 1):
        pair = text[start : start + 2]
        if not (is_han(pair[0]) and is_han(pair[1])) or usage.is_run(pair):
            continue
        usual = _usual_runs(text, start, usage)
        better, gain = "", ENOUGH_HAN - 1
        for other in usage.alike(pair):
            changed = text[:start] + other + text[start + 2 :]
            more = _usual_runs(changed, start, usage) - usual
            if more > gain:
                better, gain = other, more
        if better:
            yield _Mend(start, start + 2, better, gain)


def _usual_runs(text: str, start: int, usage: Usage) -> int:
    """How usual the characters around a pair are; a longer run says more."""
    near = text[max(0, start - max(RUNS) + 1) : start + 1 + max(RUNS)]
    return sum(
        size - 1
        for size in RUNS
        for place in range(len(near) - size + 1)
        if usage.is_run(near[place : place + size])
    )


def _of_latin(text: str, new_from: int, usage: Usage) -> Iterator[_Mend]:
    found = list(TOKEN.finditer(text, new_from))
    words = ["#" if one[0].isdigit() else one[0] for one in found]
    unknown = [
        number
        for number, word in enumerate(words)
        if SHORTEST <= len(word) <= LONGEST and not usage.is_said(word)
    ]
    for number in unknown[:MOST_UNKNOWN]:
        word = words[number]
        fits = {
            other: _usual_words(words, number, other, usage)
            for other in sorted(_one_letter_off(word))  # the same choice in every run
            if usage.is_said(other)
        }
        better = max(fits, key=lambda other: (fits[other], other[0] == word[0]), default="")
        if better and fits[better] >= ENOUGH_LATIN:
            yield _Mend(*found[number].span(), better, fits[better])


def _one_letter_off(word: str) -> set[str]:
    """One letter missing, too much, another, or two swapped; never fewer than `SHORTEST`."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    fewer = {left + right[1:] for left, right in cuts if right and len(word) > SHORTEST}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    other = {left + one + right[1:] for left, right in cuts if right for one in ascii_lowercase}
    more = {left + one + right for left, right in cuts for one in ascii_lowercase}
    return fewer | swapped | other | more


def _usual_words(words: list[str], number: int, better: str, usage: Usage) -> int:
    """How usual a word is beside its neighbours."""
    told = [*words[:number], better, *words[number + 1 :]]
    return sum(
        size - 1
        for size in WORDS
        for place in range(max(0, number - size + 1), min(number, len(told) - size) + 1)
        if usage.is_said(" ".join(told[place : place + size]))
    )


def _with(one: Plain, mends: list[_Mend]) -> Plain:
    """`one` with these places changed; each new letter stands for the word as it was written."""
    pieces: list[str] = []
    places: list[int] = []
    slips: list[int] = []
    done = 0
    for mend in mends:
        pieces += one.text[done : mend.start], mend.better
        places += one.at[done : mend.start]
        slips.append(len(places) + 1)
        places += [one.at[mend.start]] * (len(mend.better) - 1) + [one.at[mend.end - 1]]
        done = mend.end
    text = "".join(pieces) + one.text[done:]
    return replace(one, text=text, at=(*places, *one.at[done:]), joins=tuple(slips))

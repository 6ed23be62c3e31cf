"""Sounds: Chinese words that decide an answer, typed by pinyin with a wrong character.

梅有 is 没有 and 体文 is 体温: what sounds like exactly one listed phrase and shares a telling
character with it. Nothing that a list knows is touched, neither words of their own
(`other_sound`) nor characters that stand everywhere (`everyday`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.folding import Text
from bot.core.reading.phrases import Book

CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
LENGTHS = (5, 4, 3, 2)  # characters of a phrase, the longest first
# With one of these alone a phrase tells too little: 甩了 is no 摔了, unless it is all that is said.
FUNCTION = frozenset("不没无有又还很也都就是了过着得的地一二两三几我你他她在再才能会要老总最点")
FRONTS = ("不", "没", "很", "还", "又", "有点")
Sounds = dict[tuple[str, ...], str]


def heard(text: Text, words: AnswerWords, own: Sequence[tuple[Book, Sounds]]) -> Text:
    """`text` with its misheard characters put right; it keeps its length.

    `own` are the phrases of the questions that it may answer, with how each sounds.
    """
    if not CHINESE.search(text.folded):
        return text
    mended = _Ear(text.folded, words, own).mended()
    return text if mended == text.folded else replace(text, folded=mended)


def sounds_of(phrases: Iterable[str], words: AnswerWords) -> Sounds:
    """How each Chinese phrase of a few characters sounds; none where two sound alike."""
    found: dict[tuple[str, ...], set[str]] = {}
    for one in phrases:
        if len(one) in LENGTHS and CHINESE.fullmatch(one) and (key := _key(one, words)):
            found.setdefault(key, set()).add(one)
    return {key: some.pop() for key, some in found.items() if len(some) == 1}


class _Ear:
    """One message, and where in it something stands that is surely meant as typed."""

    def __init__(self, said: str, words: AnswerWords, own: Sequence[tuple[Book, Sounds]]) -> None:
        self.said, self.words = said, words
        self.tables = (_of_talk(words), *(sounds for _, sounds in own))
        books = (words.talk, words.book("other_sound"), *(book for book, _ in own))
        hits = (hit for book in books for hit in book.hits(said))
        # A single character is no sure one: the 没 in 没油.
        self.known = [(one.start, one.end) for one in hits if one.end - one.start > 1]
        everyday = words.book("everyday").phrases
        self.sure = {at for start, end in self.known for at in range(start, end)}
        self.sure |= {at for at, char in enumerate(said) if char in everyday}

    def mended(self) -> str:
        chars = list(self.said)
        for run in CHINESE.finditer(self.said):
            place = run.start()
            while place < run.end():
                meant = next(self._meant(place, run.end()), "")
                chars[place : place + len(meant)] = meant
                place += len(meant) or 1
        return "".join(chars)

    def _meant(self, start: int, last: int) -> Iterator[str]:
        """The phrases that may have been meant at `start`, the longest first."""
        for end in (start + length for length in LENGTHS if start + length <= last):
            if self.sure.issuperset(range(start, end)) or self._cuts(start, end):
                continue
            key = _key(self.said[start:end], self.words)
            found = (sounds[key] for sounds in self.tables if key in sounds)
            yield from (one for one in found if self._is_slip(one, start, end))

    def _is_slip(self, meant: str, start: int, end: int) -> bool:
        changed = {at for at in range(start, end) if self.said[at] != meant[at - start]}
        kept = {meant[at - start] for at in range(start, end) if at not in changed}
        alone = not (self.said[:start] + self.said[end:]).strip()
        telling = bool(kept - FUNCTION) or alone
        few = 0 < len(changed) <= len(meant) // 2
        return telling and few and not changed & self.sure

    def _cuts(self, start: int, end: int) -> bool:
        """Whether a listed phrase reaches over one of the ends."""
        return any(a < end and start < b and (a < start or b > end) for a, b in self.known)


def _key(phrase: str, words: AnswerWords) -> tuple[str, ...]:
    """How a phrase sounds; empty when one of its characters is not known."""
    key = tuple(words.sound_of.get(char, "") for char in phrase)
    return key if all(key) else ()


@lru_cache(maxsize=4)
def _of_talk(words: AnswerWords) -> Sounds:
    """The phrases of the lists, and a complaint of one character with what stands beside it."""
    signs = [one for one in words.book("sign").phrases if len(one) == 1]
    beside = {f"{front}{one}" for one in signs for front in FRONTS}
    return sounds_of({*words.talk.phrases, *beside, *(f"{one}了" for one in signs)}, words)

"""Place: a phrase inside its sentence, and the ways in which it may stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.phrases import Hit

SENTENCE = re.compile(r"[;；。!！?？\n…]|\.(?!\d)")
COMMA = re.compile(r"[,，]")
WINDOW = 120  # characters: nothing farther away changes what a phrase says


class Status(StrEnum):
    """How a phrase stands in an answer."""

    THERE = "there"
    DENIED = "denied"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Place:
    """The phrase text[start:end] inside its sentence text[begin:stop]."""

    text: str
    begin: int
    start: int
    end: int
    stop: int

    @property
    def after(self) -> str:
        return self.text[self.end : self.stop]

    def gap(self, hit: Hit) -> str:
        """What stands between a word before the phrase and the phrase."""
        return self.text[hit.end : self.start]


def place_of(text: str, phrase: Hit, words: AnswerWords) -> Place:
    """The phrase in its sentence, which is cut at words such as "but" too."""
    begin, stop = max(0, phrase.start - WINDOW), min(len(text), phrase.end + WINDOW)
    for match in SENTENCE.finditer(text, begin, stop):
        if match.end() <= phrase.start:
            begin = match.end()
        elif match.start() >= phrase.end:
            stop = match.start()
            break
    for hit in words.talked(text, begin, stop):
        if "but" in words.kinds_of(hit.phrase):
            if hit.end <= phrase.start:
                begin = hit.end
            elif hit.start >= phrase.end and len(hit.phrase) > 1:
                stop = hit.start
                break
    return Place(text, begin, phrase.start, phrase.end, stop)

"""Read: one answer to one question, and one message to several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.core.question import Kind, Question
from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.choices import read_choice
from bot.core.reading.claims import claimed
from bot.core.reading.dates import read_date
from bot.core.reading.folding import Text, fold, paused
from bot.core.reading.manners import manner, otherwise
from bot.core.reading.numeric import read_number
from bot.core.reading.own_words import OwnWords, own_words
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.sounds import heard
from bot.core.reading.spelling import mended
from bot.core.reading.yes_no import read_yes_no

HALF = re.compile(r"半|(?<![a-z])half(?![a-z])")
LONGEST = 1000  # characters; longer messages are stories for a person, not answers


def read(
    text: str,
    question: Question,
    *,
    words: AnswerWords,
    language: str | None = None,
    today: date | None = None,
) -> Reading:
    """Read `text` as an answer to `question`.

    `language` decides only how 3/5 is read as a date; both languages always count.
    `today` is needed for "yesterday" and the like.
    """
    if question.kind is not Kind.TEXT and len(text) > LONGEST:
        return Reading(Outcome.NOT_UNDERSTOOD, span=text[:LONGEST])
    own = own_words(question, words)
    folded = put_right(text, words, (own,))
    return read_folded(folded, own, today=today, language=language)


def put_right(text: str, words: AnswerWords, own: Sequence[OwnWords]) -> Text:
    """`text` folded, with slips of the thumb and wrong characters of the same sound put right
    where one of the questions `own` would understand it."""
    typed = mended(paused(fold(text, words.simplify)), words, *(one.vocabulary for one in own))
    return heard(typed, words, [one.sounds for one in own])


def read_folded(
    text: Text, own: OwnWords, *, today: date | None = None, language: str | None = None
) -> Reading:
    """The same for a text that is folded already."""
    if not text.folded.strip():
        return Reading(Outcome.NOT_UNDERSTOOD)

    def by_kind(part: Text) -> Reading:
        return _by_kind(part, own, today, language)

    reading = claimed(by_kind(text), text, own, by_kind)
    if reading.outcome is Outcome.NOT_UNDERSTOOD:
        return replace(reading, outcome=otherwise(text, own))
    return reading


def _by_kind(text: Text, own: OwnWords, today: date | None, language: str | None) -> Reading:
    kind = own.question.kind
    if kind is Kind.TEXT:
        return _own_text(text, own.words)
    if kind is Kind.YES_NO:
        return read_yes_no(text, own)
    if kind in (Kind.CHOICE, Kind.CHOICES):
        return read_choice(text, own)
    if kind is Kind.DATE:
        return read_date(text, own, today, language)
    number = read_number(text, own)
    if not own.question.named_numbers:
        return number
    if number.understood and HALF.search(number.span):
        # "Half of it" is one and a half of nothing, and the names of the scale say halves too.
        number = Reading(Outcome.NOT_UNDERSTOOD, span=number.span)
    return number if number.understood else _named(text, own, number)


def _named(text: Text, own: OwnWords, number: Reading) -> Reading:
    """A number of a scale that was said by its name: "satisfied" is 4."""
    found = read_choice(text, own.named_numbers)
    counts = {one.value: one.counts for one in own.question.options}
    if found.understood:
        value = counts.get(str(found.value))
        if value and _calm_beside(text, own):
            return Reading(Outcome.NOT_UNDERSTOOD, span=found.span)
        return replace(found, value=value, unit=own.question.unit)
    if number.outcome is not Outcome.NOT_UNDERSTOOD:
        return number
    # A name may stand for 0.
    offered = tuple(
        one if (number_meant := counts.get(str(one))) is None else number_meant
        for one in found.candidates
    )
    if len(offered) == 1:
        # "没有兴趣" begins with the name of 0 and is the opposite. A guess that a tired thumb
        # confirms is a stored comfort; the question with all its names costs one tap more.
        return Reading(Outcome.NOT_UNDERSTOOD, span=found.span)
    return replace(found, candidates=offered)


def _calm_beside(text: Text, own: OwnWords) -> bool:
    """Asked how often she was low, "fine every day" names the most and means the least."""
    if not any(own.words.holds(label, "many") for label in own.labels):
        return False  # "satisfied, all good" on a scale of something else than how often
    return any(
        "fine" in own.words.kinds_of(hit.phrase) and hit.phrase not in own.option_book.phrases
        for hit in own.talk_and_options.hits(text.folded)
    )


def _own_text(text: Text, words: AnswerWords) -> Reading:
    """Own words are kept as they are, unless they only say "later" or "why?"."""
    raw = text.raw.strip()
    way = manner(text, words) if len(raw) <= 20 else None
    if way is not None and len(way.span) >= len(raw) - 4:
        return way
    return Reading(Outcome.UNDERSTOOD, value=raw, span=raw)

"""Many: one message as answers to several questions, and corrections of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.core.question import Kind, Question
from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.calm import worries
from bot.core.reading.corrections import tells_a_complaint
from bot.core.reading.cues import Turn
from bot.core.reading.folding import Text
from bot.core.reading.given_back import given_back, turns_in
from bot.core.reading.own_words import OwnWords, own_words
from bot.core.reading.pieces import Piece, only, pieces
from bot.core.reading.read import LONGEST, put_right, read, read_folded
from bot.core.reading.result import Outcome, Reading

CHANGING = (Outcome.UNDERSTOOD, Outcome.ASK_BACK)
NONE = ("none",)
TELLING = (Outcome.UNDERSTOOD, Outcome.ASK_BACK, Outcome.DONT_KNOW, Outcome.REFUSED)


def read_many(
    text: str,
    *,
    asked: Question,
    others: Sequence[Question],
    words: AnswerWords,
    language: str | None = None,
    today: date | None = None,
    answered: frozenset[str] = frozenset(),
) -> dict[str, Reading]:
    """Read `text` as answers to `asked` and to any of `others`, by question id.

    A part that names another question's subject belongs to that question, the
    rest to the asked one. `others` stand in the order in which they are asked;
    those in `answered` were answered before, and a value for one of them is a
    correction. "no wait, 38.5" without a subject corrects the latest answer that
    it fits; when it could as well answer the asked question, it is asked back. The
    asked question is left out when the whole message was about
    others: then ask it again, it was not tried.
    """
    rest = [one for one in others if one.id != asked.id]
    if asked.kind is Kind.TEXT or len(text) > LONGEST or not rest:
        return {asked.id: read(text, asked, words=words, language=language, today=today)}
    main, side = own_words(asked, words), [own_words(one, words) for one in rest]
    folded = put_right(text, words, (main, *side))
    parts = given_back(folded, pieces(folded, main, side), main, side, answered)
    if parts is None:
        back = Reading(Outcome.ASK_BACK, span=text.strip(), correction=True)
        return {asked.id: back}
    turns = turns_in(folded, (main, *side))
    error = next((one.start for one in turns if one.turn is Turn.OTHER), None)
    corrects = any(one.turn is Turn.OWN for one in turns)
    reader = _Reader(folded, today, language, answered, error, corrects)
    readings = {own.question.id: reader.other(own, parts) for own in side}
    told = {key: one for key, one in readings.items() if one is not None}
    mine = _left_to_asked(folded, parts, main, frozenset(told))
    if mine:
        told = {asked.id: reader.asked(main, mine), **told}
    return _without_untried(told, asked, parts, folded)


@dataclass(frozen=True)
class _Reader:
    """One folded message and what is known around it."""

    text: Text
    today: date | None
    language: str | None
    answered: frozenset[str]
    error: int | None  # where somebody else's error is told of
    corrects: bool  # whether she plainly takes back words of her own

    def asked(self, own: OwnWords, mine: Sequence[Piece]) -> Reading:
        reading = self._read(own, mine)
        if reading.span == self.text.raw.strip():  # the whole message: narrow it down
            reading = replace(reading, span=self.text.span(mine[0].start, mine[-1].end))
        changed = own.question.id in self.answered and reading.outcome in CHANGING
        return replace(reading, correction=True) if changed else reading

    def _read(self, own: OwnWords, mine: Sequence[Piece]) -> Reading:
        """What the pieces say. Where somebody else erred, only a complaint and what was
        said before that still hold."""
        reading = read_folded(only(self.text, mine), own, today=self.today, language=self.language)
        if self.error is None or not reading.understood or tells_a_complaint(reading, own):
            return reading
        before = [one for one in mine if one.end <= self.error]
        if before:
            said = only(self.text, before)
            first = read_folded(said, own, today=self.today, language=self.language)
            if first.value == reading.value:
                return reading
        back = () if reading.value is None else (reading.value,)
        return replace(reading, outcome=Outcome.ASK_BACK, value=None, unit=None, candidates=back)

    def _only_denies(self, reading: Reading, own: OwnWords, mine: Sequence[Piece]) -> bool:
        """Whether it is a comfort that neither names the question nor corrects herself."""
        if reading.value not in (False, 0.0, NONE) or self.corrects:
            return False
        return not any(
            "sign" not in own.words.kinds_of(hit.phrase)
            for one in mine
            for hit in own.names.hits(self.text.folded, one.start, one.end)
        )

    def other(self, own: OwnWords, parts: Sequence[Piece]) -> Reading | None:
        """What the message tells of a question that was not asked now."""
        mine = [one for one in parts if one.owner is own]
        if not mine or own.question.kind is Kind.TEXT:
            return None
        reading = self.asked(own, mine)
        if reading.value == NONE and all(one.described for one in mine):
            return None  # "not sore" says nothing of what another question asks
        if own.question.id in self.answered and self._only_denies(reading, own, mine):
            return None  # "not swollen" beside another question takes nothing back
        return reading if reading.outcome in TELLING else None


def _left_to_asked(
    text: Text, parts: Sequence[Piece], main: OwnWords, told: frozenset[str]
) -> list[Piece]:
    """The pieces that the asked question must see: its own, those that only an option
    of another one described, and worries that no other question could take."""
    own = [one for one in parts if one.owner in (None, main)]
    return [
        one
        for one in parts
        if one.owner in (None, main)
        or one.described
        or (one.owner.question.id not in told and (not own or worries(only(text, [one]), main)))
    ]


def _without_untried(
    readings: dict[str, Reading], asked: Question, parts: Sequence[Piece], text: Text
) -> dict[str, Reading]:
    """Leave the asked question out when other questions took the whole message."""
    mine = readings.get(asked.id)
    if mine is None and readings:
        return readings
    if mine is None:
        return {asked.id: Reading(Outcome.NOT_UNDERSTOOD, span=text.raw.strip())}
    named = any(one.owner is not None and one.owner.question is asked for one in parts)
    others = any(one.understood for key, one in readings.items() if key != asked.id)
    if others and not named and mine.outcome is Outcome.NOT_UNDERSTOOD:
        return {key: one for key, one in readings.items() if key != asked.id}
    return readings

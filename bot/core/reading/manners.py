"""Manners: answers that are no answer (don't know, later, rather not, why?)."""

from __future__ import annotations

from bot.core.question import Kind
from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.calm import all_signs
from bot.core.reading.denials import Status, status
from bot.core.reading.folding import Text
from bot.core.reading.own_words import OwnWords
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.stretches import stretches

REST = 10  # characters beside a word that counts only alone
ORDER = (
    ("refuse", Outcome.REFUSED),
    ("why", Outcome.WHY),
    ("later", Outcome.LATER),
    ("dont_know", Outcome.DONT_KNOW),
)

NOTHING = Outcome.NOT_UNDERSTOOD
OF_MEASURES = "of measures"
PAIRS = (
    ("unwilling", "telling", Outcome.REFUSED),
    ("asking", "what_for", Outcome.WHY),
    ("without", "device", OF_MEASURES),
    ("device", "out_of_order", OF_MEASURES),
    ("unseen", "observing", Outcome.DONT_KNOW),
    ("waiting", "resuming", Outcome.LATER),
)
NEAR, NEAR_IN_CHINESE = 16, 8  # characters between the two


def manner(text: Text, words: AnswerWords) -> Reading | None:
    """The way in which no answer was given, if it was said so."""
    hits = [hit for one in stretches(text.folded, words) for hit in one.hits]
    for name, outcome in ORDER:
        for hit in hits:
            if name in words.kinds_of(hit.phrase) and _meant(hit.phrase, text, words):
                return Reading(outcome, span=text.span(hit.start, hit.end))
    return None


def otherwise(text: Text, own: OwnWords) -> Outcome:
    """What a message tells of its manner that no list knows as a whole.

    Only for one in which nothing was understood; a complaint in it forbids to say more.
    """
    if _complains(text, own):
        return NOTHING
    words, measure = own.words, own.question.kind is Kind.MEASURE
    parts = [text.folded[one.first : one.last] for one in stretches(text.folded, words)]
    if measure and any(day > 0 for day in _days(text.folded, words)):
        return Outcome.LATER  # "on my list for tomorrow"
    for first, second, outcome in PAIRS:
        if outcome is OF_MEASURES and not measure:
            continue
        if any(_follows(said, first, second, words) for said in parts):
            return Outcome.DONT_KNOW if outcome is OF_MEASURES else Outcome(outcome)
    return Outcome.WEARY if any(_is_weary(said, words) for said in parts) else NOTHING


def _days(said: str, words: AnswerWords) -> list[int]:
    table = words.table("day")
    return [table[hit.phrase] for hit in words.table_books["day"].hits(said)]


def _complains(text: Text, own: OwnWords) -> bool:
    listed = all_signs(text.folded, own.words)
    return any(
        "sign" in own.words.kinds_of(hit.phrase)
        and status(text.folded, hit, own.words, listed) is not Status.DENIED
        for hit in own.words.talked(text.folded)
    )


def puts_off(text: str, words: AnswerWords) -> bool:
    """等 + 帮我, "I'll" + "do it": what will be done is not done."""
    said = (text[one.first : one.last] for one in stretches(text, words))
    return any(_follows(one, "waiting", "resuming", words) for one in said)


def _follows(said: str, first: str, second: str, words: AnswerWords) -> bool:
    """Whether a word of one list stands closely before one of another."""
    after = list(words.book(second).hits(said))
    for hit in words.book(first).hits(said):
        near = NEAR if hit.phrase.isascii() else NEAR_IN_CHINESE
        if any(0 <= one.start - hit.end <= near for one in after):
            return True
    return False


def _is_weary(said: str, words: AnswerWords) -> bool:
    """ "You asked me that yesterday", 天天问一样的: tired of our asking, and no refusal."""
    ours = words.holds(said, "asking") and not words.holds(said, "staff")
    return words.holds(said, "weary") or (ours and words.holds(said, "again"))


def _meant(phrase: str, text: Text, words: AnswerWords) -> bool:
    """A word such as "skip" or "why" counts only when little else is said."""
    if phrase not in words.book("only_alone").phrases:
        return True
    return len(text.folded.strip()) <= len(phrase) + REST

"""Manners: answers that are no answer (don't know, later, rather not, why?)."""

from __future__ import annotations

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.folding import Text
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.stretches import stretches

REST = 10  # characters beside a word that counts only alone
ENDS = " ,.;:!?\n，。；：！？…"
ORDER = (
    ("refuse", Outcome.REFUSED),
    ("why", Outcome.WHY),
    ("later", Outcome.LATER),
    ("dont_know", Outcome.DONT_KNOW),
)


def manner(text: Text, words: AnswerWords) -> Reading | None:
    """The way in which no answer was given, if it was said so."""
    hits = [hit for one in stretches(text.folded, words) for hit in one.hits]
    for name, outcome in ORDER:
        for hit in hits:
            if name in words.kinds_of(hit.phrase) and _meant(hit.phrase, text, words):
                return Reading(outcome, span=text.span(hit.start, hit.end))
    return None


def _meant(phrase: str, text: Text, words: AnswerWords) -> bool:
    """A word such as "skip" or "why" counts only when little else is said."""
    if phrase not in words.book("only_alone").phrases:
        return True
    return len(text.folded.strip()) <= len(phrase) + REST


def after_correction(text: Text, words: AnswerWords) -> Text | None:
    """The text with all before a clear correction blanked: "yes, no wait, none" is "none".

    None when there is no such cue, or nothing before it or behind it.
    """
    talked = words.talked(text.folded)
    weak = words.book("weak_correction").phrases | words.book("explains").phrases
    ends = [
        hit.end
        for hit in words.book("correction").hits(text.folded)
        if hit.phrase not in weak
        and text.folded[: hit.start].strip(ENDS)
        and not any(one.start <= hit.start and hit.end < one.end for one in talked)
    ]
    if not ends or not text.folded[ends[-1] :].strip(ENDS):
        return None
    return Text(text.raw, "\n" * ends[-1] + text.folded[ends[-1] :], text.origin)


def corrects(text: Text, words: AnswerWords) -> tuple[int, bool] | None:
    """Where the last correction cue ends, and whether it stands on its own feet."""
    found: tuple[int, bool] | None = None
    for hit in words.book("correction").hits(text.folded):
        strong = hit.phrase not in words.book("weak_correction").phrases
        found = (hit.end, strong or (found is not None and found[1]))
    return found

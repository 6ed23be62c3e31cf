"""Wishes: what a message asks for that no language model may miss.

Whoever asks for a person gets one, also when the model is away, or unsure of two
letters of slang. Only words that say nothing else count here, so "the nurse was kind"
is none; the model hears the longer wordings as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.folding import fold
from bot.core.reading.phrases import Book

LONGEST: Final = 60  # letters; a wish that says nothing else is short
LONGEST_LOOKED_AT: Final = 1000
# Between two clauses, as it is typed. The words themselves are kept beside the marks.
BETWEEN: Final = re.compile(
    r"([,，.。;；:：!！?？、\n…~～()（）]+|\b(?:and|but|so)\b|然后|但是|还有)", re.IGNORECASE
)


def asks_for_person(text: str, words: AnswerWords) -> bool:
    """Whether the whole message is a wish to talk to a person."""
    said = fold(text, words.simplify).folded if len(text) <= LONGEST else ""
    return _is_wish(said, (words.book("person"), words.book("person_alone")), words)


def asks_for_person_too(text: str, words: AnswerWords) -> bool:
    """Whether one clause of a longer message is such a wish: "pain is 3, 转人工"."""
    return without_wish(text, words) != text


def without_wish(text: str, words: AnswerWords) -> str:
    """The message without its clauses that only ask for a person: the rest is an answer."""
    clauses = BETWEEN.split(text) if len(text) <= LONGEST_LOOKED_AT else [text]
    kept = [
        "" if _is_wish(fold(one, words.simplify).folded, (words.book("person"),), words) else one
        for one in clauses
    ]
    if kept == clauses:
        return text
    # A mark or a "but" that led to the wish leads nowhere now.
    return "".join(one for at, one in enumerate(kept) if at % 2 == 0 or kept[at + 1]).strip()


def _is_wish(text: str, wishes: Iterable[Book], words: AnswerWords) -> bool:
    """Listed words from end to end: at least one wish, and any of `polite`."""
    said = " ".join("".join(one if one.isalnum() else " " for one in text).split())
    if len(said) > LONGEST:
        return False
    # Each place that can be reached from the start, and whether a wish was named by then.
    # The longest phrase is not always the right one: two lists may begin alike.
    reached = {(0, False)}
    for place, char in enumerate(said):
        for named in (named for named in (True, False) if (place, named) in reached):
            ends = {(end, True) for one in wishes for end in one.ends_from(said, place)}
            ends |= {(end, named) for end in words.book("polite").ends_from(said, place)}
            reached |= ends | ({(place + 1, named)} if char == " " else set())
    return (len(said), True) in reached


def tells_of_death(text: str, words: AnswerWords) -> bool:
    """Whether sad news are those of a death."""
    return words.holds(fold(text[:LONGEST_LOOKED_AT], words.simplify).folded, "death")

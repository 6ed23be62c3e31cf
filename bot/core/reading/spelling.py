"""Spelling: the few words that decide an answer, when a thumb slipped.

Only a missing letter, a doubled one or two that changed places are mended, never the first
letter, and never into a word from another real one: "there" stays, "egiht" is eight.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.folding import Text

WORD = re.compile(r"[a-z]{3,}")


def mended(text: Text, words: AnswerWords) -> Text:
    """`text` with its slips mended; every character still knows where it came from."""
    slips = _slips(words)
    found = [one for one in WORD.finditer(text.folded) if one.group() in slips]
    if not found:
        return text
    folded: list[str] = []
    origin: list[int] = []
    place = 0
    for one in found:
        right = slips[one.group()]
        folded += (text.folded[place : one.start()], right)
        origin += text.origin[place : one.start()]
        last = one.end() - 1
        origin += [text.origin[min(one.start() + nth, last)] for nth in range(len(right) - 1)]
        origin.append(text.origin[last])
        place = one.end()
    folded.append(text.folded[place:])
    origin += text.origin[place:]
    return Text(text.raw, "".join(folded), tuple(origin))


@lru_cache(maxsize=4)
def _slips(words: AnswerWords) -> dict[str, str]:
    """Every slip with the one word that it can stand for."""
    targets = words.book("often_misspelt").phrases
    others = words.book("other_word").phrases
    real = targets | others | frozenset().union(*map(_of, others))
    known = frozenset(part for one in words.talk.phrases for part in one.split())
    meant: dict[str, set[str]] = {}
    for word in targets:
        for slip in _of(word) - real - known:
            meant.setdefault(slip, set()).add(word)
    return {slip: some.pop() for slip, some in meant.items() if len(some) == 1}


def _of(word: str) -> set[str]:
    inner = range(1, len(word))
    missing = {word[:at] + word[at + 1 :] for at in inner}
    doubled = {word[:at] + word[at] + word[at:] for at in inner}
    turned = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in inner[:-1]}
    return {one for one in missing | doubled | turned if len(one) > 2}

"""Spelling: words that decide an answer, when a thumb slipped.

One slip is mended, never the first letter: a letter that is missing, typed twice, changed
places with the next one or, in a long word, is another vowel. A word that any list or
`real_word` knows stays as it is ("there" is no three), and so does one that could be two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from string import ascii_lowercase

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.folding import Text

DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
WORD = re.compile(r"[a-z]{3,}")
LONGEST = 16  # letters
SHORT, LONG = 4, 7  # letters of what was typed: in a long word more can be a slip
MOST = 12  # words looked at; an answer with more slips than that is no answer
VOWELS = "aeiou"


def mended(text: Text, words: AnswerWords, *own: frozenset[str]) -> Text:
    """`text` with its slips mended; every character still knows where it came from.

    `own` are the words of the questions that it may answer.
    """
    wanted, known = (_deciding(words), *own), (_known(words), *own)
    folded: list[str] = []
    origin: list[int] = []
    place, looked_at = 0, 0
    for one in WORD.finditer(text.folded):
        said = one.group()
        if any(said in some for some in known) or looked_at == MOST:
            continue
        looked_at += 1
        meant = _drawn_out(said, words) or _meant(said, wanted)
        if len(meant) != 1:
            continue
        (right,) = meant
        folded += (text.folded[place : one.start()], right)
        origin += text.origin[place : one.start()]
        last = one.end() - 1
        origin += [text.origin[min(one.start() + nth, last)] for nth in range(len(right) - 1)]
        origin.append(text.origin[last])
        place = one.end()
    if not place:
        return text
    folded.append(text.folded[place:])
    origin += text.origin[place:]
    return Text(text.raw, "".join(folded), tuple(origin))


def _meant(said: str, wanted: Iterable[frozenset[str]]) -> frozenset[str]:
    made = frozenset(_unslipped(said))
    return frozenset().union(*(made & some for some in wanted))


def _drawn_out(said: str, words: AnswerWords) -> frozenset[str]:
    """ "noooo" and "goooood": a word that is only drawn out."""
    if not DRAWN_OUT.search(said):
        return frozenset()
    made = (DRAWN_OUT.sub(short, said) for short in (r"\1", r"\1\1"))
    known = (one for one in made if one in words.talk.phrases or one in _deciding(words))
    return frozenset(islice(known, 1))


def words_in(phrases: Iterable[str]) -> frozenset[str]:
    """The latin words of some phrases."""
    return frozenset(word for one in phrases for word in WORD.findall(one))


@lru_cache(maxsize=4)
def _deciding(words: AnswerWords) -> frozenset[str]:
    """The words of the lists that talk of answers, numbers and times of day."""
    tables = (*words.table("number"), *words.table("times"), *words.table("day"))
    return words_in((*words.talk.phrases, *words.book("often_misspelt").phrases, *tables))


@lru_cache(maxsize=4)
def _known(words: AnswerWords) -> frozenset[str]:
    """Every word that stands in any list, and the words that only look like one."""
    listed = (phrase for name in words.lists for phrase in words.book(name).phrases)
    named = (*words.unit_of, *words.subject_of, *words.table("weekday"), *words.table("month"))
    return _deciding(words) | words_in((*listed, *named))


def _unslipped(said: str) -> Iterator[str]:
    """What may have been meant by a word that is none."""
    size = len(said)
    if size > LONGEST:
        return
    inner = range(1, size)
    for at in inner[:-1]:  # turned
        yield said[:at] + said[at + 1] + said[at] + said[at + 2 :]
    for at in inner if size >= SHORT else ():  # typed twice, or one too many
        if said[at] == said[at - 1] or (size >= LONG and at < size - 1):
            yield said[:at] + said[at + 1 :]
    for at in inner if size < SHORT else (*inner, size):  # missing
        yield from (said[:at] + one + said[at:] for one in ascii_lowercase)
    for at in inner if size >= LONG else ():  # another vowel
        if said[at] in VOWELS:
            yield from (said[:at] + one + said[at + 1 :] for one in VOWELS if one != said[at])

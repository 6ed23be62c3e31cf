"""Wording: how much a message sounds like those that turned out urgent.

Points per word list, sign and turn of phrase, learned from the labelled messages
of this repository. They may raise a level, never lower one, and they are silent
where the rules understood the message as a denial, a question or another person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from bot.core.screening.lexicon import Lexicons, Points
from bot.core.screening.page import Page
from bot.core.screening.plain import is_han

TOKEN: Final = re.compile(r"[a-z]+")
LONGEST: Final = 12  # clauses that are judged together; a long message is judged in parts
SHOWN: Final = 3  # words named in the reason
SHORTEST_SHOWN: Final = 2  # single characters explain nothing


def parts(page: Page) -> list[range]:
    """Clauses of the new message, in stretches short enough to be one thought."""
    new = [clause.number for clause in page.clauses if clause.end > page.new_from]
    if not new:
        return []
    first, last = new[0], new[-1] + 1
    return [range(start, min(start + LONGEST, last)) for start in range(first, last, LONGEST)]


def turns_of_phrase(found: Iterable[str]) -> int:
    """How many of the features are words, rather than lists and signs."""
    return sum(not one.startswith(("list ", "sign ")) for one in found)


def features(page: Page, clauses: range, signs: Iterable[str], lexicons: Lexicons) -> set[str]:
    """What a stretch of a message consists of, for the points table."""
    found = {f"sign {code}" for code in signs}
    for number in clauses:
        for hit in page.hits[number]:
            name = lexicons.names[hit.list]
            if not name.startswith("phrase:"):
                found.add(f"list {name}")
    text = page.plain.text[page.clauses[clauses[0]].start : page.clauses[clauses[-1]].end]
    return found | _turns_of_phrase(text)


def _turns_of_phrase(text: str) -> set[str]:
    """Chinese characters and pairs of them; English words and pairs of words."""
    found: set[str] = set()
    for place, char in enumerate(text):
        if is_han(char):
            found.add(char)
            if place + 1 < len(text) and is_han(text[place + 1]):
                found.add(text[place : place + 2])
    words = TOKEN.findall(text)
    found.update(words)
    found.update(f"{one} {other}" for one, other in pairwise(words))
    return found


def strongest(points: Points, found: set[str], page: Page, clauses: range) -> str:
    """The words of the message that gave the most points."""
    text = page.plain.text
    start, end = page.clauses[clauses[0]].start, page.clauses[clauses[-1]].end
    told: list[tuple[int, str]] = []
    for feature in sorted(found, key=lambda one: (-points.points.get(one, 0.0), one)):
        if points.points.get(feature, 0.0) <= 0 or len(told) == SHOWN:
            break
        if len(feature) < SHORTEST_SHOWN:
            continue
        place = text.find(feature, start, end)
        if place >= 0 and not any(feature in word or word in feature for _, word in told):
            told.append((place, page.plain.words(place, place + len(feature))))
    return " … ".join(word for _, word in sorted(told))

"""By number: an option named by its place on the list."""

from __future__ import annotations

import re

from bot.core.reading.own_words import OwnWords
from bot.core.reading.stretches import PARTICLES, stretches

ORDINAL = re.compile(
    r"(?:第|选|选项|option |number |the )"
    r"(?:(\d)|([一二三四五六七八九])|(first|second|third|fourth|fifth))(?:个|项| one)?"
)
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}


def by_number(text: str, own: OwnWords) -> list[str]:
    """ "第二个", "option 2": the place on the list."""
    options = own.question.options
    found: list[str] = []
    for part in stretches(text, own.words):
        said = PARTICLES.sub(" ", text[part.start : part.end]).strip()
        if (match := ORDINAL.fullmatch(said)) is not None:
            digit, chinese, english = match.groups()
            named = ORDINALS.get(english or "", 0) or own.words.table("number").get(
                chinese or "", 0
            )
            place = int(digit) if digit else named
            found += [options[place - 1].value] if 1 <= place <= len(options) else []
    return found

"""Other tongue: is a message in a language or script that screening cannot read?

It reads Chinese and English. What it cannot read it must not call routine: a nurse looks.
"""

from __future__ import annotations

import re
from typing import Final

from bot.core.disguises import taken_off
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.page import Page
from bot.core.screening.plain import has_han
from bot.core.words import Words

# Two letters in a row of neither Latin nor Chinese script; one alone is a decoration (の, ω).
OTHER_SCRIPT: Final = re.compile(
    r"[\u0370-\u1dff\u1f00-\u1fff\u2c00-\u2dff\u3041-\u30ff\u3105-\u318f\ua000-\uabff\uac00-\ud7ff"
    r"\ufb1d-\ufdff\ufe70-\ufeff]{2,}"
)
WORD: Final = re.compile(r"[a-z]{2,}")
FEWEST_UNKNOWN: Final = 2  # one unknown word is a name or a medicine
UNKNOWN_SHARE: Final = 0.5
LONGEST_ENDING: Final = 3  # letters after a listed stem: bleed-ing
LONGEST_READ: Final = 2_000  # letters; enough to tell a language
CODE: Final = "other_language"
WHY: Final = Words(
    {
        "zh": "这条消息像是别的语言、方言或拼音，系统没有读懂，请看原文",
        "en": "this looks like another language or spelling that was not read: see the very words",
    }
)


def is_other_tongue(text: str, page: Page, lexicons: Lexicons) -> bool:
    """Whether a message is written so that screening has not read it."""
    told = taken_off(text[:LONGEST_READ])[0]
    if OTHER_SCRIPT.search(told):
        return True
    if has_han(told):
        return any(char in lexicons.dialect for char in told)
    words = set(WORD.findall(page.plain.text, page.new_from)[:LONGEST_READ])
    unknown = [word for word in words if not _is_known(word, lexicons)]
    return len(unknown) >= FEWEST_UNKNOWN and len(unknown) > UNKNOWN_SHARE * len(words)


def _is_known(word: str, lexicons: Lexicons) -> bool:
    if word in lexicons.known_words or word in lexicons.vocabulary:
        return True
    stems = range(max(3, len(word) - LONGEST_ENDING), len(word))
    return any(word[:size] in lexicons.stems for size in stems)

"""In Chinese: the sentence of a finding, which the code writes in English, for Chinese readers.

The English sentence itself is the key, as in gettext: `texts/findings.zh.toml` has its form, with
a blank for what changes, beside the Chinese. Of several forms that fit, the one with most words of
its own counts. What has no Chinese yet is told in English rather than not at all.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from bot.core.finding import Finding

BOOK: Final = Path(__file__).parent / "texts" / "findings.zh.toml"
BLANK: Final = re.compile(r"\{(\w+)\}")
# Blanks of the pathway files themselves; a form that names one means these very letters.
LITERAL: Final = frozenset({"emergency", "crisis"})
INNER: Final = "what"  # how the name of a blank begins that holds English words itself
# Blanks that may hold several words; every other one holds a single name or number.
WORDS: Final = frozenset(
    {*("text", "names", "tiers", "phrase", "comfort", "tag", "mark", "left", "word", "answer")}
)
AROUND: Final = "around"  # the forms that hold a whole sentence of their own are looked at first


@dataclass(frozen=True)
class Form:
    """One English form, and how the same is said in Chinese."""

    fits: re.Pattern[str]
    chinese: str
    own: int  # letters that are not blanks

    def say(self, found: re.Match[str]) -> str:
        said = self.chinese
        for name, value in found.groupdict().items():
            inner = in_chinese(value) if name.startswith(INNER) else value
            said = said.replace(f"{{{name}}}", inner)
        return said


def told_in_both(finding: Finding) -> Finding:
    """The same finding with its sentences in Chinese beside the English ones."""
    return replace(finding, zh=(in_chinese(finding.what), in_chinese(finding.hint)))


@lru_cache(maxsize=2048)
def in_chinese(sentence: str) -> str:
    """The sentence in Chinese; as it is where the book has none."""
    for form in _book():
        if found := form.fits.fullmatch(sentence):
            return form.say(found)
    return sentence


@cache
def _book() -> tuple[Form, ...]:
    with BOOK.open("rb") as file:
        groups = tomllib.load(file)
    return tuple(
        form
        for first in (True, False)
        for form in sorted(
            (
                _form(*pair)
                for name in groups
                for pair in groups[name].items()
                if (name == AROUND) is first
            ),
            key=lambda form: -form.own,
        )
    )


def _form(english: str, chinese: str) -> Form:
    pattern, own = "", 0
    for number, part in enumerate(BLANK.split(english)):
        if number % 2 and part not in LITERAL:
            several = part in WORDS or part.startswith(INNER)
            pattern += f"(?P<{part}>{'.' if several else '[^ ]'}+?)"
        else:
            text = f"{{{part}}}" if number % 2 else part
            pattern, own = pattern + re.escape(text), own + len(text)
    return Form(re.compile(pattern, re.DOTALL), chinese, own)

"""Usage: what people here write, as far as the points tables know, and what sounds alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.screening.points import Wording


@dataclass(frozen=True)
class Usage:
    """What the lessons hold, and which characters sound alike."""

    wording: Wording
    sound_of: Mapping[str, str]  # character -> how it sounds, without its tone
    pairs: Mapping[str, tuple[str, ...]]  # two sounds -> the pairs of characters of the lessons

    def is_run(self, run: str) -> bool:
        """Whether these characters stand together in the lessons."""
        tables = self.wording.tables
        return run in tables["zh"].points["run"] or run in tables["zh.short"].points["run"]

    def alike(self, pair: str) -> tuple[str, ...]:
        """The pairs of characters of the lessons that sound like this one."""
        return self.pairs.get(" ".join(self.sound_of.get(char, "?") for char in pair), ())

    def is_said(self, words: str) -> bool:
        """Whether this word, or these two or three, stand in the lessons."""
        tables = self.wording.tables
        return words in tables["en"].points["word"] or words in tables["en.short"].points["word"]

"""Asked: what one question asks for, as far as its wording tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from bot.core.question import Kind, Question
from bot.core.reading.answer_words import AnswerWords

MORE_HOURS = re.compile(r"more than (\d+) hours")


@dataclass(frozen=True, eq=False)
class Asked:
    """A question beside the care team's lists, and what its wording asks."""

    question: Question
    words: AnswerWords

    @cached_property
    def ask(self) -> str:
        """The question as asked, in every language."""
        return "\n".join(map(self.words.plain, self.question.ask.by_language.values()))

    @cached_property
    def asked_hours(self) -> float | None:
        """The hours of a question such as "for more than 4 hours?"."""
        asked = MORE_HOURS.search(self.ask) if self.question.kind is Kind.YES_NO else None
        return float(asked.group(1)) if asked else None

    @cached_property
    def about_relief(self) -> bool:
        """Whether it asks if a complaint eases."""
        return self.words.holds(self.ask, "relief")

    @cached_property
    def about_lapse(self) -> bool:
        """Whether it asks for what was missed, so that "missed" means yes."""
        return self.words.holds(self.ask, "lapse")

    @cached_property
    def deeds(self) -> frozenset[str]:
        """Verbs of the question that can be echoed as an answer: 吃了吗 -> 吃."""
        asked = re.findall(r"([\u4e00-\u9fff])(?:了|过|完)?(?:没有|没|吗)", self.ask)
        return frozenset(asked) | ({"食"} if "吃" in asked else set())  # as in Cantonese

"""Scene: what stays the same while one simulation runs, and the words it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.condition import UNKNOWN, Answered
from bot.core.pathway import Pathway
from bot.core.question import Kind, Question
from bot.core.screening import Screening
from bot.core.simulation.assumptions import Assumptions
from bot.core.simulation.grades import GradeBook
from bot.core.words import Words

Screen = Callable[[str, str, int], Screening]  # words, procedure, day after surgery


@dataclass(frozen=True)
class World:
    """The pathway under trial, how far to look, and how own words are screened."""

    pathway: Pathway
    taken: Assumptions
    book: GradeBook
    days: int
    language: str = "en"
    screen: Screen | None = None

    def fill(self, words: Words) -> str:
        """A care team's sentence with the country's numbers filled in."""
        numbers = self.pathway.shared.emergency.get(self.taken.country)
        filled = words.by_language[self.language]
        if numbers is None:
            return filled
        return filled.replace("{emergency}", numbers.emergency).replace("{crisis}", numbers.crisis)

    def phrase(self, key: str) -> str:
        """One of the house's own sentences."""
        return self.fill(self.pathway.shared.phrases[key]).replace("{name}", "P.")

    def spoken(self, question: Question, answer: Answered) -> str:
        """An answer as a person would give it."""
        language = self.language
        options = {one.value: one.words.say(language) for one in question.options}
        if answer is UNKNOWN:
            return self.phrase("button_dont_know")
        if question.kind is Kind.TEXT:
            return self.phrase("button_no")
        if isinstance(answer, bool):
            key = "button_yes" if answer else "button_no"
            return options.get("yes" if answer else "no") or self.phrase(key)
        if isinstance(answer, tuple):
            joint = "、" if language == "zh" else ", "
            return joint.join(options.get(one, one) for one in answer)
        if isinstance(answer, (int, float)):
            return f"{answer:g}" + ("°C" if question.unit == "Cel" else "")
        return options.get(str(answer), str(answer))

"""Question: one thing a check-in asks, and the forms an answer may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.words import Words


class Kind(StrEnum):
    """What kind of answer a question expects."""

    SCALE = "scale"  # whole number between minimum and maximum, such as pain 0-10
    COUNT = "count"  # how many: doses missed, falls, pads
    MEASURE = "measure"  # a number with a unit: temperature, weight, glucose
    YES_NO = "yes_no"
    CHOICE = "choice"  # exactly one option
    CHOICES = "choices"  # any number of options; none of them is an option too
    DATE = "date"
    TEXT = "text"  # own words, screened and kept, never measured


@dataclass(frozen=True)
class Option:
    """One choice: its button and the other ways in which people say it.

    `also` maps a language to phrases; a phrase counts when it stands in the
    answer and is not negated there. `counts` is the number it stands for, where the
    question is a scale whose numbers have names ("4: satisfied").
    """

    value: str
    words: Words
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: float | None = None


@dataclass(frozen=True)
class Question:
    """One question of a pathway.

    `unit` is the unit of the stored value ("Cel", "kg", "{score}"; UCUM).
    `minimum`/`maximum` bound what a person can plausibly mean: outside of it
    the answer is asked back, never stored. `code` names the observation,
    `name` is what it is called in a list of answers.
    Below `call_back_below` a nurse calls the patient back: she is not content.
    `topics` holds words per language by which a patient names the subject, so
    that one message can answer several open questions.
    """

    id: str
    kind: Kind
    ask: Words
    code: str
    name: Words | None = None
    why: Words | None = None
    help: Words | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    options: tuple[Option, ...] = ()
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    call_back_below: float | None = None

    @property
    def named_numbers(self) -> tuple[Option, ...]:
        """The options of a scale whose numbers have names; empty for every other question."""
        if self.kind is not Kind.SCALE:
            return ()
        return tuple(one for one in self.options if one.counts is not None)

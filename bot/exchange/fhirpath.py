"""FHIRPath: a condition over the answers of a QuestionnaireResponse.

FHIRPath knows "cannot tell" as we do: a comparison with nothing is nothing, and `and`, `or`
and `not()` go on with it. So a condition can be written as it stands.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bot.core.condition.tree import (
    PROCEDURE,
    TIER,
    All,
    AnyOf,
    Compare,
    Condition,
    Earlier,
    Has,
    Is,
    IsUnknown,
    Measure,
    Not,
    Total,
)
from bot.core.pathway import Pathway
from bot.core.question import Kind
from bot.exchange.form import DAYS

NOTHING: Final = "{}"  # cannot tell


class LooksBack(ValueError):
    """A condition asks about earlier contacts, which one response does not hold."""


@dataclass(frozen=True)
class Scene:
    """One questionnaire: its pathway, the questions it asks, and the base of its codes."""

    pathway: Pathway
    asked: Collection[str]
    base: str

    def has(self, name: str) -> bool:
        """Whether the questionnaire holds an answer to this, or a code that is told to it."""
        return name in self.asked or name in (TIER, PROCEDURE)

    def several(self, name: str) -> bool:
        return name in self.asked and self.pathway.questions[name].kind is Kind.CHOICES


def fhirpath(condition: Condition, scene: Scene) -> str:
    """The condition. Raises LooksBack."""
    match condition:
        case All(parts=parts):
            return " and ".join(_in_brackets(one, scene) for one in parts)
        case AnyOf(parts=parts):
            return " or ".join(_in_brackets(one, scene) for one in parts)
        case Not(part=part):
            return f"({fhirpath(part, scene)}).not()"
        case Compare():
            return _compared(condition, scene)
        case Total():
            return _total(condition)
        case Is(name=name, word=word):
            return _chosen(name, (word,), scene)
        case Has(question=question, options=options):
            return _chosen(question, options, scene)
        case IsUnknown(question=question):
            return _unanswered(question, scene)
        case Earlier():
            raise LooksBack


def settled(condition: Condition, scene: Scene) -> Condition | None:
    """The condition without tests of questions that this check-in does not ask.

    None when it cannot surely hold here: then nothing of it can be left out.
    """
    match condition:
        case AnyOf(parts=parts):
            known = [one for part in parts if (one := settled(part, scene)) is not None]
            return None if not known else known[0] if len(known) == 1 else AnyOf(tuple(known))
        case All(parts=parts):
            inner = [settled(part, scene) for part in parts]
            return None if None in inner else All(tuple(one for one in inner if one is not None))
        case Is(name=name) | Has(question=name) | IsUnknown(question=name):
            return condition if scene.has(name) else None
        case Compare(measure=Measure.ANSWER, question=name):
            return condition if scene.has(name) else None
        case Total(questions=names):
            return condition if any(scene.has(name) for name in names) else None
    return condition


def _in_brackets(condition: Condition, scene: Scene) -> str:
    text = fhirpath(condition, scene)
    return f"({text})" if isinstance(condition, All | AnyOf) else text


def _value(link_id: str) -> str:
    return f"%resource.repeat(item).where(linkId = '{link_id}').answer.value"


def _compared(test: Compare, scene: Scene) -> str:
    if test.measure in (Measure.RISE, Measure.DROP):
        raise LooksBack
    name = DAYS.get(test.measure, test.question)
    if test.measure is Measure.ANSWER and name not in scene.asked:
        return NOTHING
    return f"({_value(name)} {test.sign} {test.limit:g})"


def _total(test: Total) -> str:
    """Added up: what is there may settle it, and with all of them it is settled.

    An addition with nothing is nothing, so the second half is "cannot tell" until then.
    """
    values = [_value(name) for name in test.questions]
    whole = f"(({' + '.join(values)}) {test.sign} {test.limit:g})"
    if test.sign in ("=", "!="):
        return whole
    there = " + ".join(f"iif({value}.exists(), {value}, 0)" for value in values)
    joint = "or" if test.sign in (">", ">=") else "and"
    return f"((({there}) {test.sign} {test.limit:g}) {joint} {whole})"


def _chosen(name: str, words: tuple[str, ...], scene: Scene) -> str:
    if not scene.has(name):
        return NOTHING
    codes = f"{_value(name)}.code"
    if not scene.several(name):
        tests = [f"{codes} = '{one}'" for one in words]
        return f"({' or '.join(tests)})"
    options = " | ".join(f"'{one}'" for one in words)
    # No answer is not a "no": by itself, `intersect` would find nothing in it and say so.
    return f"iif({codes}.exists(), {codes}.intersect({options}).exists(), {NOTHING})"


def _unanswered(name: str, scene: Scene) -> str:
    """It was asked, and there is no answer."""
    if name not in scene.asked:
        return NOTHING
    empty = f"{_value(name)}.empty()"
    own = scene.pathway.ask_when.get(name)
    return empty if own is None else f"(({fhirpath(own, scene)}) and {empty})"

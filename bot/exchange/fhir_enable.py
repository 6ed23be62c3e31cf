"""FHIR enable: when a question is asked, as `enableWhen` or, where that is too little, FHIRPath."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.core.condition.tree import (
    PROCEDURE,
    TIER,
    All,
    AnyOf,
    Compare,
    Condition,
    Has,
    Is,
    IsUnknown,
    Measure,
    Not,
)
from bot.core.question import Kind
from bot.exchange.fhir_words import Json, coding, number
from bot.exchange.fhirpath import LooksBack, Scene, fhirpath, settled
from bot.exchange.form import DAYS
from bot.exchange.xpath import OPPOSITE

EXPRESSION: Final = (
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
)


def enabled(scene: Scene, condition: Condition | None) -> Json:
    """The elements of an item. A condition on earlier contacts leaves the question asked."""
    if condition is None:
        return {}
    condition = settled(condition, scene) or condition
    whole = condition if isinstance(condition, All | AnyOf) else All((condition,))
    tests = [_tests(scene, one, isinstance(whole, All)) for one in whole.parts]
    if None not in tests:
        entries = [entry for one in tests for entry in one or ()]
        behaviour = "all" if isinstance(whole, All) else "any"
        return {
            "enableWhen": entries,
            **({"enableBehavior": behaviour} if len(entries) > 1 else {}),
        }
    try:
        path = fhirpath(condition, scene)
    except LooksBack:
        return {}
    expression = {"language": "text/fhirpath", "expression": path}
    return {"extension": [{"url": EXPRESSION, "valueExpression": expression}]}


def _tests(scene: Scene, condition: Condition, together: bool) -> list[Json] | None:
    """The entries of `enableWhen` for one test; None when there are none that mean the same.

    `together` says that every entry must hold. One entry cannot say "answered, and not this".
    """
    match condition:
        case Compare(sign=sign) if sign != "!=":
            return _compared(scene, condition)
        case Not(part=Compare(sign=sign) as part) if sign != "=":
            return _compared(scene, replace(part, sign=OPPOSITE[sign]))
        case Is(name=name, word=word) if scene.has(name):
            return [_entry(name, "=", answerCoding=_code(scene, name, word))]
        case Has(question=name, options=options) if scene.has(name):
            if len(options) > 1 and together:
                return None
            return [_entry(name, "=", answerCoding=_code(scene, name, one)) for one in options]
        case Not(part=Is(name=name, word=word)) if scene.has(name) and together:
            answered = _entry(name, "exists", answerBoolean=True)
            return [answered, _entry(name, "!=", answerCoding=_code(scene, name, word))]
        case IsUnknown(question=name) if name in scene.asked:
            if name in scene.pathway.ask_when:
                return None
            return [_entry(name, "exists", answerBoolean=False)]
    return None


def _compared(scene: Scene, test: Compare) -> list[Json] | None:
    if test.measure in DAYS:
        return [_entry(DAYS[test.measure], test.sign, answerInteger=int(test.limit))]
    if test.measure is not Measure.ANSWER or test.question not in scene.asked:
        return None
    if scene.pathway.questions[test.question].kind is Kind.MEASURE:
        return [_entry(test.question, test.sign, answerDecimal=number(test.limit))]
    if test.limit != int(test.limit):
        return None
    return [_entry(test.question, test.sign, answerInteger=int(test.limit))]


def _code(scene: Scene, name: str, word: str) -> Json:
    return coding(scene.base, code_system(name), word)


def code_system(name: str) -> str:
    """The code system of the answers to a question, of the tiers, of the operations."""
    return name if name in (TIER, PROCEDURE) else f"answer-{name.replace('_', '-')}"


def _entry(question: str, operator: str, **answer: object) -> Json:
    return {"question": question, "operator": operator, **answer}

"""FHIR R4: a pathway as a Bundle of one PlanDefinition and a Questionnaire for each check-in."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.pathway import Pathway
from bot.exchange.fhir_plan import plan_definition
from bot.exchange.fhir_questionnaire import questionnaire
from bot.exchange.fhir_words import BASE, Json
from bot.exchange.xpath import looks_back


def bundle(pathway: Pathway, base: str = BASE) -> Json:
    """Everything in one collection; `base` is the address under which the house names it."""
    resources = [
        plan_definition(pathway, base),
        *(questionnaire(pathway, plan, base) for plan in pathway.check_ins),
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": one["url"], "resource": one} for one in resources],
    }


def not_carried(pathway: Pathway) -> Iterator[str]:
    """What stands in the pathway and not in the bundle, in plain words."""
    yield "what is said when patients ask, and their ways to say an answer"
    yield "conditions of rules stand as they were written, not as FHIR expressions"
    for name, condition in pathway.ask_when.items():
        if looks_back(condition):
            yield f"{name}: its only_when looks at earlier contacts; it is always asked"

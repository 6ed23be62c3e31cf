"""FHIR PlanDefinition: the check-ins of a pathway with their days, its rules, teaching, reminders.

A rule's condition stands as the care team wrote it, in the language of pathway files: what an
earlier contact said, and doubt that goes up, have no counterpart in an expression of FHIR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from bot.core.pathway import TIERS, Anchor, CheckInPlan, Pathway, Reminder, Repeat, Rule, Teaching
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.exchange.fhir_questionnaire import questionnaire_id
from bot.exchange.fhir_words import UNSIGNED, Json, coding, duration, id_of, name_of, spoken
from bot.exchange.xlsform_out import called

# How soon a nurse acts; `asap` is between urgent and stat.
PRIORITIES: Final = {
    TriageLevel.EMERGENCY: "stat",
    TriageLevel.SAME_DAY: "asap",
    TriageLevel.WITHIN_48_HOURS: "urgent",
    TriageLevel.SELF_CARE: "routine",
    TriageLevel.ROUTINE: "routine",
}
CONDITION: Final = "text/x-aftercare-condition"  # see docs/how-to/write-a-pathway.md
PLAN_TYPES: Final = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
CONTEXTS: Final = "http://terminology.hl7.org/CodeSystem/usage-context-type"
ANCHORS: Final = {
    Anchor.SURGERY: Words({"en": "The operation", "zh": "手术"}),
    Anchor.DISCHARGE: Words({"en": "The discharge", "zh": "出院"}),
}
PARTS: Final = {
    "check-ins": Words({"en": "When we check in", "zh": "什么时候联系"}),
    "rules": Words({"en": "What worries us", "zh": "什么情况要处理"}),
    "teaching": Words({"en": "What we teach", "zh": "按天提醒"}),
    "reminders": Words({"en": "Reminders", "zh": "提醒事项"}),
}
REMIND: Final = Words({"en": "No answer: remind the patient", "zh": "没有回答：提醒患者"})
TELL_NURSE: Final = Words({"en": "Still no answer: tell a nurse", "zh": "仍没有回答：告诉护士"})


def plan_definition(pathway: Pathway, base: str) -> Json:
    """The whole plan."""
    id = id_of(pathway.id)
    focus = {
        "code": {"system": CONTEXTS, "code": "focus"},
        "valueCodeableConcept": {
            "coding": [coding(base, "procedure", one) for one in pathway.procedures],
            **spoken("text", pathway.title),
        },
    }
    parts = {
        "check-ins": [_check_in(pathway, one, base) for one in pathway.check_ins],
        "rules": [_rule(pathway, one, base) for one in pathway.rules],
        "teaching": [_teaching(pathway, one) for one in pathway.teaching],
        "reminders": [_reminder(one) for one in pathway.reminders],
    }
    sources = {one for rule in pathway.rules for one in rule.source}
    sources |= {one for taught in pathway.teaching for one in taught.source}
    return {
        "resourceType": "PlanDefinition",
        "id": id,
        "language": "en",
        "url": f"{base}/PlanDefinition/{id}",
        "version": pathway.version,
        "name": name_of(pathway.id),
        **spoken("title", pathway.title),
        "type": {"coding": [{"system": PLAN_TYPES, "code": "clinical-protocol"}]},
        "status": "draft",
        "experimental": True,
        **spoken("purpose", UNSIGNED),
        "useContext": [focus],
        "relatedArtifact": list(_citations(pathway, sorted(sources))),
        "action": [
            *({"id": one.value, **spoken("title", said)} for one, said in ANCHORS.items()),
            *(
                {"id": part, **spoken("title", PARTS[part]), "action": actions}
                for part, actions in parts.items()
                if actions
            ),
        ],
    }


def _check_in(pathway: Pathway, plan: CheckInPlan, base: str) -> Json:
    id = id_of("check-in", plan.id)
    ladder = (
        ("remind", REMIND, plan.silence.remind_after, "routine"),
        ("nurse", TELL_NURSE, plan.silence.nurse_after, PRIORITIES[plan.silence.level]),
    )
    window = {"timeOfDay": [f"{plan.opens:%H:%M:%S}"]}
    return {
        "id": id,
        **spoken("title", called(plan)),
        **_for_tiers(plan.tiers),
        "relatedAction": [_after(plan.anchor, plan.day)],
        "timingTiming": {"repeat": {**_again(plan.repeat), **window}},
        "definitionCanonical": (
            f"{base}/Questionnaire/{questionnaire_id(pathway, plan)}|{pathway.version}"
        ),
        "action": [
            {
                "id": f"{id}-{name}",
                **spoken("title", words),
                "priority": priority,
                "relatedAction": [_related(id, _hours(after))],
            }
            for name, words, after, priority in ladder
        ],
    }


def _rule(pathway: Pathway, rule: Rule, base: str) -> Json:
    expression = {"language": CONDITION, "expression": rule.when_text}
    return {
        "id": id_of("rule", rule.id),
        "title": rule.id,
        **spoken("description", rule.reason),
        **spoken("textEquivalent", rule.tell),
        "priority": PRIORITIES[rule.level],
        "code": [{"coding": [coding(base, "triage-level", rule.level.word)]}],
        "documentation": list(_citations(pathway, rule.source)),
        "condition": [{"kind": "applicability", "expression": expression}],
    }


def _teaching(pathway: Pathway, taught: Teaching) -> Json:
    span = {"low": duration(taught.from_day, "d"), "high": duration(taught.to_day, "d")}
    sources = list(_citations(pathway, taught.source))
    return {
        "id": id_of("teaching", taught.id),
        "title": taught.id,
        **spoken("textEquivalent", taught.words),
        **({"documentation": sources} if sources else {}),
        "relatedAction": [
            {
                "actionId": Anchor.SURGERY.value,
                "relationship": "after-start",
                "offsetRange": span,
            }
        ],
    }


def _reminder(reminder: Reminder) -> Json:
    at = {"timeOfDay": [f"{reminder.at:%H:%M:%S}"]}
    return {
        "id": id_of("reminder", reminder.id),
        "title": reminder.id,
        **spoken("textEquivalent", reminder.words),
        **_for_tiers(reminder.tiers),
        "relatedAction": [_after(reminder.anchor, reminder.day)],
        "timingTiming": {"repeat": {**_again(reminder.repeat), **at}},
    }


def _for_tiers(tiers: tuple[str, ...]) -> Json:
    """For whom; `%tier` is the patient's risk tier, as the house gives it."""
    if tiers == TIERS:
        return {}
    path = " or ".join(f"%tier = '{one}'" for one in tiers)
    expression = {"language": "text/fhirpath", "expression": path}
    return {"condition": [{"kind": "applicability", "expression": expression}]}


def _after(anchor: Anchor, day: int) -> Json:
    return _related(anchor.value, duration(day, "d"))


def _related(action: str, offset: Json) -> Json:
    return {"actionId": action, "relationship": "after-start", "offsetDuration": offset}


def _hours(length: timedelta) -> Json:
    return duration(length.total_seconds() / 3600, "h")


def _again(repeat: Repeat | None) -> Json:
    """How often it comes: once, or so many times in all."""
    if repeat is None:
        return {"count": 1}
    return {"count": repeat.times, "period": repeat.every_days, "periodUnit": "d"}


def _citations(pathway: Pathway, names: Iterable[str]) -> Iterator[Json]:
    """The sources; GK says general knowledge, which the care team confirms before use."""
    for name in names:
        source = pathway.shared.sources.get(name)
        told = {"display": source.title} if source is not None else {}
        address = {"url": source.address} if source is not None and source.address else {}
        yield {"type": "citation", "label": name, **told, **address}

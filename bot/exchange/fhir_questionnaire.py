"""FHIR Questionnaire: what one check-in asks, R4, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bot.core.condition.tree import PROCEDURE, TIER, Compare, Is, leaves
from bot.core.pathway import TIERS, CheckInPlan, Pathway
from bot.core.question import Kind, Question
from bot.core.words import Words
from bot.exchange.fhir_enable import code_system, enabled
from bot.exchange.fhir_words import UCUM, UNSIGNED, Json, coding, id_of, name_of, number, spoken
from bot.exchange.fhirpath import Scene
from bot.exchange.form import DAY, DAYS, DAYS_HOME
from bot.exchange.xlsform_out import GROUP, TOLD, called, offered

TYPES: Final = {
    Kind.SCALE: "integer",
    Kind.COUNT: "integer",
    Kind.MEASURE: "decimal",
    Kind.YES_NO: "choice",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "choice",
    Kind.DATE: "date",
    Kind.TEXT: "text",
}
STRUCTURE: Final = "http://hl7.org/fhir/StructureDefinition"
CONTROL: Final = "http://hl7.org/fhir/questionnaire-item-control"


def questionnaire(pathway: Pathway, plan: CheckInPlan, base: str) -> Json:
    """The questionnaire of one check-in."""
    id = questionnaire_id(pathway, plan)
    scene = Scene(pathway, plan.questions, base)
    head = [_display("intro", plan.intro)] if plan.intro is not None else []
    return {
        "resourceType": "Questionnaire",
        "id": id,
        "language": "en",
        "url": f"{base}/Questionnaire/{id}",
        "version": pathway.version,
        "name": name_of(pathway.id, plan.id),
        **spoken("title", _title(pathway, plan)),
        "status": "draft",
        "experimental": True,
        "subjectType": ["Patient"],
        **spoken("purpose", UNSIGNED),
        "item": [
            *head,
            *_about(scene),
            *(_item(scene, pathway.questions[name]) for name in plan.questions),
        ],
    }


def questionnaire_id(pathway: Pathway, plan: CheckInPlan) -> str:
    return id_of(pathway.id, plan.id)


def _title(pathway: Pathway, plan: CheckInPlan) -> Words:
    when = called(plan)
    return Words(
        {one: f"{pathway.title.say(one)}, {when.say(one)}" for one in pathway.title.by_language}
    )


def _about(scene: Scene) -> Iterator[Json]:
    """What the pathway knows by itself and a questionnaire must be told, where it is looked at."""
    wanted: dict[str, None] = {}
    for name in scene.asked:
        condition = scene.pathway.ask_when.get(name)
        for leaf in leaves(condition) if condition is not None else ():
            if isinstance(leaf, Is) and leaf.name in (TIER, PROCEDURE):
                wanted[leaf.name] = None
            if isinstance(leaf, Compare) and leaf.measure in DAYS:
                wanted[DAYS[leaf.measure]] = None
    if not wanted:
        return
    items = [_told(scene, name) for name in wanted]
    yield {"linkId": "about", **spoken("text", GROUP), "type": "group", "item": items}


def _told(scene: Scene, name: str) -> Json:
    item = {"linkId": name, **spoken("text", TOLD[name])}
    if name in (DAY, DAYS_HOME):
        return {**item, "type": "integer"}
    codes = TIERS if name == TIER else scene.pathway.procedures
    options = [{"valueCoding": coding(scene.base, code_system(name), one)} for one in codes]
    return {**item, "type": "choice", "answerOption": options}


def _item(scene: Scene, question: Question) -> Json:
    enable = enabled(scene, scene.pathway.ask_when.get(question.id))
    extensions = [*enable.pop("extension", []), *_limits(question)]
    item: Json = {
        **({"extension": extensions} if extensions else {}),
        "linkId": question.id,
        "code": [coding(scene.base, "observation", question.code, question.name)],
        **spoken("text", question.ask),
        "type": TYPES[question.kind],
        **enable,
        "repeats": question.kind is Kind.CHOICES,
    }
    system = code_system(question.id)
    options = [
        {"valueCoding": coding(scene.base, system, value, words)}
        for value, words in offered(question).items()
    ]
    if options:
        item["answerOption"] = options
    notes = [
        _display(f"{question.id}.{name}", words, control)
        for name, words, control in (
            ("help", question.help, "help"),
            ("why", question.why, "flyover"),
        )
        if words is not None
    ]
    return {**item, "item": notes} if notes else item


def _limits(question: Question) -> Iterator[Json]:
    """The smallest and largest plausible answer, and the unit."""
    kind = "valueDecimal" if question.kind is Kind.MEASURE else "valueInteger"
    limits = (("minValue", question.minimum), ("maxValue", question.maximum))
    for name, limit in limits:
        if limit is not None:
            yield {"url": f"{STRUCTURE}/{name}", kind: number(limit)}
    if question.unit and TYPES[question.kind] in ("integer", "decimal"):
        unit = {"system": UCUM, "code": question.unit}
        yield {"url": f"{STRUCTURE}/questionnaire-unit", "valueCoding": unit}


def _display(link_id: str, words: Words, control: str = "") -> Json:
    item: dict[str, Any] = {"linkId": link_id, **spoken("text", words), "type": "display"}
    if control:
        concept = {"coding": [{"system": CONTROL, "code": control}]}
        url = f"{STRUCTURE}/questionnaire-itemControl"
        item["extension"] = [{"url": url, "valueCodeableConcept": concept}]
    return item

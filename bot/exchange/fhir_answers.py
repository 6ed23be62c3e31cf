"""FHIR answers: what a check-in asked and heard, as QuestionnaireResponse and Observation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bot.core.check_in import CheckIn, CheckInState, Observation
from bot.core.pathway import CheckInPlan, Pathway
from bot.core.question import Kind, Question
from bot.exchange.fhir_enable import code_system
from bot.exchange.fhir_questionnaire import TYPES, questionnaire, questionnaire_id
from bot.exchange.fhir_scribe import LOINC, Scribe, fhir_id, given, hl7
from bot.exchange.fhir_words import UCUM, Json, coding, number
from bot.exchange.xlsform_out import offered

STATES: Final = {
    CheckInState.OPEN: "in-progress",
    CheckInState.COMPLETED: "completed",
}  # every other check-in that was opened ended before its end: stopped
# Sources: the vital signs profiles of FHIR R4, hl7.org/fhir/R4/observation-vitalsigns.html.
VITAL_SIGNS: Final = {
    ("body_temperature", "Cel"): ("8310-5", "Body temperature"),
    ("body_weight", "kg"): ("29463-7", "Body weight"),
}
WHY_ABSENT: Final = {
    "dont_know": ("asked-unknown", "Asked But Unknown"),
    "refused": ("asked-declined", "Asked But Declined"),
}
UNKNOWN: Final = ("unknown", "Unknown")
MASKED: Final = ("masked", "Masked")


def answers(scribe: Scribe) -> Iterator[Json]:
    """The questionnaires that were sent, what came back, and each answer by itself."""
    sent: dict[str, Json] = {}
    responses = []
    for check_in in scribe.file.check_ins:
        if check_in.opened_at is None:
            continue
        found = _asked_by(scribe, check_in)
        if found is not None:
            form = _form(scribe, *found)
            sent[form["id"]] = form
        responses.append(_response(scribe, check_in, found))
    yield from sent.values()
    yield from responses
    replaced = {one.superseded_by for one in scribe.file.observations}
    for one in scribe.file.observations:
        yield _observation(scribe, one, corrects=one.id in replaced)


def _asked_by(scribe: Scribe, check_in: CheckIn) -> tuple[Pathway, CheckInPlan] | None:
    """The pathway version whose questions it asked; None when nobody kept that version."""
    heard = [one for one in scribe.file.observations if one.check_in_id == check_in.id]
    episode = next(one for one in scribe.file.episodes if one.id == check_in.episode_id)
    used = heard[-1] if heard else episode
    pathway = scribe.file.pathways.get((used.pathway_id, used.pathway_version))
    plans = pathway.check_ins if pathway is not None else ()
    plan = next((one for one in plans if one.id == check_in.plan_id), None)
    return None if pathway is None or plan is None else (pathway, plan)


def _form(scribe: Scribe, pathway: Pathway, plan: CheckInPlan) -> Json:
    """The same questionnaire that the pathway's own export has, once for each version."""
    form = questionnaire(pathway, plan, scribe.base)
    return {**form, "id": fhir_id(f"{form['url']}|{form['version']}")}


def _response(scribe: Scribe, check_in: CheckIn, found: tuple[Pathway, CheckInPlan] | None) -> Json:
    heard = {
        one.question_id: one
        for one in scribe.file.observations
        if one.check_in_id == check_in.id and one.superseded_by is None
    }
    pathway, plan = found or (None, None)
    order = plan.questions if plan is not None else ()
    names = [*(one for one in order if one in heard), *(one for one in heard if one not in order)]
    link = ""
    if pathway is not None and plan is not None:
        link = f"{scribe.base}/Questionnaire/{questionnaire_id(pathway, plan)}|{pathway.version}"
    last = heard[names[-1]] if names else None
    return {
        **scribe.head("QuestionnaireResponse", check_in.id),
        "status": STATES.get(check_in.state, "stopped"),
        "subject": scribe.subject,
        **given(
            questionnaire=link,
            authored=scribe.at(check_in.ended_at or check_in.opened_at or check_in.due_at),
            source=scribe.person(last.said_by) if last else None,
            item=[_item(scribe, heard[name], question_of(scribe, heard[name])) for name in names],
        ),
    }


def question_of(scribe: Scribe, one: Observation) -> Question | None:
    pathway = scribe.file.pathways.get((one.pathway_id, one.pathway_version))
    return pathway.questions.get(one.question_id) if pathway is not None else None


def _item(scribe: Scribe, one: Observation, question: Question | None) -> Json:
    """An answer that was not understood has no value here; its Observation says why."""
    values = _values(scribe, one, question)
    return {
        "linkId": one.question_id,
        **given(
            text=question.ask.say("en") if question is not None else "",
            answer=[{f"value{kind}": value} for kind, value in values],
        ),
    }


def _values(scribe: Scribe, one: Observation, question: Question | None) -> list[tuple[str, Any]]:
    """(kind, value) as the questionnaire's item wants them; own words only with names."""
    if not one.understood or one.value is None:
        return []
    value = one.value
    if question is None:
        return [_plain(part) for part in _list(value)] if scribe.names else []
    match TYPES[question.kind]:
        case "integer":
            return [("Integer", int(value))]
        case "decimal":
            return [("Decimal", number(float(value)))]
        case "date":
            return [("Date", str(value))]
        case "text":
            return [("String", str(value))] if scribe.names and str(value).strip() else []
    return [("Coding", _chosen(scribe, question, part)) for part in _list(value)]


def _plain(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "Boolean", value
    if isinstance(value, int | float):
        return "Decimal", number(float(value))
    return "String", str(value)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _chosen(scribe: Scribe, question: Question, value: Any) -> Json:
    code = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    words = offered(question).get(code)
    return coding(scribe.base, code_system(question.id), code, words)


def _observation(scribe: Scribe, one: Observation, *, corrects: bool) -> Json:
    question = question_of(scribe, one)
    standard = VITAL_SIGNS.get((one.code, one.unit or ""))
    world = [{"system": LOINC, "code": standard[0], "display": standard[1]}] if standard else []
    category = "vital-signs" if standard else "survey"
    # R4: "entered-in-error" is an observation that was withdrawn after it had been final.
    status = "entered-in-error" if one.superseded_by else "corrected" if corrects else "final"
    opened = {one.id for one in scribe.file.check_ins if one.opened_at is not None}
    came = [scribe.ref("QuestionnaireResponse", id) for id in opened & {one.check_in_id}]
    note = scribe.words(one.source_text)
    return {
        **scribe.head("Observation", one.id),
        "status": status,
        "category": [hl7("observation-category", category)],
        "code": scribe.coded("observation", one.code, question.name if question else None, *world),
        "subject": scribe.subject,
        "effectiveDateTime": scribe.at(one.observed_at),
        "performer": [scribe.person(one.said_by)],
        **_measured(scribe, one, question),
        **given(
            note=[{"authorReference": scribe.person(one.said_by), "text": note}] if note else [],
            derivedFrom=came,
        ),
    }


def _measured(scribe: Scribe, one: Observation, question: Question | None) -> Json:
    """The value, each choice as a component, or why there is none."""
    values = _values(scribe, one, question)
    if question is not None and question.kind is Kind.CHOICES and one.understood:
        return {"component": list(_components(scribe, one, question))}
    if not values:
        return {"dataAbsentReason": _absent(one)}
    if len(values) > 1:
        return {"valueString": ", ".join(str(value) for _, value in values)}
    kind, value = values[0]
    match kind:
        case "Coding":
            return {"valueCodeableConcept": {"coding": [value]}}
        case "Integer" | "Decimal":
            unit = {"unit": one.unit, "system": UCUM, "code": one.unit} if one.unit else {}
            return {"valueQuantity": {"value": value, **unit}}
        case "Date":
            return {"valueDateTime": value}
    return {f"value{kind}": value}


def _components(scribe: Scribe, one: Observation, question: Question) -> Iterator[Json]:
    """All that could be chosen, and whether it was: nothing chosen is an answer too."""
    taken = {str(value) for value in _list(one.value or [])}
    for code in dict.fromkeys((*offered(question), *sorted(taken))):
        chosen = {"coding": [_chosen(scribe, question, code)]}
        yield {"code": chosen, "valueBoolean": code in taken}


def _absent(one: Observation) -> Json:
    if one.understood and one.value is not None:
        return hl7("data-absent-reason", *MASKED)
    outcome = str(one.details.get("outcome", ""))
    return hl7("data-absent-reason", *WHY_ABSENT.get(outcome, UNKNOWN))

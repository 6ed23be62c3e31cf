"""FHIR cases: what a nurse was called for as Flag, and her work with it as Task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.core.escalation import Cause, Escalation, EscalationState
from bot.core.staff import NurseTask
from bot.core.words import Words
from bot.exchange.fhir_plan import PRIORITIES
from bot.exchange.fhir_scribe import CHATBOT, Scribe, given, hl7
from bot.exchange.fhir_words import Json

STATES: Final = {
    EscalationState.OPEN: "requested",
    EscalationState.ACKNOWLEDGED: "accepted",
    EscalationState.CLOSED: "completed",
}


def cases(scribe: Scribe) -> Iterator[Json]:
    """Each sign as a Flag, each escalation and each task of a nurse as a Task."""
    by_id = {one.id: one for one in scribe.file.escalations}
    for cause in scribe.file.causes:
        yield _flag(scribe, cause, by_id[cause.escalation_id])
    for case in scribe.file.escalations:
        yield _escalation(scribe, case)
    for task in scribe.file.tasks:
        yield _task(scribe, task)


def _flag(scribe: Scribe, cause: Cause, case: Escalation) -> Json:
    """Why a nurse was called. It is active until a nurse has closed the case."""
    reason = Words(cause.reason) if {"en", "zh"} <= set(cause.reason) else None
    text = " · ".join(one for one in (cause.reason.get("en", ""), scribe.words(cause.words)) if one)
    noted = cause.noted_at or case.opened_at
    return {
        **scribe.head("Flag", cause.id),
        "status": "inactive" if case.is_closed else "active",
        "category": [
            hl7("flag-category", "clinical", "Clinical"),
            scribe.coded("triage-level", cause.level.word),
        ],
        "code": {
            **scribe.coded(f"cause-{cause.kind.replace('_', '-')}", cause.code, reason),
            **given(text=text),
        },
        "subject": scribe.subject,
        **scribe.period(noted, case.closed_at),
        "author": scribe.ref("Device", CHATBOT),
    }


def _escalation(scribe: Scribe, case: Escalation) -> Json:
    changed = case.closed_at or case.acknowledged_at or case.opened_at
    note = scribe.words(case.outcome_note)
    done = scribe.period(case.acknowledged_at, case.closed_at).get("period")
    why = [one for one in scribe.file.causes if one.escalation_id == case.id]
    return {
        **scribe.head("Task", case.id),
        "status": STATES[case.state],
        "intent": "order",
        "priority": PRIORITIES[case.level],
        "code": scribe.coded("task", "escalation"),
        "focus": scribe.ref("EpisodeOfCare", case.episode_id),
        "for": scribe.subject,
        "authoredOn": scribe.at(case.opened_at),
        "lastModified": scribe.at(changed),
        "requester": scribe.ref("Device", CHATBOT),
        **given(
            executionPeriod=done,
            owner=scribe.nurse(case.closed_by or case.acknowledged_by),
            note=[{"text": note}] if note else [],
            input=[
                {"type": {"text": "cause"}, "valueReference": scribe.ref("Flag", one.id)}
                for one in why
            ],
            output=[
                *_outcome(scribe, "outcome", case.outcome),
                *_outcome(scribe, "alert-right", case.alert_right),
                *_outcome(scribe, "complication", case.complication),
            ],
        ),
    }


def _outcome(scribe: Scribe, system: str, code: str | None) -> list[Json]:
    """What she said when she closed it, where she said it."""
    if not code:
        return []
    concept = scribe.coded(system, code)
    return [{"type": {"text": system}, "valueCodeableConcept": concept}]


def _task(scribe: Scribe, task: NurseTask) -> Json:
    """Work that is no escalation. What she wrote about its end is in her own words."""
    text, outcome = scribe.words(task.text), scribe.words(task.outcome)
    due = scribe.period(None, task.solve_by or task.due_at)
    done = scribe.period(task.answered_at, task.done_at).get("period")
    of = scribe.ref("EpisodeOfCare", task.episode_id) if task.episode_id else None
    return {
        **scribe.head("Task", task.id),
        "status": "completed" if task.done_at else "requested",
        "intent": "order",
        "code": scribe.coded("task", task.kind),
        "for": scribe.subject,
        "authoredOn": scribe.at(task.created_at),
        "lastModified": scribe.at(task.done_at or task.answered_at or task.created_at),
        "restriction": due,
        **given(
            description=text,
            focus=of,
            executionPeriod=done,
            owner=scribe.nurse(task.done_by or task.answered_by),
            output=[{"type": {"text": "outcome"}, "valueString": outcome}] if outcome else [],
        ),
    }

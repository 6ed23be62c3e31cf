"""FHIR care: the episode of care with its operation, the consents, and what was planned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.core.check_in import CheckIn, CheckInState
from bot.core.patient import Consent, Episode, EpisodeState
from bot.exchange.fhir_enable import code_system
from bot.exchange.fhir_people import responsible
from bot.exchange.fhir_scribe import LOINC, Scribe, fhir_id, hl7
from bot.exchange.fhir_words import Json

EPISODES: Final = {EpisodeState.ON_HOLD: "onhold"}  # the others have FHIR's own words
PLANNED: Final = {CheckInState.PLANNED: "requested", CheckInState.MISSED: "failed"}
# decision -> (status while it is the newest, what it allows)
DECISIONS: Final = {
    "given": ("active", "permit"),
    "resumed": ("active", "permit"),
    "refused": ("rejected", "deny"),
    "withdrawn": ("inactive", "deny"),
}
# Source: hl7.org/fhir/R4/valueset-consent-category.html
CONSENT_DOCUMENT: Final = {"system": LOINC, "code": "59284-0", "display": "Consent Document"}


def care(scribe: Scribe) -> Iterator[Json]:
    """Episodes and operations, consents, and check-ins that did not go out."""
    for episode in scribe.file.episodes:
        yield _episode(scribe, episode)
        yield _operation(scribe, episode)
        yield from _at_enrolment(scribe, episode)
    newest = {(one.episode_id, one.contact_id): one.id for one in scribe.file.consents}
    for consent in scribe.file.consents:
        holds = newest[consent.episode_id, consent.contact_id] == consent.id
        yield _consent(scribe, consent, holds=holds)
    for check_in in scribe.file.check_ins:
        if check_in.opened_at is None:
            yield _planned(scribe, check_in)


def _episode(scribe: Scribe, episode: Episode) -> Json:
    tier = scribe.coded(code_system("tier"), episode.risk_tier)
    pathway = scribe.file.pathways.get((episode.pathway_id, episode.pathway_version))
    title = pathway.title if pathway is not None else None
    reason = (
        episode.end_reason
    )  # why a nurse ended it before its time; FHIR has no place of its own
    ended = [scribe.coded("end-reason", reason)] if reason else []
    return {
        **scribe.head("EpisodeOfCare", episode.id),
        "status": EPISODES.get(episode.state, str(episode.state)),
        "type": [scribe.coded("pathway", episode.pathway_id, title), tier, *ended],
        "patient": scribe.subject,
        "managingOrganization": responsible(scribe),
        **scribe.period(episode.started_at or episode.created_at, episode.ended_at),
    }


def _operation(scribe: Scribe, episode: Episode) -> Json:
    """From which every check-in counts its days. Its code is the hospital's own."""
    done = episode.surgery_on <= scribe.file.taken_at.astimezone(scribe.zone).date()
    return {
        **scribe.head("Procedure", f"operation of {episode.id}"),
        "status": "completed" if done else "preparation",
        "code": scribe.coded(code_system("procedure"), episode.procedure_code),
        "subject": scribe.subject,
        "performedDateTime": episode.surgery_on.isoformat(),
    }


def _at_enrolment(scribe: Scribe, episode: Episode) -> Iterator[Json]:
    """Medicines and history as the ward wrote them: free text, so nothing says which hold."""
    if medicines := scribe.words(episode.medicines):
        yield {
            **scribe.head("MedicationStatement", f"medicines of {episode.id}"),
            "status": "unknown",
            "medicationCodeableConcept": {"text": medicines},
            "subject": scribe.subject,
            "context": _of(scribe, episode.id),
            "dateAsserted": scribe.at(episode.created_at),
        }
    if history := scribe.words(episode.history):
        yield {
            **scribe.head("Condition", f"history of {episode.id}"),
            "category": [scribe.coded("condition-category", "history")],
            "code": {"text": history},
            "subject": scribe.subject,
            "recordedDate": scribe.at(episode.created_at),
        }


def _consent(scribe: Scribe, consent: Consent, *, holds: bool) -> Json:
    status, allows = DECISIONS.get(consent.decision, ("inactive", "deny"))
    return {
        **scribe.head("Consent", consent.id),
        "language": consent.language,
        "status": status if holds else "inactive",
        "scope": hl7("consentscope", "treatment", "Treatment"),
        "category": [{"coding": [CONSENT_DOCUMENT]}],
        "patient": scribe.subject,
        "dateTime": scribe.at(consent.decided_at),
        "performer": [scribe.person(consent.contact_id)],
        "policy": [{"uri": f"{scribe.base}/consent-text/{fhir_id(consent.version)}"}],
        "provision": {
            "type": allows,
            "code": [scribe.coded("consent-decision", consent.decision)],
            "data": [{"meaning": "related", "reference": _of(scribe, consent.episode_id)}],
        },
    }


def _of(scribe: Scribe, episode_id: str) -> Json:
    return scribe.ref("EpisodeOfCare", episode_id)


def _planned(scribe: Scribe, check_in: CheckIn) -> Json:
    """A check-in that has not gone out yet, or never did."""
    window = scribe.period(check_in.due_at, check_in.window_end)
    return {
        **scribe.head("Task", check_in.id),
        "status": PLANNED.get(check_in.state, "cancelled"),
        "intent": "plan",
        "code": scribe.coded("task", "check_in"),
        "description": check_in.plan_id,
        "focus": _of(scribe, check_in.episode_id),
        "for": scribe.subject,
        "restriction": window,
    }

"""Show one case: why it was raised, the patient, what was said, and who was told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.check_in import CheckIn, Observation
from bot.core.conversation import Conversation
from bot.core.errors import NotFound
from bot.core.escalation import Cause, Escalation, Notification
from bot.core.expected import Zone, zones
from bot.core.pathway import Pathway
from bot.core.patient import Contact, Episode, Patient
from bot.core.permissions import Permission
from bot.core.question import Question
from bot.core.sbar import Sbar
from bot.core.shared import Source
from bot.core.staff import Nurse
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.services.audit import note
from bot.services.case_notes import describe_case
from bot.services.note_call import CALLED, Call, calls_about
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.show_leads import Lead, leads_of
from bot.services.show_transcript import Line, chats_of, transcript_of
from bot.services.show_worklist import day_after_surgery, names_of, pathway_title
from bot.services.whom import chat_for

MOST_ANSWERS = 500


@dataclass(frozen=True)
class Answer:
    """One answer as it was understood, beside the question it was given to."""

    observation: Observation
    question: Question | None
    said_by: str
    day: int


@dataclass(frozen=True)
class Why:
    """One cause with the rule behind it: its condition, and where it is written."""

    cause: Cause
    condition: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Told:
    """Who was told, at which step."""

    notification: Notification
    name: str


@dataclass(frozen=True)
class Alert:
    """When a case of this patient was opened, in days after surgery, and how grave it was."""

    id: str
    day: int
    level: TriageLevel


@dataclass(frozen=True)
class About:
    """A patient with her episode, her people and everything she answered."""

    patient: Patient
    episode: Episode
    pathway: Words
    day: int
    contacts: tuple[Contact, ...]
    answers: tuple[Answer, ...]
    check_ins: tuple[CheckIn, ...]
    transcript: tuple[Line, ...]
    chat: Conversation | None
    leads: tuple[Lead, ...]
    now: datetime
    zones: Mapping[str, tuple[Zone, ...]]  # by question: beyond these limits a nurse is called
    alerts: tuple[Alert, ...]  # of this episode, the one that is looked at included

    @property
    def age(self) -> int:
        return self.now.year - self.patient.birth_year


@dataclass(frozen=True)
class CaseView:
    """Everything the case page shows. `names` are staff by id."""

    escalation: Escalation
    about: About
    sbar: Sbar
    whys: tuple[Why, ...]
    told: tuple[Told, ...]
    calls: tuple[Call, ...]
    earlier: tuple[Escalation, ...]
    names: dict[str, str]


def show_case(parts: Parts, nurse: Nurse, *, escalation_id: str) -> CaseView:
    """One case of the nurse's ward; that she saw it is noted. Raises NotFound, NotAllowed."""
    require(nurse, Permission.SEE_PATIENT)
    with parts.record.reading() as tx:
        escalation = case_in_scope(tx, nurse, escalation_id)
        episode = tx.episodes.get(escalation.episode_id)
        patient = patient_in_scope(tx, nurse, escalation.patient_id)
        if episode is None:
            raise NotFound(f"no episode {escalation.episode_id}")
        about = about_episode(tx, parts, patient, episode, also=escalation.conversation_id)
        told = tx.notifications.find(escalation_id=escalation.id, order_by="notified_at")
        earlier = tx.escalations.find(
            patient_id=patient.id, id__not=escalation.id, order_by="-opened_at", limit=20
        )
        calls = calls_about(tx, escalation)
        people = [one.nurse_id for one in told] + [one.nurse_id for one in calls]
        people += [escalation.acknowledged_by or "", escalation.closed_by or ""]
        names = names_of(tx, people + [one.closed_by or "" for one in earlier])
        whys = _whys(tx, parts, episode, escalation)
        sbar = describe_case(tx, parts, escalation, language=nurse.language)
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="saw_case", about=patient.id, details=escalation.id)
    return CaseView(
        escalation=escalation,
        about=about,
        sbar=sbar,
        whys=whys,
        told=tuple(Told(one, names.get(one.nurse_id, "")) for one in told),
        calls=calls,
        earlier=tuple(earlier),
        names=names,
    )


def case_stamp(parts: Parts, nurse: Nurse, *, escalation_id: str) -> str:
    """Changes whenever the case or what was said in its chats does. Raises NotFound."""
    with parts.record.reading() as tx:
        case = case_in_scope(tx, nurse, escalation_id)
        counts = _chat_counts(tx, case.patient_id, case.conversation_id)
        calls = tx.audit.count(about=case.id, action=CALLED)
        facts = (case.changes, tx.causes.count(escalation_id=case.id), calls, counts)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def patient_stamp(parts: Parts, nurse: Nurse, *, patient_id: str) -> str:
    """Changes whenever what was said in the patient's chats does. Raises NotFound."""
    with parts.record.reading() as tx:
        counts = _chat_counts(tx, patient_in_scope(tx, nurse, patient_id).id, None)
    return hashlib.sha256(repr(counts).encode()).hexdigest()[:16]


def _chat_counts(tx: Transaction, patient_id: str, also: str | None) -> list[tuple[object, ...]]:
    chats = chats_of(tx, tx.contacts.find(patient_id=patient_id), also)
    return sorted(
        (one.id, one.last_seq, one.last_out, one.mode, one.nurse_id or "") for one in chats
    )


def case_in_scope(tx: Transaction, nurse: Nurse, escalation_id: str) -> Escalation:
    """The escalation, if its patient is of the nurse's ward; else it is not found."""
    escalation = tx.escalations.get(escalation_id)
    if escalation is None:
        raise NotFound(f"no escalation {escalation_id}")
    patient_in_scope(tx, nurse, escalation.patient_id)
    return escalation


def about_episode(
    tx: Transaction,
    parts: Parts,
    patient: Patient,
    episode: Episode,
    *,
    also: str | None = None,
) -> About:
    """Everything known of one episode. `also` is a chat that is not bound to a contact yet."""
    now = parts.clock.now()
    contacts = tuple(tx.contacts.find(patient_id=patient.id, order_by="created_at"))
    chats = chats_of(tx, contacts, also)
    return About(
        patient=patient,
        episode=episode,
        pathway=pathway_title(parts, episode),
        day=day_after_surgery(patient, episode, now),
        contacts=contacts,
        answers=_answers(tx, parts, patient, episode, contacts),
        check_ins=tuple(tx.check_ins.find(episode_id=episode.id, order_by="due_at")),
        transcript=transcript_of(tx, contacts, chats),
        chat=chat_for(tx, episode),
        leads=leads_of(tx, contacts, chats),
        now=now,
        zones=_zones(parts, episode),
        alerts=_alerts(tx, patient, episode),
    )


def _zones(parts: Parts, episode: Episode) -> dict[str, tuple[Zone, ...]]:
    pathway = _pathway(parts, episode)
    return {id: zones(pathway, id) for id in pathway.questions} if pathway else {}


def _alerts(tx: Transaction, patient: Patient, episode: Episode) -> tuple[Alert, ...]:
    found = tx.escalations.find(episode_id=episode.id, patient_id=patient.id, order_by="opened_at")
    return tuple(
        Alert(one.id, day_after_surgery(patient, episode, one.opened_at), one.level)
        for one in found
    )


def _pathway(parts: Parts, episode: Episode, version: str = "") -> Pathway | None:
    try:
        return parts.library.pathway(episode.pathway_id, version or episode.pathway_version)
    except NotFound:
        return None


def _answers(
    tx: Transaction,
    parts: Parts,
    patient: Patient,
    episode: Episode,
    contacts: tuple[Contact, ...],
) -> tuple[Answer, ...]:
    people = {one.id: one.name for one in contacts}
    pathway = _pathway(parts, episode)
    found = tx.observations.find(episode_id=episode.id, order_by="-observed_at", limit=MOST_ANSWERS)
    return tuple(
        Answer(
            observation=one,
            question=pathway.questions.get(one.question_id) if pathway else None,
            said_by=people.get(one.said_by, ""),
            day=day_after_surgery(patient, episode, one.observed_at),
        )
        for one in found
    )


def _whys(
    tx: Transaction, parts: Parts, episode: Episode, escalation: Escalation
) -> tuple[Why, ...]:
    pathway = _pathway(parts, episode)
    found = tx.causes.find(escalation_id=escalation.id, order_by="-level,-noted_at")
    return tuple(_why(parts, pathway, one) for one in found)


def _why(parts: Parts, pathway: Pathway | None, cause: Cause) -> Why:
    condition, known = "", parts.library.shared.sources
    if pathway is not None and cause.kind == "rule":
        rule = next((one for one in pathway.rules if one.id == cause.code), None)
        if rule is not None:
            condition = rule.when_text
            cause = cause if cause.source else replace(cause, source=list(rule.source))
    return Why(cause, condition, tuple(known[id] for id in cause.source if id in known))

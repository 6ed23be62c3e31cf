"""Enrol one patient: the record, an episode of care, and a one-time code per person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.core.enrolment import NewEnrolment
from bot.core.errors import AftercareError, NotFound
from bot.core.patient import Contact, Episode, EpisodeState, Invitation, Patient, Role
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.ports import Transaction


class EnrolmentConflict(AftercareError):
    """The hospital id is known, but for somebody else: `column` does not fit."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(f"hospital_id is known already with another {column}")


class OfAnotherWard(AftercareError):
    """The hospital id belongs to a patient whom this person may not see."""


@dataclass(frozen=True)
class Invited:
    """One person's way in. The code is shown once and kept only as a hash."""

    contact_id: str
    role: Role
    name: str
    code: str
    telegram_link: str
    web_link: str
    language: str
    channel: str

    @property
    def link(self) -> str:
        """What the picture holds: the way in that was chosen for her, where there is one."""
        on_telegram = self.telegram_link and self.channel == "telegram"
        return self.telegram_link if on_telegram else self.web_link


@dataclass(frozen=True)
class Enrolled:
    """`new` is false when the same row was enrolled before: then nothing changed."""

    patient_id: str
    episode_id: str
    new: bool
    invited: tuple[Invited, ...] = ()


def enrol(
    parts: Parts, *, row: NewEnrolment, by: str = "command line", ward: str | None = None
) -> Enrolled:
    """Enrol one patient. A repeated row changes nothing, also when both come at once.

    `ward` is the only one whose patients this person may enrol; None is every ward. Raises
    OfAnotherWard, and EnrolmentConflict when the hospital id belongs to somebody else.
    """
    with parts.record.transaction() as tx:
        patient = _patient(tx, parts, row, ward)
        before = tx.episodes.one(
            patient_id=patient.id, procedure_code=row.procedure_code, surgery_on=row.surgery_on
        )
        if before is not None:
            return Enrolled(patient_id=patient.id, episode_id=before.id, new=False)
        episode = _episode(tx, parts, row, patient)
        invited = [_contact(tx, parts, row, patient, Role.PATIENT)]
        if row.caregiver:
            invited.append(_contact(tx, parts, row, patient, Role.CAREGIVER))
        note(tx, parts, who=by, action="enrolled", about=patient.id)
        return Enrolled(patient.id, episode.id, new=True, invited=tuple(invited))


def invite_again(parts: Parts, *, contact_id: str, by: str) -> Invited:
    """A fresh code for a contact; earlier unused codes end."""
    with parts.record.transaction() as tx:
        contact = tx.contacts.get(contact_id)
        if contact is None:
            raise NotFound(f"no contact {contact_id}")
        now = parts.clock.now()
        for old in tx.invitations.find(contact_id=contact_id, used_at=None):
            tx.invitations.swap(old, replace(old, expires_at=now))
        note(tx, parts, who=by, action="invited again", about=contact.patient_id)
        return _invite(tx, parts, contact)


def _patient(tx: Transaction, parts: Parts, row: NewEnrolment, ward: str | None) -> Patient:
    """The patient with this hospital id, held, or a new one."""
    known = tx.patients.one(hospital_id=row.hospital_id)
    if known is None:
        fresh = _new_patient(parts, row)
        if tx.patients.add_if_new(fresh):
            return fresh
        known = tx.patients.one(hospital_id=row.hospital_id) or fresh
    stays = _held(tx, known)
    # First of all: a name or a year must not be found out by trying.
    if ward is not None and stays.ward != ward:
        raise OfAnotherWard
    if known.name != row.name:
        raise EnrolmentConflict("name")
    if known.birth_year != row.birth_year:
        raise EnrolmentConflict("birth_year")
    return stays


def _held(tx: Transaction, patient: Patient) -> Patient:
    """The record that stays, its row locked: it may be merged at this very moment."""
    held = tx.patients.get(patient.id, lock=True) or patient
    into = tx.patients.get(held.merged_into) if held.merged_into else None
    return held if into is None else _held(tx, into)


def _new_patient(parts: Parts, row: NewEnrolment) -> Patient:
    return Patient(
        id=parts.ids.new(),
        name=row.name,
        hospital_id=row.hospital_id,
        birth_year=row.birth_year,
        language=row.language,
        time_zone=row.time_zone,
        ward=row.ward,
        created_at=parts.clock.now(),
    )


def _episode(tx: Transaction, parts: Parts, row: NewEnrolment, patient: Patient) -> Episode:
    pathway = parts.library.for_procedure(row.procedure_code)
    if pathway is None:
        raise NotFound(f"no pathway for procedure '{row.procedure_code}'")
    episode = Episode(
        id=parts.ids.new(),
        patient_id=patient.id,
        pathway_id=pathway.id,
        pathway_version=pathway.version,
        procedure_code=row.procedure_code,
        surgery_on=row.surgery_on,
        discharge_on=row.discharge_on,
        risk_tier=row.risk_tier,
        state=EpisodeState.PLANNED,
        created_at=parts.clock.now(),
        medicines=row.medicines,
        history=row.history,
    )
    tx.episodes.add(episode)
    return episode


def _contact(
    tx: Transaction, parts: Parts, row: NewEnrolment, patient: Patient, role: Role
) -> Invited:
    own = role is Role.PATIENT
    # A daughter who helps is not the son who helped after an earlier operation.
    named: dict[str, Any] = {} if own else {"name": row.caregiver}
    known = tx.contacts.one(patient_id=patient.id, role=role, **named)
    contact = known or Contact(
        id=parts.ids.new(),
        patient_id=patient.id,
        role=role,
        name=row.name if own else row.caregiver,
        language=row.language if own else row.caregiver_language or row.language,
        channel=row.channel,
        created_at=parts.clock.now(),
        phone=row.phone if own else "",
    )
    if known is None:
        tx.contacts.add(contact)
    return _invite(tx, parts, contact)


def _invite(tx: Transaction, parts: Parts, contact: Contact) -> Invited:
    code, now = parts.ids.code(), parts.clock.now()
    tx.invitations.add(
        Invitation(
            id=parts.ids.new(),
            contact_id=contact.id,
            code_hash=parts.hash_code(code),
            created_at=now,
            expires_at=now + timedelta(hours=parts.house.code_valid_hours),
        )
    )
    telegram = f"https://t.me/{parts.house.telegram_username}?start={code}"
    return Invited(
        contact_id=contact.id,
        role=contact.role,
        name=contact.name,
        code=code,
        telegram_link=telegram if parts.house.telegram_username else "",
        web_link=f"{parts.house.public_url}/chat/{code}",
        language=contact.language,
        channel=contact.channel,
    )

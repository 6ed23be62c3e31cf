"""Patient, the people who may speak for her, and her episode of care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RiskTier(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Role(StrEnum):
    """Who is writing: the patient, or a proxy who answers for her."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"


class EpisodeState(StrEnum):
    """States as in FHIR EpisodeOfCare."""

    PLANNED = "planned"  # enrolled, waiting for consent
    ACTIVE = "active"
    ON_HOLD = "on_hold"  # STOP was said, or the patient cannot be reached
    FINISHED = "finished"
    CANCELLED = "cancelled"


# Why a nurse ends a follow-up before its time. Nothing is written to a chat for SILENT_END.
SILENT_END = "died"
END_REASONS = ("recovered", "readmitted", "elsewhere", "wish", "mistake", SILENT_END, "other")
NEEDS_NOTE = ("mistake", "other")
END_MERGED = "merged"  # the other follow-up of the same person goes on


@dataclass(frozen=True)
class Patient:
    """One person who had an operation. `hospital_id` is unique.

    `merged_into` is the id of the record that stays, where this one was a second
    registration of the same person; see `bot.core.merge`.
    """

    id: str
    name: str
    hospital_id: str
    birth_year: int
    language: str
    time_zone: str
    ward: str
    created_at: datetime
    merged_into: str | None = None


@dataclass(frozen=True)
class Contact:
    """A person we may talk to about one patient: herself or her caregiver."""

    id: str
    patient_id: str
    role: Role
    name: str
    language: str
    channel: str
    created_at: datetime
    phone: str = ""


@dataclass(frozen=True)
class Episode:
    """One patient on one pathway version, from enrolment to end.

    `medicines` and `history` are what the ward wrote at enrolment, as free text for a nurse to
    read; nothing is decided from them. Empty means nobody wrote it, not that there is none.
    `ended_by` is the nurse who ended it before its time, for one of END_REASONS and with a
    note of her own; None when it ran its course or a newer follow-up took its place.
    """

    id: str
    patient_id: str
    pathway_id: str
    pathway_version: str
    procedure_code: str
    surgery_on: date
    discharge_on: date
    risk_tier: RiskTier
    state: EpisodeState
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    medicines: str = ""
    history: str = ""
    ended_by: str | None = None
    end_reason: str = ""
    end_note: str = ""


@dataclass(frozen=True)
class Invitation:
    """A one-time code that binds one contact to one chat. Only its hash is kept."""

    id: str
    contact_id: str
    code_hash: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    conversation_id: str | None = None
    wrong_answers: int = 0


@dataclass(frozen=True)
class Consent:
    """Who agreed to (or refused, or withdrew from) which text, when, in which language."""

    id: str
    episode_id: str
    contact_id: str
    conversation_id: str
    version: str
    language: str
    decision: str  # given | refused | withdrawn | resumed
    decided_at: datetime

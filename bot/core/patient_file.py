"""Patient file: everything the record holds of one patient, in one piece, to be handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.check_in import CheckIn, Observation
from bot.core.conversation import Inbound, Outbound
from bot.core.escalation import Cause, Escalation
from bot.core.pathway import Pathway
from bot.core.patient import Consent, Contact, Episode, Patient
from bot.core.staff import Nurse, NurseTask


@dataclass(frozen=True)
class Said:
    """One message between a person and the house.

    `contact_id` is the patient or caregiver on the other side; `nurse_id` the nurse who
    wrote it, where a nurse did.
    """

    message: Inbound | Outbound
    contact_id: str
    nurse_id: str = ""


@dataclass(frozen=True)
class PatientFile:
    """One patient with her people, episodes, answers, cases, tasks, consents and messages.

    `pathways` by (id, version): those whose questions she was asked and that can still be
    read. `nurses` by id: whoever is named somewhere in the file.
    """

    patient: Patient
    also: tuple[Patient, ...]  # second registrations that were merged into hers
    taken_at: datetime
    contacts: tuple[Contact, ...]
    episodes: tuple[Episode, ...]
    check_ins: tuple[CheckIn, ...]
    observations: tuple[Observation, ...]
    escalations: tuple[Escalation, ...]
    causes: tuple[Cause, ...]
    tasks: tuple[NurseTask, ...]
    consents: tuple[Consent, ...]
    said: tuple[Said, ...]
    pathways: Mapping[tuple[str, str], Pathway]
    nurses: Mapping[str, Nurse]

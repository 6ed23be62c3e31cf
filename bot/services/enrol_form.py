"""Enrolment form: what a nurse typed becomes a patient, or reasons beside the fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.core.enrolment import CHANNELS, NewEnrolment, read_enrolment
from bot.core.errors import NotFound
from bot.core.patient import Patient, RiskTier
from bot.core.permissions import Permission, sees_every_ward
from bot.core.staff import Nurse
from bot.core.words import Words
from bot.services.enrol import (
    Enrolled,
    EnrolmentConflict,
    Invited,
    OfAnotherWard,
    enrol,
    invite_again,
)
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require, scope
from bot.services.transfer_patient import wards

FIELDS = (
    *("name", "hospital_id", "birth_year", "procedure_code", "surgery_date", "discharge_date"),
    *("language", "time_zone", "risk_tier", "channel", "ward", "phone"),
    *("caregiver", "caregiver_language", "medicines", "history"),
)
NEEDED = Words({"zh": "请填写", "en": "please fill this in"})
CONFLICT = Words(
    {
        "zh": "这个住院号已登记，但此项与记录不同，请核对",
        "en": "this hospital number is enrolled already with another value here; please check",
    }
)

OTHER_WARD = Words(
    {
        "zh": "这个住院号是其他病区的患者；请那个病区先把她转到本病区，再登记",
        "en": "this hospital number is of a patient of another ward; ask that ward to transfer her "
        "to yours, then enrol her here",
    }
)
NO_SUCH_WARD = Words({"zh": "请选择病区", "en": "please choose a ward"})


@dataclass(frozen=True)
class Faults:
    """What is wrong with which field."""

    fields: Mapping[str, Words]


def procedures(parts: Parts) -> tuple[tuple[str, Words], ...]:
    """Every procedure code of the library with the title of its pathway."""
    found = []
    for code in sorted(parts.library.procedures()):
        pathway = parts.library.for_procedure(code)
        if pathway is not None:
            found.append((code, pathway.title))
    return tuple(found)


def enrol_from_form(parts: Parts, nurse: Nurse, typed: Mapping[str, str]) -> Enrolled | Faults:
    """Enrol, or say what is wrong. A nurse of one ward enrols into her own."""
    require(nurse, Permission.ENROL_PATIENT)
    row = {name: typed.get(name, "") for name in FIELDS}
    if not sees_every_ward(nurse):
        row["ward"] = nurse.ward
    elif row["ward"].strip() not in ("", *wards(parts)):
        return Faults({"ward": NO_SUCH_WARD})  # a slip would hide her from every nurse
    read = read_enrolment(row, procedures=parts.library.procedures(), today=house_today(parts))
    if not isinstance(read, NewEnrolment):
        return Faults(
            {
                # A list of codes helps in a table; in a form there is one to choose from.
                fault.column: fault.reason if row[fault.column] else NEEDED
                for fault in read
            }
        )
    try:
        return enrol(parts, row=read, by=nurse.id, ward=scope(nurse).get("ward"))
    except OfAnotherWard:
        return Faults({"hospital_id": OTHER_WARD})
    except EnrolmentConflict as conflict:
        return Faults({conflict.column: CONFLICT})
    except NotFound:
        return Faults({"procedure_code": CONFLICT})


def house_today(parts: Parts) -> date:
    """The date on the ward's own calendar."""
    return parts.clock.now().astimezone(ZoneInfo(parts.house.default_time_zone)).date()


def starting_values(parts: Parts) -> dict[str, str]:
    """What the form holds before anybody types. A card is made at discharge, so that is today;
    the day of the operation is never guessed, since every check-in counts from it."""
    house = parts.house
    return {
        "language": house.language,
        "time_zone": house.default_time_zone,
        "discharge_date": house_today(parts).isoformat(),
        "risk_tier": RiskTier.MEDIUM,
        "channel": CHANNELS[0] if house.telegram_username else "webchat",
    }


def namesakes(parts: Parts, nurse: Nurse, *, patient_id: str) -> tuple[Patient, ...]:
    """Others whom this nurse sees with the same name and year of birth: the same person twice?"""
    with parts.record.reading() as tx:
        patient = patient_in_scope(tx, nurse, patient_id)
        return tuple(
            tx.patients.find(
                id__not=patient.id,
                name=patient.name,
                birth_year=patient.birth_year,
                merged_into=None,
                **scope(nurse),
            )
        )


def invite_contact(parts: Parts, nurse: Nurse, *, contact_id: str) -> tuple[str, Invited]:
    """A fresh card for one person; returns the patient's id too. Raises NotFound."""
    require(nurse, Permission.ENROL_PATIENT)
    with parts.record.reading() as tx:
        contact = tx.contacts.get(contact_id)
        if contact is None:
            raise NotFound(f"no contact {contact_id}")
        patient_in_scope(tx, nurse, contact.patient_id)
    return contact.patient_id, invite_again(parts, contact_id=contact_id, by=nurse.id)

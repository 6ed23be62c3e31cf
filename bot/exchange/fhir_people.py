"""FHIR people: the patient, who answers for her, her nurses, the house and its chatbot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.core.patient import Contact, Role
from bot.exchange.fhir_scribe import CHATBOT, HOSPITAL, Scribe, given
from bot.exchange.fhir_words import Json

LANGUAGES: Final = "urn:ietf:bcp:47"


def people(scribe: Scribe) -> Iterator[Json]:
    """Everybody whom another resource names."""
    yield _patient(scribe)
    for contact in scribe.file.contacts:
        if contact.role is not Role.PATIENT:
            yield _related(scribe, contact)
    for nurse in sorted(scribe.file.nurses.values(), key=lambda one: one.id):
        named = [{"text": nurse.name}] if scribe.names else []
        yield {
            **scribe.head("Practitioner", nurse.id),
            **given(active=nurse.active, name=named),
        }
    yield {**scribe.head("Organization", HOSPITAL), "name": _house_name(scribe)}
    if scribe.file.patient.ward:
        part_of = scribe.ref("Organization", HOSPITAL)
        ward = scribe.file.patient.ward
        yield {**scribe.head("Organization", ward_id(ward)), "name": ward, "partOf": part_of}
    named = [{"name": "Aftercare", "type": "user-friendly-name"}]
    yield {**scribe.head("Device", CHATBOT), "deviceName": named}


def ward_id(ward: str) -> str:
    """The ward's id: only its name tells it apart."""
    return f"ward: {ward}"


def responsible(scribe: Scribe) -> Json:
    """The ward that cares for her now, or the hospital where no ward is named."""
    ward = scribe.file.patient.ward
    return scribe.ref("Organization", ward_id(ward) if ward else HOSPITAL)


def _house_name(scribe: Scribe) -> str:
    return next((one for one in scribe.house.values() if one), HOSPITAL)


def _patient(scribe: Scribe) -> Json:
    patient = scribe.file.patient
    own = [one for one in scribe.file.contacts if one.role is Role.PATIENT]
    system = f"{scribe.base}/hospital-number"
    numbers = [
        {"use": "usual", "system": system, "value": patient.hospital_id},
        *({"use": "old", "system": system, "value": one.hospital_id} for one in scribe.file.also),
    ]
    return {
        **scribe.head("Patient", patient.id),
        **given(
            identifier=numbers if scribe.names else [],
            name=[{"text": patient.name}] if scribe.names else [],
            telecom=_phones(scribe, *own),
            birthDate=f"{patient.birth_year:04}",
            communication=[{**_language(patient.language), "preferred": True}],
            managingOrganization=responsible(scribe),
        ),
    }


def _related(scribe: Scribe, contact: Contact) -> Json:
    return {
        **scribe.head("RelatedPerson", contact.id),
        "patient": scribe.subject,
        "relationship": [scribe.coded("role", contact.role)],
        **given(
            name=[{"text": contact.name}] if scribe.names else [],
            telecom=_phones(scribe, contact),
            communication=[_language(contact.language)],
        ),
    }


def _phones(scribe: Scribe, *contacts: Contact) -> list[Json]:
    numbers = dict.fromkeys(one.phone for one in contacts if one.phone and scribe.names)
    return [{"system": "phone", "value": one} for one in numbers]


def _language(language: str) -> Json:
    return {"language": {"coding": [{"system": LANGUAGES, "code": language}]}}

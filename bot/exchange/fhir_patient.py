"""FHIR R4: one patient's whole file as one Bundle in which every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.patient_file import PatientFile
from bot.exchange.fhir_answers import answers
from bot.exchange.fhir_care import care
from bot.exchange.fhir_cases import cases
from bot.exchange.fhir_people import people
from bot.exchange.fhir_scribe import Scribe, fhir_id
from bot.exchange.fhir_talk import talk
from bot.exchange.fhir_words import Json


def patient_bundle(
    file: PatientFile, base: str, *, house: Mapping[str, str], names: bool = True
) -> Json:
    """Everything in one collection; `base` is the address under which the house names it."""
    scribe = Scribe(file, base.rstrip("/"), house, names)
    resources = [
        *people(scribe),
        *care(scribe),
        *answers(scribe),
        *cases(scribe),
        *talk(scribe),
    ]
    return {
        "resourceType": "Bundle",
        "id": fhir_id(file.patient.id),
        "type": "collection",
        "timestamp": scribe.at(file.taken_at),
        "entry": [
            {"fullUrl": f"{scribe.base}/{one['resourceType']}/{one['id']}", "resource": one}
            for one in resources
        ],
    }


def fhir_base(public_url: str) -> str:
    """The address of this house's codes and resources, where no other is named."""
    return f"{public_url.rstrip('/')}/fhir"

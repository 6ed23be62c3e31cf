"""FHIR scribe: how one patient's file is written down: addresses, references, moments, people."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.patient import Role
from bot.core.patient_file import PatientFile
from bot.core.words import Words
from bot.exchange.fhir_words import Json, coding

ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"
LOINC: Final = "http://loinc.org"
CHATBOT: Final = "aftercare-chatbot"
HOSPITAL: Final = "hospital"


@dataclass(frozen=True)
class Scribe:
    """What every resource of one patient's bundle needs to be written.

    Without `names` there are ids, years of birth, coded answers, levels and moments: no
    name, no number, and nothing that a person wrote in her own words.
    """

    file: PatientFile
    base: str
    house: Mapping[str, str]  # the hospital's name by language
    names: bool = True

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.file.patient.time_zone)

    def at(self, moment: datetime) -> str:
        """A moment on the patient's own clock, with its distance from UTC."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def period(self, start: datetime | None, end: datetime | None) -> Json:
        """From when to when; what is not known is left out."""
        limits = {"start": start, "end": end}
        told = {name: self.at(one) for name, one in limits.items() if one is not None}
        return {"period": told} if told else {}

    def head(self, kind: str, id: str) -> Json:
        return {"resourceType": kind, "id": fhir_id(id)}

    def ref(self, kind: str, id: str) -> Json:
        return {"reference": f"{kind}/{fhir_id(id)}"}

    @property
    def subject(self) -> Json:
        return self.ref("Patient", self.file.patient.id)

    def person(self, contact_id: str) -> Json:
        """Who said or decided it: the patient herself, or who answers for her."""
        contact = next((one for one in self.file.contacts if one.id == contact_id), None)
        if contact is None or contact.role is Role.PATIENT:
            return self.subject
        return self.ref("RelatedPerson", contact.id)

    def nurse(self, nurse_id: str | None) -> Json | None:
        known = nurse_id is not None and nurse_id in self.file.nurses
        return self.ref("Practitioner", str(nurse_id)) if known else None

    def coded(self, system: str, code: str, words: Words | None = None, *more: Json) -> Json:
        """A concept of the house; `more` are the same in a terminology of the world."""
        return {"coding": [*more, coding(self.base, system, code, words)]}

    def words(self, text: str) -> str:
        """Own words of a person, or nothing where these are to be left out."""
        return text.strip() if self.names else ""


def fhir_id(id: str) -> str:
    """An id as FHIR may have it; one that it may not have becomes a stable other one."""
    return id if ID.fullmatch(id) else uuid.uuid5(uuid.NAMESPACE_URL, id).hex


def hl7(system: str, code: str, display: str = "") -> Json:
    """A concept of HL7's own terminology."""
    one = {"system": f"{TERMINOLOGY}/{system}", "code": code}
    return {"coding": [{**one, "display": display} if display else one]}


def given(**elements: object) -> Json:
    """Only what there is: FHIR knows no empty elements."""
    return {name: one for name, one in elements.items() if one not in (None, "", [], {})}

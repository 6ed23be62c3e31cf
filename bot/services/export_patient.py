"""Export patients: the whole file of one, for another system of the hospital."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.patient_file import PatientFile
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.export import PAGE, Wanted
from bot.services.parts import Parts
from bot.services.patient_file import gather
from bot.services.permissions import patient_in_scope, require


def export_patient(parts: Parts, nurse: Nurse, *, patient_id: str) -> PatientFile:
    """The file of one patient of the nurse's ward; that she took it is noted first.

    Raises NotFound, NotAllowed.
    """
    require(nurse, Permission.EXPORT_PATIENT)
    with parts.record.transaction() as tx:
        patient = patient_in_scope(tx, nurse, patient_id)
        note(tx, parts, who=nurse.id, action="export", about=patient.id, details="fhir")
    with parts.record.reading() as tx:
        return gather(tx, parts, patient)


def export_patients(parts: Parts, wanted: Wanted, *, by: str) -> Iterator[PatientFile]:
    """The file of every patient who was enrolled in the stretch of time, one at a time.

    That somebody took them is noted before the first one leaves.
    """
    between = f"{wanted.since or ''}..{wanted.until or ''}"
    details = f"fhir {between} {'with names' if wanted.names else 'without names'}"
    with parts.record.transaction() as tx:
        note(tx, parts, who=by, action="export", about="record", details=details)
    limits = {"created_at__gte": wanted.since, "created_at__lt": wanted.until}
    # A second registration stands in the file of the record that stays.
    where: dict[str, Any] = {"merged_into": None}
    where |= {name: limit for name, limit in limits.items() if limit is not None}
    last = ""
    while True:
        with parts.record.reading() as tx:
            page = tx.patients.find(id__gt=last, order_by="id", limit=PAGE, **where)
        for patient in page:
            with parts.record.reading() as tx:
                yield gather(tx, parts, patient)
        if len(page) < PAGE:
            return
        last = page[-1].id

"""Patient pages: find a patient, and see all that is known of her."""

from __future__ import annotations

import json

from starlette.responses import Response

from bot.console import lead
from bot.console.curve import curves_of, marks_of
from bot.console.door import Page, Visit, look_for
from bot.core.permissions import Permission
from bot.exchange.fhir_patient import fhir_base, patient_bundle
from bot.services.export_patient import export_patient
from bot.services.permissions import check_patient
from bot.services.show_case import patient_stamp
from bot.services.show_merge import stays_for
from bot.services.show_patients import list_patients, show_patient
from bot.services.write_to_patient import LONGEST_MESSAGE


def patients(visit: Visit) -> Response:
    """The list. A search is sent in the body: names do not belong into addresses."""
    search = visit.form.get("search", "")
    found = list_patients(visit.parts, visit.nurse, search=search)
    return visit.page("patients.html", found=found, search=search)


def patient(visit: Visit) -> Response:
    """Her page; a registration that was merged leads to the one that stays."""
    stays = stays_for(visit.parts, visit.nurse, visit.id)
    return _page(visit) if stays == visit.id else visit.go(f"/console/patients/{stays}")


def _page(
    visit: Visit, *, notice: str = "", wrong: dict[str, str] | None = None, status: int = 200
) -> Response:
    stamp = patient_stamp(visit.parts, visit.nurse, patient_id=visit.id)
    found = show_patient(visit.parts, visit.nurse, patient_id=visit.id)
    look = look_for(visit.desk, visit.nurse.language)
    return visit.page(
        "patient.html",
        status=status,
        view=found,
        stamp=stamp,
        about=found.about,
        now=found.about.now,
        curves=curves_of(found.about, look),
        marks=marks_of(found.about, look),
        notice=notice,
        wrong=wrong or {},
        typed=visit.form,
        longest_message=LONGEST_MESSAGE,
        quick_replies=lead.quick_replies(visit),
    )


def message(visit: Visit) -> Response:
    found = show_patient(visit.parts, visit.nurse, patient_id=visit.id)
    return lead.write(visit, found.about.episode.id, f"/console/patients/{visit.id}", _page)


def export(visit: Visit) -> Response:
    """Her whole file as FHIR R4, to be saved. The file's name holds her id and nothing more."""
    house = visit.parts.house
    file = export_patient(visit.parts, visit.nurse, patient_id=visit.id)
    content = patient_bundle(file, fhir_base(house.public_url), house=house.name)
    return Response(
        json.dumps(content, ensure_ascii=False, indent=2),
        media_type="application/fhir+json",
        headers={"Content-Disposition": f'attachment; filename="patient-{visit.id}.json"'},
    )


def take_over(visit: Visit) -> Response:
    check_patient(visit.parts, visit.nurse, visit.id)
    return lead.take(visit, f"/console/patients/{visit.id}", _page)


def hand_back(visit: Visit) -> Response:
    check_patient(visit.parts, visit.nurse, visit.id)
    return lead.give(visit, f"/console/patients/{visit.id}", _page)


PAGES = (
    Page("/patients", "GET", Permission.SEE_PATIENT, patients),
    Page("/patients", "POST", Permission.SEE_PATIENT, patients),
    Page("/patients/{id}", "GET", Permission.SEE_PATIENT, patient),
    Page("/patients/{id}/message", "POST", Permission.WRITE_TO_PATIENT, message),
    Page("/patients/{id}/export", "POST", Permission.EXPORT_PATIENT, export),
    Page("/patients/{id}/take-over", "POST", Permission.WRITE_TO_PATIENT, take_over),
    Page("/patients/{id}/hand-back", "POST", Permission.WRITE_TO_PATIENT, hand_back),
)

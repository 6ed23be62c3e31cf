"""Enrolment pages: the form, and the card that a patient takes home."""

from __future__ import annotations

import io
from collections.abc import Mapping

import segno
from markupsafe import Markup
from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.core.enrolment import CHANNELS
from bot.core.patient import RiskTier
from bot.core.permissions import Permission
from bot.core.words import LANGUAGES, Words
from bot.services.enrol import Invited
from bot.services.enrol_form import (
    Faults,
    enrol_from_form,
    invite_contact,
    namesakes,
    procedures,
    starting_values,
)
from bot.services.transfer_patient import wards


def form(visit: Visit) -> Response:
    return _form(visit, {}, {})


def _form(
    visit: Visit, typed: Mapping[str, str], faults: Mapping[str, Words], *, status: int = 200
) -> Response:
    return visit.page(
        "enrol.html",
        status=status,
        typed={**starting_values(visit.parts), **typed},
        wards=wards(visit.parts),
        faults=faults,
        procedures=procedures(visit.parts),
        tiers=[str(one) for one in RiskTier],
        channels=CHANNELS,
        languages=LANGUAGES,
    )


def enrol(visit: Visit) -> Response:
    """Enrol, and show the cards at once: their codes are not kept and not shown again."""
    result = enrol_from_form(visit.parts, visit.nurse, visit.form)
    if isinstance(result, Faults):
        return _form(visit, visit.form, result.fields, status=422)
    return _cards(visit, result.patient_id, result.invited, new=result.new)


def invite(visit: Visit) -> Response:
    """A fresh card for one person; the one before it no longer works."""
    patient_id, invited = invite_contact(visit.parts, visit.nurse, contact_id=visit.id)
    return _cards(visit, patient_id, (invited,), new=True)


def _cards(visit: Visit, patient_id: str, invited: tuple[Invited, ...], *, new: bool) -> Response:
    # A card is read at home: in the language of the person who takes it.
    cards = [(one, qr_code(one.link), look_for(visit.desk, one.language)) for one in invited]
    alike = namesakes(visit.parts, visit.nurse, patient_id=patient_id) if new else ()
    return visit.page("cards.html", patient_id=patient_id, cards=cards, new=new, alike=alike)


def qr_code(link: str) -> Markup:
    """The link as a picture for a phone's camera, drawn inside the page."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=2, scale=4, omitsize=True
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - drawn by segno, no text of ours


PAGES = (
    Page("/enrol", "GET", Permission.ENROL_PATIENT, form),
    Page("/enrol", "POST", Permission.ENROL_PATIENT, enrol),
    Page("/contacts/{id}/invite", "POST", Permission.ENROL_PATIENT, invite),
)

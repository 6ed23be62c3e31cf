"""Change pages: end a follow-up or let it go on, and let another ward care for a patient."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.core.patient import END_REASONS, NEEDS_NOTE
from bot.core.permissions import Permission
from bot.services.end_episode import LONGEST_NOTE, end_episode
from bot.services.resume_episode import resume_episode
from bot.services.show_changes import show_changes
from bot.services.staff_accounts import Refused
from bot.services.transfer_patient import transfer_patient


def change(visit: Visit) -> Response:
    return change_page(visit)


def change_page(
    visit: Visit, *, wrong: Mapping[str, str] | None = None, form: str = ""
) -> Response:
    """`form` is the one whose fields were wrong: end, resume, transfer or merge."""
    t = look_for(visit.desk, visit.nurse.language).t
    why = {name: t(f"wrong.{key}", limit=LONGEST_NOTE) for name, key in (wrong or {}).items()}
    return visit.page(
        "change.html",
        status=422 if wrong else 200,
        view=show_changes(visit.parts, visit.nurse, patient_id=visit.id),
        reasons=END_REASONS,
        needs_note=NEEDS_NOTE,
        longest=LONGEST_NOTE,
        wrong=why,
        form=form,
        typed=visit.form,
    )


def end(visit: Visit) -> Response:
    view = show_changes(visit.parts, visit.nurse, patient_id=visit.id)
    reason, words = visit.form.get("reason", ""), visit.form.get("words", "")
    try:
        end_episode(
            visit.parts, visit.nurse, episode_id=view.episode.id, reason=reason, words=words
        )
    except Refused as refused:
        return change_page(visit, wrong=refused.fields, form="end")
    return visit.go(f"/console/patients/{visit.id}", done="follow_up_ended")


def resume(visit: Visit) -> Response:
    view = show_changes(visit.parts, visit.nurse, patient_id=visit.id)
    try:
        resume_episode(visit.parts, visit.nurse, episode_id=view.episode.id)
    except Refused as refused:
        return change_page(visit, wrong=refused.fields, form="resume")
    return visit.go(f"/console/patients/{visit.id}", done="follow_up_goes_on")


def transfer(visit: Visit) -> Response:
    """Afterwards she may be out of this nurse's sight, so the way leads to the list."""
    ward, words = visit.form.get("ward", ""), visit.form.get("words", "")
    try:
        transfer_patient(visit.parts, visit.nurse, patient_id=visit.id, ward=ward, words=words)
    except Refused as refused:
        return change_page(visit, wrong=refused.fields, form="transfer")
    return visit.go("/console/patients", done="transferred")


PAGES = (
    Page("/patients/{id}/change", "GET", Permission.CHANGE_PATIENT, change),
    Page("/patients/{id}/end", "POST", Permission.CHANGE_PATIENT, end),
    Page("/patients/{id}/resume", "POST", Permission.CHANGE_PATIENT, resume),
    Page("/patients/{id}/transfer", "POST", Permission.CHANGE_PATIENT, transfer),
)

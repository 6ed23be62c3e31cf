"""Merge pages: two records of one person side by side, the choice, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from bot.console.change_pages import change_page
from bot.console.door import Page, Visit, look_for
from bot.core.permissions import Permission
from bot.services.end_episode import LONGEST_NOTE
from bot.services.merge_patients import Said, merge_patients
from bot.services.show_merge import show_merged, show_pair
from bot.services.staff_accounts import Refused
from bot.services.undo_merge import undo_merge


def look(visit: Visit) -> Response:
    """Both records side by side. The number is sent in the body: it belongs into no address."""
    try:
        return _pair(visit)
    except Refused as refused:
        return change_page(visit, wrong=refused.fields, form="merge")


def _pair(visit: Visit, *, wrong: Mapping[str, str] | None = None) -> Response:
    number = visit.form.get("number", "")
    t = look_for(visit.desk, visit.nurse.language).t
    return visit.page(
        "merge.html",
        status=422 if wrong else 200,
        pair=show_pair(visit.parts, visit.nurse, patient_id=visit.id, number=number),
        number=number,
        longest=LONGEST_NOTE,
        wrong={name: t(f"wrong.{key}", limit=LONGEST_NOTE) for name, key in (wrong or {}).items()},
        typed=visit.form,
    )


def merge(visit: Visit) -> Response:
    form = visit.form
    try:
        pair = show_pair(
            visit.parts, visit.nurse, patient_id=visit.id, number=form.get("number", "")
        )
        ids = [one.patient.id for one in pair.sides]
        stays = form.get("stays", "")
        if stays not in ids:
            return _pair(visit, wrong={"stays": "choose"})
        goes = next(one for one in ids if one != stays)
        said = Said(
            year_stays=form.get(f"year-{stays}", ""),
            year_goes=form.get(f"year-{goes}", ""),
            compared=form.get("compared") == "yes",
            keeps=form.get("keeps", ""),
            words=form.get("words", ""),
        )
        merge_patients(visit.parts, visit.nurse, stays_id=stays, goes_id=goes, said=said)
    except Refused as refused:
        if "number" in refused.fields:
            return change_page(visit, wrong=refused.fields, form="merge")
        named = {"year_stays": "year-stays", "year_goes": "year-goes"}
        wrong = {named.get(name, name): key for name, key in refused.fields.items()}
        return _pair(visit, wrong=wrong)
    return visit.go(f"/console/patients/{stays}", done="merged")


def merged(visit: Visit) -> Response:
    return _merged(visit)


def _merged(visit: Visit, *, wrong: Mapping[str, str] | None = None) -> Response:
    t = look_for(visit.desk, visit.nurse.language).t
    return visit.page(
        "merged.html",
        status=422 if wrong else 200,
        view=show_merged(visit.parts, visit.nurse, merge_id=visit.id),
        longest=LONGEST_NOTE,
        wrong={name: t(f"wrong.{key}", limit=LONGEST_NOTE) for name, key in (wrong or {}).items()},
        typed=visit.form,
    )


def undo(visit: Visit) -> Response:
    """It was not one person: two records again."""
    words = visit.form.get("words", "")
    try:
        undo_merge(visit.parts, visit.nurse, merge_id=visit.id, words=words)
    except Refused as refused:
        return _merged(visit, wrong=refused.fields)
    return visit.go(f"/console/merges/{visit.id}", done="merge_undone")


PAGES = (
    Page("/patients/{id}/merge/look", "POST", Permission.MERGE_PATIENTS, look),
    Page("/patients/{id}/merge", "POST", Permission.MERGE_PATIENTS, merge),
    Page("/merges/{id}", "GET", Permission.SEE_PATIENT, merged),
    Page("/merges/{id}/undo", "POST", Permission.MERGE_PATIENTS, undo),
)

"""Case pages: why this patient needs a nurse, and what a nurse can do about it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from bot.console import lead
from bot.console.curve import curves_of, marks_of
from bot.console.door import Page, Visit, look_for
from bot.core.errors import AlreadyDone, NotAllowed
from bot.core.escalation import OUTCOMES
from bot.core.permissions import Permission
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.pass_on import pass_on
from bot.services.permissions import check_case
from bot.services.show_case import show_case
from bot.services.show_photo import media_of
from bot.services.write_to_patient import LONGEST_MESSAGE

LONGEST_NOTE = 4000


def case(visit: Visit) -> Response:
    return _page(visit)


def _page(
    visit: Visit, *, notice: str = "", wrong: dict[str, str] | None = None, status: int = 200
) -> Response:
    """The case, with what was typed still there when something was wrong."""
    found = show_case(visit.parts, visit.nurse, escalation_id=visit.id)
    look = look_for(visit.desk, visit.nurse.language)
    return visit.page(
        "case.html",
        status=status,
        case=found,
        about=found.about,
        now=found.about.now,
        curves=curves_of(found.about, look),
        marks=marks_of(found.about, look),
        outcomes=OUTCOMES,
        notice=notice,
        wrong=wrong or {},
        typed=visit.form,
        longest_note=LONGEST_NOTE,
        longest_message=LONGEST_MESSAGE,
        quick_replies=lead.quick_replies(visit),
    )


def _act(visit: Visit, do: Callable[[], object], *, done: str) -> Response:
    """Do it, or show the case as it is now and say who was first."""
    check_case(visit.parts, visit.nurse, visit.id)
    t = look_for(visit.desk, visit.nurse.language).t
    try:
        do()
    except AlreadyDone as first:
        by = first.by or t("case.somebody")
        return _page(visit, notice=t("case.already", by=by), status=409)
    except NotAllowed:
        return _page(visit, notice=t("case.held_by_other"), status=403)
    return visit.go(f"/console/cases/{visit.id}", done=done)


def have_it(visit: Visit) -> Response:
    return _act(
        visit,
        lambda: acknowledge(visit.parts, escalation_id=visit.id, nurse_id=visit.nurse.id),
        done="acknowledged",
    )


def hand_on(visit: Visit) -> Response:
    reason = visit.form.get("reason", "")
    return _act(
        visit,
        lambda: pass_on(
            visit.parts, escalation_id=visit.id, nurse_id=visit.nurse.id, reason=reason
        ),
        done="passed_on",
    )


def close(visit: Visit) -> Response:
    t = look_for(visit.desk, visit.nurse.language).t
    outcome, note = visit.form.get("outcome", ""), visit.form.get("note", "")
    wrong = {}
    if outcome not in OUTCOMES:
        wrong["outcome"] = t("case.outcome_needed")
    if len(note) > LONGEST_NOTE:
        wrong["note"] = t("case.note_too_long", length=len(note), limit=LONGEST_NOTE)
    if wrong:
        check_case(visit.parts, visit.nurse, visit.id)
        return _page(visit, wrong=wrong, status=422)
    return _act(
        visit,
        lambda: close_escalation(
            visit.parts,
            escalation_id=visit.id,
            nurse_id=visit.nurse.id,
            outcome=outcome,
            note=note,
        ),
        done="closed",
    )


def message(visit: Visit) -> Response:
    found = show_case(visit.parts, visit.nurse, escalation_id=visit.id)
    return lead.write(visit, found.escalation.episode_id, f"/console/cases/{visit.id}", _page)


def take_over(visit: Visit) -> Response:
    check_case(visit.parts, visit.nurse, visit.id)
    return lead.take(visit, f"/console/cases/{visit.id}", _page)


def hand_back(visit: Visit) -> Response:
    check_case(visit.parts, visit.nurse, visit.id)
    return lead.give(visit, f"/console/cases/{visit.id}", _page)


def photo(visit: Visit) -> Response:
    """A photo that a patient sent."""
    number = visit.request.path_params["number"]
    media_id = media_of(visit.parts, visit.nurse, inbound_id=visit.id, number=number)
    found = visit.desk.media.open(media_id)
    if found is None:
        return Response(status_code=404)
    content, kind = found
    return Response(
        content,
        media_type=kind,
        headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
    )


PAGES = (
    Page("/cases/{id}", "GET", Permission.SEE_PATIENT, case),
    Page("/cases/{id}/acknowledge", "POST", Permission.ACT_ON_CASE, have_it),
    Page("/cases/{id}/pass-on", "POST", Permission.ACT_ON_CASE, hand_on),
    Page("/cases/{id}/close", "POST", Permission.ACT_ON_CASE, close),
    Page("/cases/{id}/message", "POST", Permission.WRITE_TO_PATIENT, message),
    Page("/cases/{id}/take-over", "POST", Permission.WRITE_TO_PATIENT, take_over),
    Page("/cases/{id}/hand-back", "POST", Permission.WRITE_TO_PATIENT, hand_back),
    Page("/photos/{id}/{number:int}", "GET", Permission.SEE_PATIENT, photo),
)

"""Case pages: why this patient needs a nurse, and what a nurse can do about it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from bot.console import lead, plan_pages
from bot.console.curve import curves_of, marks_of
from bot.console.door import Page, Visit, look_for
from bot.core.errors import AlreadyDone, NotAllowed
from bot.core.escalation import (
    GRADES,
    LONGEST_REASON,
    MOST_SNOOZE_MINUTES,
    NO_COMPLICATION,
    OUTCOMES,
    RIGHTNESS,
    Escalation,
)
from bot.core.permissions import Permission
from bot.core.triage_level import TriageLevel
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.pass_on import pass_on
from bot.services.permissions import check_case
from bot.services.show_case import case_stamp, show_case
from bot.services.show_photo import media_of
from bot.services.snooze import snooze
from bot.services.write_to_patient import LONGEST_MESSAGE

LONGEST_NOTE = 4000
WAITS = (10, 15, 30, 60)  # minutes to choose from, as long as the hour in all has room


def case(visit: Visit) -> Response:
    return _page(visit)


def _page(
    visit: Visit, *, notice: str = "", wrong: dict[str, str] | None = None, status: int = 200
) -> Response:
    """The case, with what was typed still there when something was wrong."""
    stamp = case_stamp(visit.parts, visit.nurse, escalation_id=visit.id)
    found = show_case(visit.parts, visit.nurse, escalation_id=visit.id)
    look = look_for(visit.desk, visit.nurse.language)
    return visit.page(
        "case.html",
        status=status,
        case=found,
        stamp=stamp,
        about=found.about,
        now=found.about.now,
        curves=curves_of(found.about, look),
        marks=marks_of(found.about, look),
        outcomes=OUTCOMES,
        rightness=RIGHTNESS,
        grades=[(one, look.t.known("grade", one)) for one in (NO_COMPLICATION, *GRADES)],
        waits=waits_for(found.escalation, visit.nurse.id),
        longest_reason=LONGEST_REASON,
        notice=notice,
        wrong=wrong or {},
        typed=visit.form,
        longest_note=LONGEST_NOTE,
        longest_message=LONGEST_MESSAGE,
        quick_replies=lead.quick_replies(visit),
        **plan_pages.choices(visit, found.about),
    )


def waits_for(case: Escalation, nurse_id: str) -> tuple[int, ...]:
    """For how many minutes she may let this case wait; none for an emergency."""
    hers = not case.is_closed and case.acknowledged_by in (None, nurse_id)
    if not hers or case.level is TriageLevel.EMERGENCY:
        return ()
    return tuple(one for one in WAITS if case.snoozed_minutes + one <= MOST_SNOOZE_MINUTES)


def _act(
    visit: Visit,
    do: Callable[[], object],
    *,
    done: str,
    refused: str = "case.held_by_other",
) -> Response:
    """Do it, or show the case as it is now and say who was first."""
    check_case(visit.parts, visit.nurse, visit.id)
    t = look_for(visit.desk, visit.nurse.language).t
    try:
        do()
    except AlreadyDone as first:
        by = first.by or t("case.somebody")
        return _page(visit, notice=t("case.already", by=by), status=409)
    except NotAllowed:
        return _page(visit, notice=t(refused), status=403)
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


def wait(visit: Visit) -> Response:
    """Let the case wait for a while, with the reason; an emergency never."""
    t = look_for(visit.desk, visit.nurse.language).t
    reason, chosen = visit.form.get("wait_reason", ""), visit.form.get("minutes", "")
    minutes = next((one for one in WAITS if str(one) == chosen), 0)
    wrong = {} if reason.strip() else {"wait_reason": t("case.wait_reason_needed")}
    if not minutes:
        wrong["minutes"] = t("case.wait_too_long", minutes=MOST_SNOOZE_MINUTES)
    if wrong:
        check_case(visit.parts, visit.nurse, visit.id)
        return _page(visit, wrong=wrong, status=422)

    def do() -> None:
        snooze(
            visit.parts,
            escalation_id=visit.id,
            nurse_id=visit.nurse.id,
            minutes=minutes,
            reason=reason,
        )

    try:
        return _act(visit, do, done="waits", refused="case.wait_never")
    except ValueError:
        wrong = {"minutes": t("case.wait_too_long", minutes=MOST_SNOOZE_MINUTES)}
        return _page(visit, wrong=wrong, status=422)


def close(visit: Visit) -> Response:
    t = look_for(visit.desk, visit.nurse.language).t
    outcome, note = visit.form.get("outcome", ""), visit.form.get("note", "")
    right = visit.form.get("alert_right") or None
    grade = visit.form.get("complication") or None
    wrong = {}
    if outcome not in OUTCOMES:
        wrong["outcome"] = t("case.outcome_needed")
    if right not in (None, *RIGHTNESS):
        wrong["alert_right"] = t("case.right_unknown")
    if grade not in (None, NO_COMPLICATION, *GRADES):
        wrong["complication"] = t("case.right_unknown")
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
            alert_right=right,
            complication=grade,
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
    *plan_pages.pages(_page),
    Page("/cases/{id}", "GET", Permission.SEE_PATIENT, case),
    Page("/cases/{id}/acknowledge", "POST", Permission.ACT_ON_CASE, have_it),
    Page("/cases/{id}/pass-on", "POST", Permission.ACT_ON_CASE, hand_on),
    Page("/cases/{id}/wait", "POST", Permission.ACT_ON_CASE, wait),
    Page("/cases/{id}/close", "POST", Permission.ACT_ON_CASE, close),
    Page("/cases/{id}/message", "POST", Permission.WRITE_TO_PATIENT, message),
    Page("/cases/{id}/take-over", "POST", Permission.WRITE_TO_PATIENT, take_over),
    Page("/cases/{id}/hand-back", "POST", Permission.WRITE_TO_PATIENT, hand_back),
    Page("/photos/{id}/{number:int}", "GET", Permission.SEE_PATIENT, photo),
)

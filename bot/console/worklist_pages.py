"""Worklist pages: what needs a nurse now, and the tasks that can wait."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.door import HOME, Page, Visit
from bot.core.permissions import Permission
from bot.services.audit import note
from bot.services.call_back import answer_call_back, is_call_back
from bot.services.nurse_tasks import finish_task
from bot.services.permissions import check_task
from bot.services.send_again import send_again
from bot.services.show_technical import show_technical
from bot.services.show_worklist import show_worklist
from bot.services.staff_accounts import Refused
from bot.watchdog.words import texts

TASK_OUTCOMES = ("called", "answered", "seen", "unreachable", "nothing_needed")


def worklist(visit: Visit) -> Response:
    """The page that stays open all shift. Its first sight is noted, not every refresh."""
    found = show_worklist(visit.parts, visit.nurse)
    if "x-live" not in visit.request.headers:
        with visit.parts.record.transaction() as tx:
            note(tx, visit.parts, who=visit.nurse.id, action="saw_worklist", about="worklist")
    technical = show_technical(visit.parts, visit.nurse)
    return visit.page(
        "worklist.html",
        list=found,
        now=found.now,
        task_outcomes=TASK_OUTCOMES,
        technical=technical,
        alarm=texts(visit.nurse.language),
    )


def done(visit: Visit) -> Response:
    """A task is finished, with what came of it."""
    outcome = visit.form.get("outcome", "")
    if outcome not in TASK_OUTCOMES:
        return visit.go(f"{HOME}", done="choose_outcome")
    check_task(visit.parts, visit.nurse, visit.id)
    solved = visit.form.get("solved", "").strip()
    if not solved and is_call_back(visit.parts, visit.id):
        return visit.go(HOME, done="say_what_was_solved")
    words = f"{outcome}: {solved}" if solved else outcome
    finish_task(visit.parts, task_id=visit.id, nurse_id=visit.nurse.id, outcome=words)
    return visit.go(HOME, done="task_done")


def answered(visit: Visit) -> Response:
    """She has spoken with a patient who was not content; now her matter is to be solved."""
    check_task(visit.parts, visit.nurse, visit.id)
    answer_call_back(visit.parts, task_id=visit.id, nurse_id=visit.nurse.id)
    return visit.go(HOME, done="answered")


def again(visit: Visit) -> Response:
    """A message that could not be delivered is sent once more, in the nurse's name."""
    try:
        send_again(visit.parts, visit.nurse, visit.id)
    except Refused:
        return visit.go(HOME, done="no_chat")
    return visit.go(HOME, done="sent_again")


PAGES = (
    Page("/worklist", "GET", Permission.SEE_WORKLIST, worklist),
    Page("/tasks/{id}/done", "POST", Permission.DO_TASK, done),
    Page("/tasks/{id}/answered", "POST", Permission.DO_TASK, answered),
    Page("/tasks/{id}/again", "POST", Permission.DO_TASK, again),
)

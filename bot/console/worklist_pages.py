"""Worklist pages: what needs a nurse now, and the tasks that can wait."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.door import HOME, Page, Visit
from bot.core.permissions import Permission
from bot.core.worklist import LEVELS, Sought, Whose, read_sought
from bot.services.audit import note
from bot.services.call_back import answer_call_back, is_call_back
from bot.services.nurse_tasks import finish_task
from bot.services.permissions import check_task
from bot.services.send_again import send_again
from bot.services.show_technical import show_technical
from bot.services.show_worklist import MOST, PAGE, show_worklist
from bot.services.staff_accounts import Refused
from bot.services.worklist_sight import wards_of
from bot.watchdog.words import texts

TASK_OUTCOMES = ("called", "answered", "seen", "unreachable", "nothing_needed")


def worklist(visit: Visit) -> Response:
    """The page that stays open all shift. Its first sight is noted, not every refresh."""
    typed = visit.form or visit.request.query_params
    sought, shown = read_sought(typed), _shown(typed.get("shown", ""))
    # Before the list is read: what comes in between is then shown once more, and not missed.
    stamp = visit.desk.sight().stamp(visit.nurse)
    found = show_worklist(visit.parts, visit.nurse, sought, shown=shown)
    if "x-live" not in visit.request.headers:
        with visit.parts.record.transaction() as tx:
            note(tx, visit.parts, who=visit.nurse.id, action="saw_worklist", about="worklist")
    technical = show_technical(visit.parts, visit.nurse)
    return visit.page(
        "worklist.html",
        list=found,
        stamp=stamp,
        sought=sought,
        shown=shown,
        more_address=_address(sought, min(shown * 2, MOST)),
        wards=wards_of(visit.desk.sight(), visit.nurse),
        levels=LEVELS,
        whose=tuple(Whose),
        now=found.now,
        task_outcomes=TASK_OUTCOMES,
        technical=technical,
        alarm=texts(visit.nurse.language),
    )


def look_for_items(visit: Visit) -> Response:
    """What she looks for. A name stays in the body: names do not belong into addresses."""
    sought = read_sought(visit.form)
    if sought.search or "x-live" in visit.request.headers:
        return worklist(visit)
    return visit.go(_address(sought, PAGE))


def _address(sought: Sought, shown: int) -> str:
    """The worklist with these wishes, all but what was searched for."""
    wishes = {
        "whose": "" if sought.whose is Whose.ALL else sought.whose,
        "ward": sought.ward,
        "level": sought.level.word if sought.level else "",
        "kind": sought.kind,
        "shown": "" if shown == PAGE else str(shown),
    }
    query = urlencode({key: value for key, value in wishes.items() if value})
    return f"{HOME}?{query}" if query else HOME


def _shown(typed: str) -> int:
    known = typed.isascii() and typed.isdigit() and len(typed) <= len(str(MOST))
    return min(max(PAGE, int(typed)), MOST) if known else PAGE


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
    Page("/worklist", "POST", Permission.SEE_WORKLIST, look_for_items),
    Page("/worklist", "GET", Permission.SEE_WORKLIST, worklist),
    Page("/tasks/{id}/done", "POST", Permission.DO_TASK, done),
    Page("/tasks/{id}/answered", "POST", Permission.DO_TASK, answered),
    Page("/tasks/{id}/again", "POST", Permission.DO_TASK, again),
)

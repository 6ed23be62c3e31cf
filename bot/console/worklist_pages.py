"""Worklist pages: what needs a nurse now, and the tasks that can wait."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

from bot.console.door import HOME, Page, Visit, look_for
from bot.core.permissions import Permission
from bot.core.worklist import LEVELS, Sought, Whose, read_sought
from bot.services.audit import note
from bot.services.call_back import answer_call_back, is_call_back
from bot.services.nurse_tasks import finish_task
from bot.services.permissions import check_task
from bot.services.send_again import send_again
from bot.services.show_technical import show_technical
from bot.services.show_worklist import MOST, PAGE, Worklist, show_worklist
from bot.services.staff_accounts import Refused
from bot.services.worklist_sight import wards_of
from bot.watchdog.words import texts

TASK_OUTCOMES = ("called", "answered", "seen", "unreachable", "nothing_needed")


def worklist(visit: Visit) -> Response:
    """The page that stays open all shift. Its first sight is noted, not every renewal."""
    typed = visit.form or visit.request.query_params
    sought, shown = read_sought(typed), _shown(typed.get("shown", ""))
    # Before the list is read: what comes in between is then shown once more, and not missed.
    stamp = visit.desk.sight().stamp(visit.nurse)

    def read() -> Worklist:
        return show_worklist(visit.parts, visit.nurse, sought, shown=shown)

    if "x-live" in visit.request.headers:
        found = visit.desk.lists.get(visit.nurse, sought, shown, stamp, read)
        return _renewal(visit, found, sought, shown, stamp)
    # Not a shared one: she may come from a press of her own, and must see what it did.
    found = read()
    with visit.parts.record.transaction() as tx:
        note(tx, visit.parts, who=visit.nurse.id, action="saw_worklist", about="worklist")
    return visit.page(
        "worklist.html",
        **_lists(visit, found, sought, shown, stamp),
        wards=wards_of(visit.desk.sight(), visit.nurse),
        levels=LEVELS,
        whose=tuple(Whose),
    )


def _lists(visit: Visit, found: Worklist, sought: Sought, shown: int, stamp: str) -> dict[str, Any]:
    """What the lists are drawn from."""
    return {
        "list": found,
        "stamp": stamp,
        "sought": sought,
        "shown": shown,
        "more_address": _address(sought, min(shown * 2, MOST)),
        "now": visit.parts.clock.now(),
        "task_outcomes": TASK_OUTCOMES,
        "technical": show_technical(visit.parts, visit.nurse),
        "alarm": texts(visit.nurse.language),
        "may_act": visit.may("case:act"),
        "may_do": visit.may("task:do"),
    }


def _renewal(visit: Visit, found: Worklist, sought: Sought, shown: int, stamp: str) -> Response:
    """The lists alone. Those who see the same words get the same drawing, with their own secret."""

    def draw() -> str:
        return look_for(visit.desk, visit.nurse.language).render(
            "worklist_lists.html",
            **_lists(visit, found, sought, shown, stamp),
            nurse=visit.nurse,
            csrf=visit.desk.lists.secret_here,
        )

    html = visit.desk.lists.drawn(visit.nurse, found, stamp, draw)
    csrf = visit.session.sign_in.csrf_token
    return HTMLResponse(html.replace(visit.desk.lists.secret_here, csrf))


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

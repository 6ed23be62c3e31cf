"""Second step pages: the code after the password, a new phone, and its recovery codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.door import (
    SIGN_IN,
    Desk,
    Page,
    Visit,
    home_of,
    local,
    look_for,
    problem,
    read_form,
    same_origin,
    same_secret,
    sign_in_page,
)
from bot.console.enrol_pages import qr_code
from bot.console.enter import enter_console, first_page, give_session, kept_fields
from bot.core.errors import AftercareError
from bot.services.second_step import (
    Enrolled,
    HasOne,
    Place,
    StartAgain,
    WrongCode,
    confirm,
    enter,
    invite,
    second_step_of,
)
from bot.services.sign_in import Session, TooManyTries, waiting_of

CODE = f"{SIGN_IN}/code"
OWN = "/console/second-step"


def open_routes(desk: Desk) -> Iterator[tuple[str, str, Callable[[Request], Any]]]:
    """For whoever gave the right password and has not shown her phone yet."""

    async def show(request: Request) -> Response:
        waiting = await run_in_threadpool(waiting_session, desk, request)
        if waiting is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        return await run_in_threadpool(ask_for_code, desk, waiting)

    async def answer(request: Request) -> Response:
        if not same_origin(desk, request):
            return problem(desk, request, None, "problem.forged", 403)
        form = await read_form(request)
        if form is None:
            return problem(desk, request, None, "problem.too_large", 413)
        return await run_in_threadpool(_answer, desk, request, form)

    yield CODE, "GET", show
    yield CODE, "POST", answer


def waiting_session(desk: Desk, request: Request) -> Session | None:
    return waiting_of(desk.parts, request.cookies.get(desk.cookie("console"), ""))


def ask_for_code(
    desk: Desk,
    session: Session,
    *,
    next: str = "",
    kept: str = "",
    wrong: str = "",
    status: int = 200,
) -> Response:
    """The code of her phone; or, where she has none yet, how to set it up."""
    waiting = session.sign_in.waits_for
    mode = "code" if waiting == "code" else "enrol"
    invitation = invite(desk.parts, session.nurse) if mode == "enrol" else None
    return _page(
        desk,
        session,
        status=status,
        mode=mode,
        problem=wrong,
        invitation=invitation,
        picture=qr_code(invitation.link) if invitation else "",
        next=next if local(next) or not waiting else "",
        kept=kept,
        waiting=bool(waiting),
        action=CODE if waiting else OWN,
    )


def _page(desk: Desk, session: Session, *, status: int = 200, **values: Any) -> Response:
    look = look_for(desk, session.nurse.language)
    given = {"problem": "", "kept": "", "csrf": session.sign_in.csrf_token, **values}
    html = look.render("second_step.html", house=desk.parts.house, **given)
    return HTMLResponse(html, status_code=status)


def _answer(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    waiting = waiting_session(desk, request)
    if waiting is None or not same_secret(form.get("csrf", ""), waiting.sign_in.csrf_token):
        return RedirectResponse(SIGN_IN, status_code=303)
    next, kept, code = form.get("next", ""), form.get("kept", ""), form.get("code", "")
    to = first_page(waiting.nurse, next)
    place = place_of(desk, request)
    try:
        if waiting.sign_in.waits_for == "code":
            opened = enter(desk.parts, waiting, code=code, place=place)
            return enter_console(desk, request, opened, to, kept)
        enrolled = confirm(desk.parts, waiting, code=code, place=place)
    except HasOne:  # set up in another window meanwhile
        return RedirectResponse(SIGN_IN, status_code=303)
    except StartAgain:
        look = look_for(desk, waiting.nurse.language)
        again = look.t("second_step.start_again")
        login = waiting.nurse.login
        return sign_in_page(
            desk, request, next=next, kept=kept, login=login, problem=again, status=401
        )
    except (WrongCode, TooManyTries) as refused:
        wrong, status = _why(desk, waiting, refused)
        return ask_for_code(desk, waiting, next=next, kept=kept, wrong=wrong, status=status)
    return _recovery(desk, waiting, enrolled, to, kept)


def _recovery(
    desk: Desk, session: Session, enrolled: Enrolled, to: str, kept: str = ""
) -> Response:
    """Her recovery codes, this once; then on to where she wanted."""
    opened = enrolled.signed_in
    if opened is not None:
        session = Session(opened.nurse, opened.sign_in)
    # What had been typed is sent without a session's secret: the door shows it and asks again.
    fields, codes = kept_fields(kept), enrolled.recovery
    page = _page(desk, session, mode="recovery", recovery=codes, next=to, kept=fields)
    if opened is not None:
        give_session(desk, page, opened)
    return page


def place_of(desk: Desk, request: Request) -> Place:
    address = request.client.host if request.client else ""
    return Place(address, request.cookies.get(desk.cookie("device"), ""))


def _why(desk: Desk, session: Session, refused: AftercareError) -> tuple[str, int]:
    t = look_for(desk, session.nurse.language).t
    if isinstance(refused, TooManyTries):
        return t("sign_in.wait", seconds=refused.seconds), 429
    return t("second_step.wrong"), 401


def own(visit: Visit) -> Response:
    """Her own second step: set one up, or see that it is on."""
    home = home_of(visit.nurse)
    hers = second_step_of(visit.parts, visit.nurse.id)
    if hers is None:
        return ask_for_code(visit.desk, visit.session, next=home)
    look = look_for(visit.desk, visit.nurse.language)
    since, left = look.when(hers.confirmed_at), len(hers.recovery)
    return _page(visit.desk, visit.session, mode="on", since=since, left=left, next=home)


def set_up(visit: Visit) -> Response:
    """She typed the first code of her phone."""
    desk, home = visit.desk, home_of(visit.nurse)
    code, place = visit.form.get("code", ""), place_of(desk, visit.request)
    try:
        enrolled = confirm(desk.parts, visit.session, code=code, place=place)
    except HasOne:
        return visit.go(OWN)
    except (WrongCode, TooManyTries) as refused:
        wrong, status = _why(desk, visit.session, refused)
        return ask_for_code(desk, visit.session, next=home, wrong=wrong, status=status)
    return _recovery(desk, visit.session, enrolled, home)


PAGES = (
    Page("/second-step", "GET", None, own),
    Page("/second-step", "POST", None, set_up),
)

"""Sign-in pages: in, out, and the language of the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.door import (
    SIGN_IN,
    Desk,
    Page,
    Visit,
    current_session,
    home_of,
    language_of,
    local,
    look_for,
    problem,
    read_form,
    same_origin,
    sign_in_page,
)
from bot.console.enter import A_YEAR, enter_console, first_page, give_session
from bot.console.second_step_pages import ask_for_code
from bot.core.words import LANGUAGES
from bot.services.sign_in import Session, TooManyTries, WrongPassword, sign_in
from bot.services.sign_out import sign_out
from bot.services.staff_accounts import set_language


def open_routes(desk: Desk) -> Iterator[tuple[str, str, Callable[[Request], Any]]]:
    """The only two addresses for people who are not signed in."""

    async def show(request: Request) -> Response:
        next = request.query_params.get("next", "")
        session = await run_in_threadpool(current_session, desk, request)
        if session is not None and not next:
            return RedirectResponse(home_of(session.nurse), status_code=303)
        response = sign_in_page(desk, request, next=next)
        if request.query_params.get("lang", "") in LANGUAGES:
            _keep_language(desk, response, request.query_params["lang"])
        return response

    async def enter(request: Request) -> Response:
        if not same_origin(desk, request):
            return problem(desk, request, None, "problem.forged", 403)
        form = await read_form(request)
        if form is None:
            return problem(desk, request, None, "problem.too_large", 413)
        return await run_in_threadpool(_enter, desk, request, form)

    yield SIGN_IN, "GET", show
    yield SIGN_IN, "POST", enter


def _enter(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    login, next, kept = form.get("login", ""), form.get("next", ""), form.get("kept", "")
    look = look_for(desk, language_of(request))
    try:
        opened = sign_in(
            desk.parts,
            login=login,
            password=form.get("password", ""),
            place=request.client.host if request.client else "",
            device=request.cookies.get(desk.cookie("device"), ""),
        )
    except (WrongPassword, TooManyTries) as refused:
        wait = refused.seconds if isinstance(refused, TooManyTries) else 0
        key = "sign_in.wait" if wait else "sign_in.wrong"
        page = sign_in_page(
            desk,
            request,
            next=next,
            kept=kept,
            login=login,
            problem=look.t(key, seconds=wait),
            status=429 if wait else 401,
        )
        if wait:
            page.headers["Retry-After"] = str(wait)
        return page
    if opened.sign_in.waits_for:
        session = Session(opened.nurse, opened.sign_in)
        response = ask_for_code(desk, session, next=next, kept=kept)
        give_session(desk, response, opened)
        return response
    return enter_console(desk, request, opened, first_page(opened.nurse, next), kept)


def _keep_language(desk: Desk, response: Response, language: str) -> None:
    response.set_cookie(
        "aftercare_language",
        language,
        max_age=A_YEAR,
        path="/console",
        secure=desk.secure,
        httponly=True,
        samesite="lax",
    )


def leave(visit: Visit) -> Response:
    """End the session. The device stays known."""
    sign_out(visit.parts, visit.session)
    response = visit.go(SIGN_IN)
    response.delete_cookie(
        visit.desk.cookie("console"), path="/", secure=visit.desk.secure, httponly=True
    )
    # Nothing of a patient stays in this browser, not even behind its back button.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def change_language(visit: Visit) -> Response:
    """Read the console in the other language, from now on and on every device."""
    wanted = visit.form.get("language", "")
    back = visit.form.get("back", "")
    response = visit.go(back if local(back) else home_of(visit.nurse))
    if wanted in LANGUAGES:  # one that we do not speak changes nothing
        set_language(visit.parts, nurse_id=visit.nurse.id, language=wanted)
        _keep_language(visit.desk, response, wanted)
    return response


PAGES = (
    Page("/sign-out", "POST", None, leave),
    Page("/language", "POST", None, change_language),
)

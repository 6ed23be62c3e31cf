"""App: every address of the console, behind its door."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, compile_path
from starlette.staticfiles import StaticFiles

from bot.console import (
    audit_pages,
    case_pages,
    change_pages,
    draft_pages,
    enrol_pages,
    merge_pages,
    pathway_pages,
    patient_pages,
    programme_pages,
    rota_pages,
    rota_table_pages,
    second_step_pages,
    sign_in_pages,
    staff_pages,
    swap_pages,
    worklist_pages,
)
from bot.console.door import HOME, Desk, Page, current_session, guarded, home_of, nowhere, problem
from bot.console.live import Pulse, live_route
from bot.console.look import STATIC
from bot.console.shared_lists import SharedLists
from bot.page_headers import Headers
from bot.services.media import Media
from bot.services.parts import Parts
from bot.services.show_worklist import read_case_line
from bot.services.worklist_sight import look_at_worklists

PAGES: tuple[Page, ...] = (
    *sign_in_pages.PAGES,
    *second_step_pages.PAGES,
    *worklist_pages.PAGES,
    *case_pages.PAGES,
    *patient_pages.PAGES,
    *change_pages.PAGES,
    *merge_pages.PAGES,
    *enrol_pages.PAGES,
    *staff_pages.PAGES,
    *rota_pages.PAGES,
    *rota_table_pages.PAGES,
    *swap_pages.PAGES,
    *audit_pages.PAGES,
    *programme_pages.PAGES,
    *pathway_pages.PAGES,
    *draft_pages.PAGES,
)


def console_routes(parts: Parts, *, media: Media) -> list[BaseRoute]:
    """Everything under /console."""
    pulse = Pulse(partial(look_at_worklists, parts), lambda one: read_case_line(parts, one.id))
    desk = Desk(parts, media, pulse.sight, SharedLists())

    async def home(request: Request) -> Response:
        session = await run_in_threadpool(current_session, desk, request)
        to = home_of(session.nurse) if session else HOME
        return RedirectResponse(to, status_code=303)

    def route(path: str, answer: Callable[..., Any], method: str = "GET") -> Route:
        return Route(path, answer, methods=[method], middleware=[Middleware(Headers)])

    return [
        Mount(
            "/console/static",
            app=StaticFiles(directory=STATIC),
            middleware=[Middleware(Headers)],
        ),
        route("/console", home),
        route("/console/events", live_route(desk, pulse)),
        *(
            route(path, answer, method)
            for pages in (sign_in_pages, second_step_pages)
            for path, method, answer in pages.open_routes(desk)
        ),
        *(route(f"/console{page.path}", guarded(desk, page), page.method) for page in PAGES),
        *(route("/console/{rest:path}", partial(elsewhere, desk), how) for how in ("GET", "POST")),
    ]


SHOWN = [compile_path(f"/console{one.path}")[0] for one in PAGES if one.method == "GET"]
FORMS = [compile_path(f"/console{one.path}")[0] for one in PAGES if one.method == "POST"]


async def elsewhere(desk: Desk, request: Request) -> Response:
    """An address that only takes forms leads to the page above it: after a reload, or from a
    bookmark, she wants to see what she acted on. Any other address is not there."""
    path = request.url.path
    shown = request.method != "POST" and not nowhere(request)
    if shown and any(one.match(path) for one in FORMS):
        while "/" in (path := path.rpartition("/")[0]):
            if any(one.match(path) for one in SHOWN):
                return RedirectResponse(quote(path), status_code=303)
    session = await run_in_threadpool(current_session, desk, request)
    return problem(desk, request, session, "problem.not_found", 404)

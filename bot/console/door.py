"""Door: who is asking, may she, is the form really hers. Then the page, or a clear answer."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.aside import RENEWALS
from bot.console.look import Look
from bot.console.shared_lists import SharedLists
from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.message import cleaned
from bot.core.permissions import Permission, allows
from bot.core.staff import Nurse
from bot.core.words import LANGUAGES
from bot.services.media import Media
from bot.services.parts import Parts
from bot.services.sign_in import Session, session_of
from bot.services.worklist_sight import Sight

log = logging.getLogger(__name__)

HOME = "/console/worklist"
SIGN_IN = "/console/sign-in"
MOST_FORM_BYTES = 1024 * 1024
MOST_FIELDS = 60
# Fields in which a person writes sentences; she reads them again where they cannot be kept.
IN_WORDS = ("text", "note", "words", "reason", "wait_reason", "solved", "medicines", "history")
MOST_DIGITS = 9  # of a length; a number of thousands of digits is no length


@dataclass(frozen=True)
class Desk:
    """What every page is handed."""

    parts: Parts
    media: Media
    sight: Callable[[], Sight]  # how the worklists stand now
    lists: SharedLists

    @property
    def secure(self) -> bool:
        return self.parts.house.public_url.startswith("https:")

    def cookie(self, name: str) -> str:
        return f"__Host-aftercare_{name}" if self.secure else f"aftercare_{name}"


@dataclass(frozen=True)
class Visit:
    """One request of a signed-in person; `form` and `files` hold what she sent."""

    desk: Desk
    request: Request
    session: Session
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def parts(self) -> Parts:
        return self.desk.parts

    @property
    def nurse(self) -> Nurse:
        return self.session.nurse

    @property
    def id(self) -> str:
        return str(self.request.path_params["id"])

    def may(self, permission: str) -> bool:
        return allows(self.nurse.role, Permission(permission))

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Render a page in her language."""
        look = look_for(self.desk, self.nurse.language)
        html = look.render(
            template,
            visit=self,
            nurse=self.nurse,
            csrf=self.session.sign_in.csrf_token,
            here=self.request.url.path,
            home=home_of(self.nurse),
            done=self.request.query_params.get("done", ""),
            house=self.parts.house,
            once=self.parts.ids.new(),
            **values,
        )
        return HTMLResponse(html, status_code=status)

    def go(self, path: str, *, done: str = "") -> Response:
        """After a change: to a page that can be reloaded without doing it again."""
        then = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{then}done={done}" if done else path, status_code=303)


def home_of(nurse: Nurse) -> str:
    """Where this person begins: her role may have no worklist."""
    if allows(nurse.role, Permission.SEE_WORKLIST):
        return HOME
    if allows(nurse.role, Permission.SEE_AUDIT):
        return "/console/audit"
    return "/console/pathways" if allows(nurse.role, Permission.SEE_PATHWAY) else "/console/rota"


Handler = Callable[[Visit], Response]


@dataclass(frozen=True)
class Page:
    """One address of the console and the permission it asks for."""

    path: str
    method: str
    permission: Permission | None  # None: whoever is signed in
    handler: Handler


def look_for(desk: Desk, language: str) -> Look:
    return Look(language, desk.parts.house.default_time_zone)


def guarded(desk: Desk, page: Page) -> Callable[[Request], Any]:
    """The page behind its door."""

    async def answer(request: Request) -> Response:
        run = RENEWALS.run if "x-live" in request.headers else run_in_threadpool
        session = await run(current_session, desk, request)
        if nowhere(request):
            return problem(desk, request, session, "problem.not_found", 404)
        form: dict[str, str] = {}
        if page.method == "POST":
            if not same_origin(desk, request):
                return problem(desk, request, session, "problem.forged", 403)
            read = await read_form(request)
            if read is None:
                return problem(desk, request, session, "problem.too_large", 413)
            form = read
        if session is None:
            return ask_to_sign_in(desk, request, form)
        if page.method == "POST" and not same_secret(
            form.pop("csrf", ""), session.sign_in.csrf_token
        ):
            return ask_again(desk, request, session, form)
        files = await read_files(request) if page.method == "POST" else {}
        visit = Visit(desk, request, session, form, files)
        return await run(_answer, page, visit)

    return answer


def _answer(page: Page, visit: Visit) -> Response:
    """The page, or what a person reads when it cannot be had."""
    if page.permission is not None and not allows(visit.nurse.role, page.permission):
        return problem(visit.desk, visit.request, visit.session, "problem.not_allowed", 403)
    t, by = look_for(visit.desk, visit.nurse.language).t, ""
    try:
        return page.handler(visit)
    except NotFound:
        key, status = "problem.not_found", 404
    except NotAllowed:
        key, status = "problem.not_allowed", 403
    except AlreadyDone as first:
        key, status, by = "problem.already", 409, first.by or t("case.somebody")
    typed = "\n\n".join(visit.form[name] for name in IN_WORDS if visit.form.get(name, "").strip())
    return problem(visit.desk, visit.request, visit.session, key, status, typed=typed, by=by)


def current_session(desk: Desk, request: Request) -> Session | None:
    """The session of this browser. What a page asks for by itself does not keep it alive."""
    token = request.cookies.get(desk.cookie("console"), "")
    live = "x-live" in request.headers and request.headers["x-live"] != "active"
    return session_of(desk.parts, token, active=not live)


def same_origin(desk: Desk, request: Request) -> bool:
    """Whether a form comes from our own pages."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    ours = {request.headers.get("host", ""), urlsplit(desk.parts.house.public_url).netloc}
    return urlsplit(origin).netloc in ours


def same_secret(given: str, ours: str) -> bool:
    """Compared in the same time whatever was given, also letters that no secret of ours has."""
    return hmac.compare_digest(given.encode(), ours.encode())


def nowhere(request: Request) -> bool:
    """Whether the address holds a NUL: no address of ours does, and PostgreSQL looks for none."""
    return any("\x00" in one for one in (request.url.path, *request.query_params.values()))


async def read_form(request: Request) -> dict[str, str] | None:
    """The form's fields; None when it is too large or not a form."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or len(length) > MOST_DIGITS or int(length) > MOST_FORM_BYTES:
        return None
    try:
        form = await request.form(max_fields=MOST_FIELDS, max_part_size=MOST_FORM_BYTES)
    except Exception as error:  # any malformed body is the sender's fault
        log.info("a form could not be read", extra={"error": type(error).__name__})
        return None
    return {
        cleaned(key): cleaned(value)
        for key, value in form.items()
        if not isinstance(value, UploadFile)
    }


async def read_files(request: Request) -> dict[str, bytes]:
    """The files of a form that `read_form` has read; together at most MOST_FORM_BYTES."""
    form = await request.form()  # kept from the first reading
    files = {key: one for key, one in form.items() if isinstance(one, UploadFile)}
    read = {key: await one.read() for key, one in files.items()}
    await request.close()
    return read


def language_of(request: Request) -> str:
    """The language of a person who is not signed in."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    kept = request.cookies.get("aftercare_language", "")
    if kept in LANGUAGES:
        return kept
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


def ask_to_sign_in(desk: Desk, request: Request, form: Mapping[str, str]) -> Response:
    """The session is over. What she had typed goes with her through the sign-in."""
    path = request.url.path
    if "x-live" in request.headers:
        return Response(status_code=401)
    if request.method == "GET":
        return RedirectResponse(f"{SIGN_IN}?next={quote(path)}", status_code=303)
    kept = {key: value for key, value in form.items() if key not in ("csrf", "password")}
    return sign_in_page(desk, request, next=path, kept=json.dumps(kept), status=401)


def sign_in_page(
    desk: Desk,
    request: Request,
    *,
    next: str = "",
    kept: str = "",
    login: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    """The sign-in form; `kept` is what must not be lost on the way."""
    look = look_for(desk, language_of(request))
    html = look.render(
        "sign_in.html",
        house=desk.parts.house,
        next=next if local(next) else "",
        kept=kept,
        login=login,
        problem=problem,
    )
    return HTMLResponse(html, status_code=status)


def ask_again(desk: Desk, request: Request, session: Session, form: Mapping[str, str]) -> Response:
    """A form of an older session: show what was typed, and ask whether to send it."""
    visit = Visit(desk, request, session, form)
    return resume_page(visit, next=request.url.path, kept=form, status=409)


def resume_page(visit: Visit, *, next: str, kept: Mapping[str, str], status: int = 200) -> Response:
    """What was typed before, ready to be sent by the person who is signed in now."""
    return visit.page("resume.html", status=status, next=next, kept=dict(kept), in_words=IN_WORDS)


def local(path: str) -> bool:
    """Whether a path leads to a page of the console and nowhere else."""
    return path.startswith("/console/") and "\\" not in path and "//" not in path


def problem(
    desk: Desk,
    request: Request,
    session: Session | None,
    key: str,
    status: int,
    *,
    typed: str = "",
    **values: object,
) -> Response:
    """A page that says what is wrong and what to do next; nothing about anybody but what she
    had `typed` herself, so that she can take it along."""
    language = session.nurse.language if session else language_of(request)
    look = look_for(desk, language)
    html = look.render(
        "problem.html",
        house=desk.parts.house,
        words=look.t(key, **values),
        typed=typed,
        home=home_of(session.nurse) if session else HOME,
    )
    return HTMLResponse(html, status_code=status)

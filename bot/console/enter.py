"""Enter: a session that was just opened becomes cookies, and what had been typed comes back."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.door import HOME, Desk, Visit, home_of, local, resume_page
from bot.core.message import cleaned
from bot.core.staff import Nurse
from bot.services.sign_in import LONGEST, Session, SignedIn

A_YEAR = 365 * 24 * 60 * 60


def enter_console(desk: Desk, request: Request, opened: SignedIn, next: str, kept: str) -> Response:
    """To the page she wanted, or first to what she had typed before she was signed out."""
    if kept:  # of a press without any words too: the address she pressed takes forms only
        visit = Visit(desk, request, Session(opened.nurse, opened.sign_in))
        response = resume_page(visit, next=next, kept=kept_fields(kept))
    else:
        response = RedirectResponse(next, status_code=303)
    give_session(desk, response, opened)
    return response


def first_page(nurse: Nurse, next: str) -> str:
    """Where she wanted to go. Whoever asked for the first page gets her own one: her role
    may have no worklist."""
    return next if local(next) and next != HOME else home_of(nurse)


def give_session(desk: Desk, response: Response, opened: SignedIn) -> None:
    """Her cookies. A session that still waits makes no device known."""
    common: dict[str, Any] = {"path": "/", "secure": desk.secure, "httponly": True}
    response.set_cookie(
        desk.cookie("console"),
        opened.token,
        max_age=int(LONGEST.total_seconds()),
        samesite="lax",
        **common,
    )
    if not opened.sign_in.waits_for:
        response.set_cookie(
            desk.cookie("device"), opened.device, max_age=A_YEAR, samesite="strict", **common
        )


def kept_fields(kept: str) -> dict[str, str]:
    """What she had typed in a form, by field."""
    try:
        fields = json.loads(kept) if kept else {}
    except (ValueError, RecursionError):  # brackets within brackets without end
        return {}
    if not isinstance(fields, dict):
        return {}
    return {
        cleaned(str(name)): cleaned(str(value)) for name, value in fields.items() if name != "csrf"
    }

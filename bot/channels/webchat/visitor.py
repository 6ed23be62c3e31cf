"""Visitor: the secret in a browser's cookie, and the address that the record keeps."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

A_YEAR = 400 * 24 * 60 * 60  # the longest that browsers keep a cookie
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,128}")
HEADER = "x-aftercare"


def cookie_name(secure: bool) -> str:
    return "__Host-aftercare_chat" if secure else "aftercare_chat"


def token_of(request: Request, secure: bool) -> str:
    """The chat token that the browser holds, or ""."""
    token = request.cookies.get(cookie_name(secure), "")
    return token if _TOKEN.fullmatch(token) else ""


def address_of(token: str) -> str:
    """The chat's address: a hash, so that reading the record opens nobody's chat."""
    return hashlib.sha256(f"webchat {token}".encode()).hexdigest()


def remember(response: Response, token: str, secure: bool) -> None:
    """Give the browser its token. No script can read it, no other site can send it."""
    response.set_cookie(
        cookie_name(secure),
        token,
        max_age=A_YEAR,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def from_our_page(request: Request, public_url: str) -> bool:
    """Whether a request that changes something was made by our own page."""
    if request.headers.get(HEADER) != "chat":
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    ours = {request.headers.get("host", ""), urlsplit(public_url).netloc}
    return urlsplit(origin).netloc in ours

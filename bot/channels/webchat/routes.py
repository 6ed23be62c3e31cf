"""Routes of the web chat: the page, its lines, and what a patient sends. No decisions."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.webchat.limits import (
    LONGEST_TEXT,
    MOST_BODY_BYTES,
    Pace,
    TooLarge,
    body_of,
)
from bot.channels.webchat.listeners import Listeners
from bot.channels.webchat.live import Place, as_json, events
from bot.channels.webchat.page import STATIC, preferred_language, render_chat
from bot.channels.webchat.visitor import address_of, from_our_page, remember, token_of
from bot.core.message import Incoming, Part
from bot.page_headers import Headers
from bot.services.media import MAX_PHOTO_BYTES, Media, photo_kind
from bot.services.parts import Parts
from bot.services.show_chat import ACCOUNT, CHANNEL, language_of, opened_with, photo_of, show_chat

log = logging.getLogger(__name__)

CODE = re.compile(r"[A-Za-z0-9_-]{4,64}")
CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
BUTTON_ID = re.compile(r"[\x21-\x7e]{1,64}")
LINE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class Refuse(Exception):
    """The page is told why by a key of its own texts."""

    def __init__(self, status: int, why: str) -> None:
        self.status, self.why = status, why


class ChatDoor:
    """The handlers, with the parts they need."""

    def __init__(
        self,
        parts: Parts,
        receive: Callable[[Incoming], None],
        *,
        media: Media,
        listeners: Listeners,
    ) -> None:
        self._parts, self._receive = parts, receive
        self._media, self._listeners = media, listeners
        self._secure = parts.house.public_url.startswith("https:")
        self._chat_pace = Pace(40, 60)
        # Only for chats that are new: a whole ward may share one address.
        self._new_chat_pace = Pace(60, 60)

    async def page(self, request: Request) -> Response:
        """The page itself; a first visit is given its token. Nothing is received here:
        link previews fetch pages too, and must not use up a code."""
        token = token_of(request, self._secure)
        stored = await run_in_threadpool(self._language, token) if token else None
        language = preferred_language(request, stored)
        code = request.path_params.get("code", "")
        html = render_chat(
            self._parts, language=language, code=code if CODE.fullmatch(code) else ""
        )
        response = HTMLResponse(html)
        remember(response, token or self._parts.ids.code(), self._secure)
        return response

    async def lines(self, request: Request) -> Response:
        """The lines after a place: the page's way when its stream is cut."""
        place = Place.of(request)
        address = address_of(self._token(request))
        chat = await run_in_threadpool(
            show_chat, self._parts, address=address, heard=place.heard, said=place.said
        )
        return JSONResponse(as_json(chat, address))

    async def stream(self, request: Request) -> Response:
        """The same lines as server-sent events, as they come."""
        address = address_of(self._token(request))
        body = events(self._parts, self._listeners, address, Place.of(request))
        return StreamingResponse(
            body,
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    async def start(self, request: Request) -> Response:
        """Open the chat with the code of a link or card."""
        token, sent = self._token(request), await self._json(request)
        code = _text(sent, "code").strip()
        if not CODE.fullmatch(code):
            raise Refuse(422, "code_form")
        await run_in_threadpool(self._may_be_new, request, token)
        what = await run_in_threadpool(
            opened_with, self._parts, address=address_of(token), code=code
        )
        fresh = what == "other"
        if fresh:
            token = self._parts.ids.code()
        if what != "same":
            hint = _text(sent, "language")[:8]
            await self._take(token, sent, Part.TEXT, start_code=code, language_hint=hint)
        response = JSONResponse({"ok": True, "fresh": fresh})
        if fresh:
            remember(response, token, self._secure)
        return response

    async def message(self, request: Request) -> Response:
        """A text, or a tap on one of our buttons."""
        token, sent = self._token(request), await self._json(request)
        await run_in_threadpool(self._may_be_new, request, token)
        button, text = _text(sent, "button"), _text(sent, "text")
        if button:
            if not BUTTON_ID.fullmatch(button):
                raise Refuse(422, "not_sent")
            await self._take(token, sent, Part.BUTTON, button=button)
        elif not text.strip():
            raise Refuse(422, "not_sent")
        elif len(text) > LONGEST_TEXT:
            raise Refuse(422, "too_long")
        else:
            await self._take(token, sent, Part.TEXT, text=text)
        return JSONResponse({"ok": True})

    async def photo(self, request: Request) -> Response:
        """A photo as the whole body. Kept before the message that names it."""
        self._ours(request)
        token = self._token(request)
        await run_in_threadpool(self._may_be_new, request, token)
        try:
            content = await body_of(request, MAX_PHOTO_BYTES)
        except TooLarge:
            raise Refuse(413, "photo_large") from None
        kind = photo_kind(content)
        if kind is None:
            raise Refuse(415, "photo_odd")
        sent = {"id": request.headers.get("x-message-id", "")}
        _client_id(sent)
        media_id = await run_in_threadpool(self._media.save, content, kind)
        await self._take(token, sent, Part.PHOTO, media=(media_id,))
        return JSONResponse({"ok": True})

    async def shown_photo(self, request: Request) -> Response:
        """A photo that this very chat sent."""
        token, line_id = self._token(request), request.path_params["line"]
        if not LINE_ID.fullmatch(line_id):
            raise Refuse(404, "not_found")
        media_id = await run_in_threadpool(
            photo_of, self._parts, address=address_of(token), line_id=line_id
        )
        found = await run_in_threadpool(self._media.open, media_id) if media_id else None
        if found is None:
            raise Refuse(404, "not_found")
        content, kind = found
        return Response(
            content,
            media_type=kind,
            headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
        )

    def _language(self, token: str) -> str | None:
        return language_of(self._parts, address=address_of(token))

    def _token(self, request: Request) -> str:
        token = token_of(request, self._secure)
        if not token:
            raise Refuse(401, "no_cookies")
        if request.method == "POST" and not self._chat_pace.allows(token):
            raise Refuse(429, "too_fast")
        return token

    def _may_be_new(self, request: Request, token: str) -> None:
        """A chat we know is never held up by others at the same address; a new one may be."""
        place = request.client.host if request.client else ""
        if self._language(token) is None and not self._new_chat_pace.allows(place):
            raise Refuse(429, "too_fast")

    def _ours(self, request: Request) -> None:
        if not from_our_page(request, self._parts.house.public_url):
            raise Refuse(403, "not_sent")

    async def _json(self, request: Request) -> dict[str, Any]:
        self._ours(request)
        try:
            sent = json.loads(await body_of(request, MOST_BODY_BYTES))
        except TooLarge:
            raise Refuse(413, "too_long") from None
        except (ValueError, RecursionError):  # brackets within brackets without end
            raise Refuse(400, "not_sent") from None
        if not isinstance(sent, dict):
            raise Refuse(400, "not_sent")
        return sent

    async def _take(self, token: str, sent: dict[str, Any], part: Part, **what: Any) -> None:
        """Hand one message in. It is kept when this returns, or the page keeps it."""
        address = address_of(token)
        incoming = Incoming(
            channel=CHANNEL,
            account=ACCOUNT,
            # Named by the page and bound to its chat: sent again, it is the same message,
            # and nobody can take the name of another's.
            external_id=f"{address[:24]}:{_client_id(sent)}",
            address=address,
            part=part,
            message_id=_client_id(sent),
            **what,
        )
        try:
            await run_in_threadpool(self._receive, incoming)
        except Exception as error:  # whatever it was, the page must not think we have it
            log.error("a web chat message was not kept", extra={"error": type(error).__name__})
            raise Refuse(503, "not_sent") from None


def _text(sent: dict[str, Any], name: str) -> str:
    """The text under this name. Anything else is not a patient's words, and is not kept as such."""
    value = sent.get(name, "")
    if not isinstance(value, str):
        raise Refuse(422, "not_sent")
    return value


def _client_id(sent: dict[str, Any]) -> str:
    id = _text(sent, "id")
    if not CLIENT_ID.fullmatch(id):
        raise Refuse(422, "not_sent")
    return id


def chat_routes(
    parts: Parts, receive: Callable[[Incoming], None], *, media: Media, listeners: Listeners
) -> list[BaseRoute]:
    """Everything under /chat. `receive` returns when the message is kept for good."""
    door = ChatDoor(parts, receive, media=media, listeners=listeners)

    def route(path: str, handler: Callable[..., Any], method: str = "GET") -> Route:
        return Route(path, _told(handler), methods=[method], middleware=[Middleware(Headers)])

    return [
        Mount("/chat/static", app=StaticFiles(directory=STATIC), middleware=[Middleware(Headers)]),
        route("/chat", door.page),
        route("/chat/api/lines", door.lines),
        route("/chat/api/events", door.stream),
        route("/chat/api/start", door.start, "POST"),
        route("/chat/api/messages", door.message, "POST"),
        route("/chat/api/photos", door.photo, "POST"),
        route("/chat/photos/{line}", door.shown_photo),
        route("/chat/{code}", door.page),
    ]


def _told(handler: Callable[..., Any]) -> Callable[[Request], Any]:
    """A handler whose refusals become an answer that the page understands."""

    async def answer(request: Request) -> Response:
        try:
            response: Response = await handler(request)
        except Refuse as refused:
            body = {"error": refused.why, "limit": LONGEST_TEXT}
            return JSONResponse(body, status_code=refused.status)
        return response

    return answer

"""Description: every address of the console as OpenAPI, made from the declared pages.

For those who look at a service from outside: a scanner, a proxy's rules, our own fuzzing. The
pages answer in HTML for people; what a form holds is the page's business and changes with it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bot.console.app import PAGES
from bot.console.door import Page

METHODS: Final = ("GET", "POST")
BLANK: Final = re.compile(r"{(\w+)}")
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
PROGRAMME: Final = ("from", "to", "ward", "procedure", "by")
QUERY: Final = {
    "/sign-in": ("next", "lang"),
    "/programme": PROGRAMME,
    "/programme/csv": PROGRAMME,
    "/programme/xlsx": PROGRAMME,
    "/worklist": ("whose", "level", "ward", "search", "shown"),
    "/rota": ("week", "shift"),
    "/drafts/{id}": ("file",),
    "/pathways/{id}": ("check_in",),
    "/pathways/{id}/move": ("draft",),
    "/pathways/{id}/try": ("draft",),
}
FILES: Final = {
    "/rota/export": "text/csv",
    "/programme/csv": "text/csv",
    "/programme/xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "/photos/{id}/{number}": "image/*",
    "/patients/{id}/export": "application/fhir+json",
}
# What a person may be answered, whatever the page; see `bot.console.door`.
ANSWERS: Final = {
    "200": "the page",
    "303": "done, or sign in first: go to the address in Location",
    "401": "sign in first; what was typed comes back after that",
    "403": "the role has no such permission, or the form is of another site",
    "404": "not there, or of another ward",
    "409": "somebody else was first, the page is stale, or a question stands in between",
    "413": "the form is larger than 1 MB",
    "422": "something typed cannot be taken; the page says what",
    "429": "wait before the next try; Retry-After says how long",
}
READING: Final = ("200", "303", "401", "403", "404", "422")
PROBLEMS: Final = ("200", "403", "404", "409", "413", "422", "429")  # answers that are pages
GATE: Final = tuple((method, path) for path in ("/sign-in", "/sign-in/code") for method in METHODS)


def describe(*, version: str, url: str) -> dict[str, Any]:
    """The description as OpenAPI 3.1, ready to be written as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path in GATE:
        paths.setdefault(f"/console{path}", {})[method.lower()] = _operation(method, path, None)
    for page in PAGES:
        path = page.path.replace(":int}", "}")
        found = _operation(page.method, path, page)
        paths.setdefault(f"/console{path}", {})[page.method.lower()] = found
    session = {"type": "apiKey", "in": "cookie", "name": "__Host-aftercare_console"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Aftercare: the nurses' console", "version": version},
        "servers": [{"url": url}],
        "components": {"securitySchemes": {"session": session}},
        "paths": paths,
    }


def _operation(method: str, path: str, page: Page | None) -> dict[str, Any]:
    """`page` is None for the gate, where nobody is signed in yet."""
    answers = READING if method == "GET" else tuple(ANSWERS)
    made: dict[str, Any] = {
        "operationId": f"{method} {path}",
        "parameters": [_in_path(one) for one in BLANK.findall(path)],
        "responses": {one: _answer(one, path) for one in answers},
    }
    if page is not None:
        made["security"] = [{"session": []}]
        made["x-permission"] = str(page.permission or "signed in")
    if method == "GET":
        made["parameters"] += [_in_query(one) for one in QUERY.get(path, ())]
    else:
        made["requestBody"] = {"required": True, "content": dict.fromkeys(FORMS, _FORM)}
    return made


def _answer(status: str, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": ANSWERS[status]}
    if status in PROBLEMS:
        kinds = {"text/html", FILES.get(path, "text/html")} if status == "200" else {"text/html"}
        answer["content"] = {kind: {} for kind in sorted(kinds)}
    return answer


def _in_path(name: str) -> dict[str, Any]:
    kind = {"type": "integer", "minimum": 0} if name == "number" else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": kind}


def _in_query(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string"}}


_FORM: Final = {
    "schema": {
        "type": "object",
        "properties": {"csrf": {"type": "string", "description": "from the page's own form"}},
        "required": ["csrf"],
        "additionalProperties": {"type": "string"},
    }
}

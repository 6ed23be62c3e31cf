"""Requests that no browser of ours makes: a clear answer on both databases, and never a fault.

SQLite looks for a NUL and finds nothing; PostgreSQL refuses to look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channels.webchat.listeners import Listeners
from bot.channels.webchat.routes import chat_routes
from bot.console import console_routes
from bot.console.app import PAGES
from bot.core.staff import StaffRole
from bot.storage.media import FileMedia
from tests import builders as b
from tests.integration.ward_record import a_ward
from tests.unit.console_desk import URL, Console, SecretIds, a_case, a_cause, a_task

CHAT = {"__Host-aftercare_chat": "a-token-of-a-chat"}
CLOSE = "/console/cases/case-1/close"
ODD = (
    "/console/cases/%00",
    "/console/photos/%00/0",
    "/console/programme?ward=%00",
    "/console/programme?procedure=%00",
    "/console/rota?week=%00",
    "/console/worklist?q=%00",
    "/chat/photos/%00",
    "/chat/%00",
)
KEPT = ("[" * 100_000, json.dumps({"note": "\ud800"}), json.dumps({"\ud800": "x"}), "{", '"x"')


@pytest.fixture
def console(database_url: str, tmp_path: Path) -> Iterator[Console]:
    with a_ward(database_url, tmp_path) as world:
        parts = replace(world.parts, ids=SecretIds())
        role = StaffRole.ADMINISTRATOR
        world.add(b.a_nurse("root", role=role, ward="", conversation_id=None))
        world.add(a_case(), a_cause(), a_task())
        media, listeners = FileMedia(tmp_path / "media"), Listeners()
        chat = chat_routes(parts, lambda _one: None, media=media, listeners=listeners)
        app = Starlette(routes=[*console_routes(parts, media=media), *chat])
        client = TestClient(app, base_url=URL, follow_redirects=False)
        made = Console(replace(world, parts=parts), client, app, media)
        made.sign_in("root")
        yield made


@pytest.mark.parametrize("path", ODD)
def test_an_address_with_a_nul_is_answered(console: Console, path: str) -> None:
    console.client.cookies.update(CHAT)
    assert console.client.get(path).status_code in (200, 404)


def test_every_page_of_an_id_with_a_nul_is_not_found(console: Console) -> None:
    for page in PAGES:
        if "{id}" not in page.path:
            continue
        path = page.path.replace("{id}", "%00").replace("{number:int}", "0")
        answer = console.client.request(page.method, f"/console{path}")
        assert answer.status_code == 404, page.path


def test_a_secret_in_letters_that_none_of_ours_has_asks_again_and_keeps_the_note(
    console: Console,
) -> None:
    answer = console.client.post(CLOSE, data={"csrf": "é密", "note": "她说腿肿"})
    assert answer.status_code == 409
    assert "她说腿肿" in answer.text


@pytest.mark.parametrize("kept", KEPT)
def test_what_was_kept_through_a_sign_in_may_be_anything(console: Console, kept: str) -> None:
    answer = console.another_browser().sign_in("chen", kept=kept, next=CLOSE)
    assert answer.status_code in (200, 303)


def test_half_a_letter_in_a_form_is_shown_as_one_that_is_missing(console: Console) -> None:
    """Half of an emoji, in a part that says it is UTF-7."""
    parts = (("csrf", console.csrf()), ("note", "+2AA-leg"))
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts
    )
    kind = "multipart/form-data; boundary=b; charset=utf-7"
    answer = console.client.post(CLOSE, content=f"{body}--b--\r\n", headers={"content-type": kind})
    assert answer.status_code == 422
    assert "\ufffdleg" in answer.text


@pytest.mark.parametrize("device", ['"\\000.x"', '"\\351.\\351"', "a.b"])
def test_a_forged_device_is_no_device(console: Console, device: str) -> None:
    answer = console.another_browser().client.post(
        "/console/sign-in",
        data={"login": "chen", "password": "secret"},
        headers={"cookie": f"__Host-aftercare_device={device}"},
    )
    assert answer.status_code == 303


@pytest.mark.parametrize("length", ["²", "-1", "9" * 5_000])
def test_a_length_that_is_none_is_refused(console: Console, length: str) -> None:
    headers = {"content-length": length.encode("latin-1")}
    answer = console.client.post("/console/sign-in", content=b"", headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("number", ["²", "9" * 400])
def test_a_release_that_cannot_be_is_not_found(console: Console, number: str) -> None:
    answer = console.post("/console/pathways/hernia/back", number=number)
    assert answer.status_code == 404

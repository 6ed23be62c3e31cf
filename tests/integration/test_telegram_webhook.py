"""Webhook: only Telegram is believed, and it hears 200 only for what is stored."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram import (
    TelegramAccount,
    TelegramConnection,
    delete_webhook,
    register_webhook,
    webhook_route,
)
from bot.channels.telegram.webhook import BODY_LIMIT_BYTES, FORGED_PER_MINUTE, HEADER
from tests.telegram_server.inbox import Inbox, serving
from tests.telegram_server.server import TelegramServer

pytest_plugins = ("tests.telegram_server.fixture",)

SECRET = "a-secret-of-the-webhook_0123456789"
GOOD = {HEADER: SECRET}
HELLO = {
    "update_id": 7,
    "message": {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 5, "type": "private"}},
}


class Minutes:
    """A clock that stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def clock() -> Minutes:
    return Minutes()


@pytest.fixture
def url(inbox: Inbox, clock: Minutes) -> Iterator[str]:
    route = webhook_route(
        "/telegram/w", secret=SECRET, account="42", receive=inbox, monotonic=clock
    )
    with serving(Starlette(routes=[route])) as base:
        yield f"{base}/telegram/w"


@pytest.fixture
def registered(telegram: TelegramServer, url: str) -> Iterator[TelegramConnection]:
    connection = TelegramConnection(TelegramAccount(telegram.token, telegram.url))
    register_webhook(connection, url=url, secret=SECRET)
    yield connection
    delete_webhook(connection)
    connection.close()


def post(url: str, body: bytes | str | object, headers: dict[str, str] = GOOD) -> int:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return httpx.post(url, content=content, headers=headers, trust_env=False).status_code


def test_messages_come_by_webhook_in_order(
    telegram: TelegramServer, inbox: Inbox, registered: TelegramConnection
) -> None:
    wang = telegram.person("王秀英")
    for number in range(10):
        wang.say(f"第{number}句")
    wang.send_photo("伤口")
    messages = inbox.messages(11)
    assert [one.text for one in messages] == [*(f"第{n}句" for n in range(10)), "伤口"]
    assert messages[0].account == "42"
    assert messages[-1].media


def test_what_could_not_be_stored_is_delivered_again(
    telegram: TelegramServer, inbox: Inbox, registered: TelegramConnection
) -> None:
    inbox.refuses = lambda item: inbox.tries < 3
    telegram.person("王秀英").say("伤口裂开了")
    assert [one.text for one in inbox.messages(1)] == ["伤口裂开了"]
    telegram.person("李建国").say("还在")
    inbox.messages(2)
    assert telegram.updates.webhook_answers[:3] == [503, 503, 200]


def test_a_repeated_delivery_keeps_its_id(
    telegram: TelegramServer, inbox: Inbox, registered: TelegramConnection
) -> None:
    telegram.person("王秀英").say("好的")
    inbox.messages(1)
    telegram.repeat_last_update()
    one, again = inbox.messages(2)
    assert one == again


def test_what_waited_before_the_webhook_is_delivered(
    telegram: TelegramServer, inbox: Inbox, url: str
) -> None:
    telegram.person("王秀英").say("还没取走")
    connection = TelegramConnection(TelegramAccount(telegram.token, telegram.url))
    register_webhook(connection, url=url, secret=SECRET)
    assert inbox.messages(1)[0].text == "还没取走"
    connection.close()


@pytest.mark.parametrize(
    "headers",
    [{}, {HEADER: ""}, {HEADER: SECRET[:-1]}, {HEADER: SECRET + "x"}, {HEADER: SECRET.upper()}],
)
def test_a_forged_call_is_refused(url: str, inbox: Inbox, headers: dict[str, str]) -> None:
    assert post(url, HELLO, headers) == 403
    assert inbox.tries == 0


def test_a_forged_secret_in_strange_letters_is_refused(url: str, inbox: Inbox) -> None:
    forged = {HEADER.encode(): "密é\xff".encode()}
    answer = httpx.post(url, content=b"{}", headers=forged, trust_env=False)
    assert answer.status_code == 403


@pytest.mark.parametrize("secret", ["", " ", "short", "x" * 257, "with space and more letters"])
def test_without_a_good_secret_there_is_no_webhook(secret: str, inbox: Inbox) -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        webhook_route("/w", secret=secret, account="42", receive=inbox)


def test_many_forged_calls_are_slowed_down_but_telegram_never_is(
    url: str, inbox: Inbox, clock: Minutes
) -> None:
    with httpx.Client(trust_env=False) as client:
        answers = [client.post(url, content=b"{}").status_code for _ in range(40)]
    assert answers == [403] * FORGED_PER_MINUTE + [429] * (40 - FORGED_PER_MINUTE)
    assert [post(url, {**HELLO, "update_id": n}) for n in range(50)] == [200] * 50
    clock.now += 61
    assert post(url, b"{}", {}) == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"update_id": ' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused(url: str, inbox: Inbox, body: bytes) -> None:
    assert post(url, body) == 400
    assert inbox.tries == 0


def test_a_megabyte_is_the_limit(url: str, inbox: Inbox) -> None:
    message = {**HELLO["message"], "text": ""}  # type: ignore[dict-item]
    frame = len(json.dumps({"update_id": 1, "message": message}))
    largest = {
        "update_id": 1,
        "message": {**message, "text": "a" * (BODY_LIMIT_BYTES - frame)},
    }
    assert len(json.dumps(largest)) == BODY_LIMIT_BYTES
    assert post(url, largest) == 200
    assert post(url, json.dumps(largest) + " ") == 413
    assert inbox.tries == 1


def test_a_megabyte_without_a_length_is_refused_too(url: str, inbox: Inbox) -> None:
    pieces = (b" " * 65_536 for _ in range(32))  # sent in chunks, no length announced
    answer = httpx.post(url, content=pieces, headers=GOOD, trust_env=False)
    assert answer.status_code == 413
    assert inbox.tries == 0


def test_only_posts_are_answered(url: str) -> None:
    assert httpx.get(url, headers=GOOD, trust_env=False).status_code == 405


def test_an_update_without_a_person_is_taken_and_logged(
    url: str, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert post(url, {"update_id": 9, "poll": {"question": "谁来？"}}) == 200
    assert post(url, {"nothing": "that we know"}) == 200
    assert "update 9 is set aside: polls are not used" in caplog.text
    assert "谁来" not in caplog.text
    assert inbox.tries == 0


def test_a_failing_store_says_503_and_no_words_in_the_log(
    url: str, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.refuses = lambda item: True
    message = {**HELLO["message"], "text": "我胸口疼"}  # type: ignore[dict-item]
    assert post(url, {"update_id": 9, "message": message}) == 503
    assert "update 9 could not be stored: OSError" in caplog.text
    assert "胸口" not in caplog.text

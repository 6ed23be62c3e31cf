"""Last resort: an exception that nobody caught repeats no word, in no log and on no page."""

from __future__ import annotations

import logging

import pytest
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from actions.server import _run
from bot.last_resort import LastResort

CANARY = "CANARY我的伤口"


async def breaks(_request: Request) -> Response:
    raise ValueError(CANARY)


async def breaks_half_way(_request: Request) -> Response:
    async def body():  # type: ignore[no-untyped-def]
        yield b"first"
        raise ValueError(CANARY)

    return StreamingResponse(body())


@pytest.fixture
def page() -> TestClient:
    routes = [Route("/breaks", breaks), Route("/half", breaks_half_way)]
    app = Starlette(routes=routes, middleware=[Middleware(LastResort)])
    return TestClient(app, raise_server_exceptions=True)


def test_a_fault_is_a_plain_500_and_its_text_is_nowhere(
    page: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = page.get("/breaks")
    assert (answer.status_code, answer.json()) == (500, {"error": "failed"})
    assert "ValueError at " in caplog.text
    assert "test_last_resort.py" in caplog.text
    assert CANARY not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


def test_a_fault_half_way_through_an_answer_ends_it(
    page: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert page.get("/half").content == b"first"
    assert CANARY not in caplog.text


def test_a_failed_action_says_so_without_words_at_every_level(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Breaks(Action):
        def name(self) -> str:
            return "breaks"

        def run(self, dispatcher, tracker, domain):  # type: ignore[no-untyped-def]
            raise ValueError(CANARY)

    caplog.set_level(logging.DEBUG)
    executor = ActionExecutor()
    executor.register_action(Breaks())
    tracker = {"sender_id": "chat-1", "latest_message": {"text": CANARY}, "events": []}
    call = {"next_action": "breaks", "sender_id": "chat-1", "tracker": tracker, "domain": {}}
    answer = _run(executor, call)
    assert answer.status_code == 500
    assert answer.body == b'{"error":"action_failed"}'
    (line,) = (one for one in caplog.records if one.name == "actions.server")
    assert (line.__dict__["action"], line.__dict__["fault"]) == ("breaks", "ValueError")
    assert CANARY not in caplog.text + str(line.__dict__)


def test_an_action_nobody_knows_is_not_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    answer = _run(ActionExecutor(), {"next_action": CANARY, "tracker": {"sender_id": CANARY}})
    assert answer.status_code == 500
    (line,) = (one for one in caplog.records if one.name == "actions.server")
    assert line.__dict__["action"] == "unknown"
    assert CANARY not in caplog.text + str(line.__dict__)

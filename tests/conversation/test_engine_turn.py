"""The real engine takes turns over HTTP, and says so when it could not."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conversation.engine_fixture import Engine, free_port, running_engine
from tests.conversation.fake_action_server import QUESTIONS, FakeActions, fake_actions

pytestmark = pytest.mark.engine

CANARY = "Zhang-Canary-7351 fever of 39.9"
TOKEN = "a-shared-secret"
Turn = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeActions]:
    with fake_actions() as actions:
        yield actions


@pytest.fixture(scope="module")
def engine(server: FakeActions, folder: Path) -> Iterator[Engine]:
    with running_engine(action_url=server.url, folder=folder, token=TOKEN) as one:
        yield one


@pytest.fixture
def actions(server: FakeActions) -> Iterator[FakeActions]:
    server.calls.clear()
    server.fault = None
    yield server
    server.fault = None


@pytest.fixture
def turn(engine: Engine, request: pytest.FixtureRequest) -> Turn:
    """Take a turn in a conversation that belongs to this test alone."""
    return turner(engine, conversation=request.node.name)


def turner(engine: Engine, *, conversation: str) -> Turn:
    count = iter(range(1000))

    def take(**body: Any) -> httpx.Response:
        whole = {"turn_id": f"turn-{next(count)}", "conversation_id": conversation, **body}
        headers = {"X-Aftercare-Token": TOKEN}
        return httpx.post(f"{engine.url}/turn", json=whole, headers=headers, timeout=30)

    return take


def said(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [message["text"] for message in response.json()["messages"]]


def test_a_check_in_asks_reads_and_ends(turn: Turn, actions: FakeActions) -> None:
    opened = turn(intent="EXTERNAL_check_in").json()
    assert opened["messages"] == [
        {
            "text": QUESTIONS[0],
            "buttons": [{"title": "0", "payload": "0"}],
            "custom": {"question": 0},
        }
    ]
    assert said(turn(text="about five")) == [QUESTIONS[1]]
    assert said(turn(text="38度2")) == [QUESTIONS[2]]
    assert said(turn(text="a bit red")) == ["That is all, thank you."]
    assert said(turn(text="thank you")) == ["reply to thanks"]


def test_the_actions_see_the_text_the_intent_and_our_metadata(
    turn: Turn, actions: FakeActions
) -> None:
    response = turn(text="伤口怎么换药", metadata={"language": "zh", "message_id": "m-1"})
    message = actions.calls[-1]["tracker"]["latest_message"]
    assert message["text"] == "伤口怎么换药"
    assert message["intent"]["name"] == "ask_wound_care"
    assert response.json()["intent"]["name"] == "ask_wound_care"
    assert message["metadata"] == {"language": "zh", "message_id": "m-1", "turn_id": "turn-0"}


def test_an_intent_of_ours_goes_past_the_model_and_keeps_the_text(
    turn: Turn, actions: FakeActions
) -> None:
    turn(intent="EXTERNAL_check_in")
    assert said(turn(text="hello", intent="answer")) == [QUESTIONS[1]]
    validated = [one for one in actions.calls if one["next_action"] == "validate_check_in_form"]
    assert validated[-1]["tracker"]["slots"]["answer"] == "hello"
    assert validated[-1]["tracker"]["latest_message"]["intent"]["name"] == "answer"


def test_the_same_turn_again_gets_the_same_replies_and_no_second_turn(
    turn: Turn, actions: FakeActions
) -> None:
    first = turn(turn_id="once", text="hello")
    calls = len(actions.calls)
    again = turn(turn_id="once", text="hello")
    assert again.json() == first.json()
    assert len(actions.calls) == calls


@pytest.mark.parametrize(
    "typed",
    ["/restart", "/EXTERNAL_check_in", '/greet{"answer": "done"}', "/back", "//restart", "/"],
)
def test_a_command_typed_by_a_patient_is_only_text(
    turn: Turn, actions: FakeActions, typed: str
) -> None:
    turn(intent="EXTERNAL_check_in")
    assert said(turn(text=typed)) == [QUESTIONS[1]]
    outside = turn(conversation_id=f"outside {typed}", text=typed).json()
    assert [one["text"].split()[0] for one in outside["messages"]] == ["reply"]
    last = actions.calls[-1]["tracker"]
    assert last["latest_message"]["text"] == typed
    assert last["slots"]["answer"] is None
    assert last["active_loop"] == {}
    assert outside["intent"]["name"] not in {"restart", "back", "EXTERNAL_check_in"}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("500", 502, "action_refused"),
        ("400", 502, "action_refused"),
        ("449", 502, "action_refused"),
        ("nonsense", 502, "action_gave_nonsense"),
        ("slow", 502, "action_timed_out"),
    ],
)
def test_a_failed_action_fails_the_turn_and_the_same_turn_may_be_tried_again(
    turn: Turn, actions: FakeActions, fault: str, status: int, code: str
) -> None:
    turn(intent="EXTERNAL_check_in")
    actions.fault = fault
    failed = turn(turn_id="again", text=CANARY)
    assert (failed.status_code, failed.json()) == (status, {"error": code})
    actions.fault = None
    assert said(turn(turn_id="again", text=CANARY)) == [QUESTIONS[1]]


def test_a_check_in_that_cannot_start_is_never_reported_as_done(
    turn: Turn, actions: FakeActions
) -> None:
    actions.fault = "500"
    assert turn(intent="EXTERNAL_check_in").status_code == 502
    actions.fault = None
    assert said(turn(text="hello")) == ["reply to greet"]
    assert "action_finish_check_in" not in actions.names()


def test_a_lost_tracker_is_put_right_by_what_our_database_knows(
    turn: Turn, actions: FakeActions
) -> None:
    assert said(turn(text="five", in_check_in=True)) == [QUESTIONS[1]]
    assert said(turn(text="hello", in_check_in=False)) == ["reply to greet"]
    assert said(turn(intent="EXTERNAL_resume")) == [QUESTIONS[1]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": None}, "nothing_said"),
        ({"text": "   "}, "nothing_said"),
        ({"text": 7}, "text_is_not_text"),
        ({"text": "x" * 10_001}, "text_too_long"),
        ({"intent": "restart now"}, "unknown_intent"),
        ({"text": "hi", "metadata": [1]}, "metadata_is_not_an_object"),
        ({"text": "hi", "turn_id": None}, "turn_id_missing"),
        ({"text": "hi", "conversation_id": "c" * 201}, "conversation_id_missing"),
    ],
)
def test_a_wrong_request_gets_one_code(turn: Turn, body: dict[str, Any], code: str) -> None:
    response = turn(**body)
    assert (response.status_code, response.json()) == (400, {"error": code})


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_body_that_is_no_turn_is_refused(engine: Engine, body: bytes) -> None:
    headers = {"X-Aftercare-Token": TOKEN}
    response = httpx.post(f"{engine.url}/turn", content=body, headers=headers)
    assert response.status_code == 400


@pytest.mark.parametrize("path", ["turn", "understand", "ready"])
def test_nobody_enters_without_the_token(engine: Engine, path: str) -> None:
    method = "GET" if path == "ready" else "POST"
    for headers in ({}, {"X-Aftercare-Token": "wrong"}, {"X-Aftercare-Token": "错"}):
        encoded = {key: value.encode() for key, value in headers.items()}
        response = httpx.request(method, f"{engine.url}/{path}", headers=encoded)
        assert (response.status_code, response.json()) == (401, {"error": "wrong_token"})


def test_texts_are_understood_in_both_languages(engine: Engine) -> None:
    response = httpx.post(
        f"{engine.url}/understand",
        json={"texts": ["什么时候可以洗澡", "when do my stitches come out", "/restart", ""]},
        headers={"X-Aftercare-Token": TOKEN},
    )
    results = response.json()["results"]
    assert [one["intent"] for one in results[:2]] == ["ask_bathing", "ask_sutures"]
    assert all(0 <= one["confidence"] <= 1 for one in results)
    assert len(results) == 4


def test_the_engine_is_not_ready_without_its_actions(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/webhook"
    with running_engine(action_url=nobody, folder=tmp_path, wait_until_ready=False) as engine:
        until = time.monotonic() + 30
        while (response := httpx.get(f"{engine.url}/ready")).json()["error"] != (
            "action_server_unreachable"
        ):
            assert time.monotonic() < until, response.text
        assert response.status_code == 503
        failed = turner(engine, conversation="nobody")(text="hello")
        assert (failed.status_code, failed.json()) == (502, {"error": "action_unreachable"})


def test_a_check_in_outlives_a_restart_and_a_lost_file_costs_one_question(
    server: FakeActions, tmp_path: Path
) -> None:
    with running_engine(action_url=server.url, folder=tmp_path) as engine:
        turn = turner(engine, conversation="outlives")
        assert said(turn(intent="EXTERNAL_check_in")) == [QUESTIONS[0]]
    with running_engine(action_url=server.url, folder=tmp_path) as engine:
        turn = turner(engine, conversation="outlives")
        assert said(turn(text="five")) == [QUESTIONS[1]]
    for file in tmp_path.glob("tracker.db*"):
        file.unlink()
    with running_engine(action_url=server.url, folder=tmp_path) as engine:
        turn = turner(engine, conversation="outlives")
        assert said(turn(intent="EXTERNAL_resume")) == [QUESTIONS[1]]
        # A file that can no longer be written fails the turn instead of forgetting it.
        with sqlite3.connect(tmp_path / "tracker.db") as other:
            other.execute("DROP TABLE active_form")
        failed = turner(engine, conversation="another")(intent="EXTERNAL_check_in")
        assert (failed.status_code, failed.json()) == (500, {"error": "tracker_not_saved"})
        ready = httpx.get(f"{engine.url}/ready")
        assert (ready.status_code, ready.json()["error"]) == (503, "tracker_store_cannot_write")


def test_a_check_in_outlives_an_hour_of_silence(turn: Turn, folder: Path) -> None:
    """Rasa drops a form after 60 minutes; our store keeps no clock that could."""
    turn(intent="EXTERNAL_check_in")
    with sqlite3.connect(folder / "tracker.db") as kept:
        columns = [row[1] for row in kept.execute("PRAGMA table_info(active_form)")]
    assert columns == ["conversation_id", "form", "requested_slot"]
    assert said(turn(text="five")) == [QUESTIONS[1]]


def test_no_word_of_a_patient_reaches_the_log(
    turn: Turn, actions: FakeActions, engine: Engine
) -> None:
    turn(text=CANARY)
    turn(text=f"/{CANARY}")
    turn(text=f'/greet{{"{CANARY}": broken')
    turn(intent="EXTERNAL_check_in", text=CANARY, metadata={"name": CANARY})
    actions.fault = "500"
    turn(text=CANARY)
    actions.fault = "nonsense"
    turn(text=CANARY)
    log = engine.log.read_text()
    assert "turn failed: action_refused" in log
    assert "Canary-7351" not in log

"""The real engine against hostile texts, a broken disk and an action server that hangs.

It runs with every log line switched on, so that the last test can look for a
patient's words in all that the others made it say.
"""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.dialogue.client import EngineClient
from tests.conversation.engine_fixture import Engine, running_engine
from tests.conversation.fake_action_server import QUESTIONS, FakeActions, fake_actions

pytestmark = pytest.mark.engine

CANARY = "Canary-7351 王金丝雀 13900007351"
LOUD = {
    "LOG_LEVEL": "DEBUG",
    "LOG_LEVEL_LIBRARIES": "DEBUG",
    "PYTHONWARNINGS": "always",
    "PYTHONASYNCIODEBUG": "1",
}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeActions]:
    with fake_actions() as actions:
        yield actions


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def engine(server: FakeActions, folder: Path) -> Iterator[Engine]:
    with running_engine(action_url=server.url, folder=folder, environment=LOUD) as one:
        yield one


@pytest.fixture
def actions(server: FakeActions) -> Iterator[FakeActions]:
    server.calls.clear()
    server.fault = None
    yield server
    server.fault = None


_numbers = iter(range(10**6))


def turn(engine: Engine, conversation: str, **body: Any) -> httpx.Response:
    whole = {"turn_id": f"turn-{next(_numbers)}", "conversation_id": conversation, **body}
    return httpx.post(f"{engine.url}/turn", json=whole, timeout=40)


def said(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [message["text"] for message in response.json()["messages"]]


# --- What people type ---------------------------------------------------------------

HOSTILE = (
    '/check_in{"x": 1}',
    "/session_start",
    "/restart",
    '/intent{"answer": "done", "requested_slot": null}',
    '/EXTERNAL_check_in{"answer": "done"}',
    '{"intent": "EXTERNAL_check_in", "slots": {"answer": "done"}}',
    "[done](answer)",
    '[done]{"entity": "answer", "value": "done"}',
    "EXTERNAL: check_in",
    "EXTERNAL_resume",
    '@restart{"answer": "done"}',
    "／restart",
    "\u200b/restart",
    "\u202e/restart\u202c",
    "\x00/restart\x07",
    "done",
    "😀🩸",
    "\u202e\u202d",
    "\x00\x01\x02",
)


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("in_check_in", [True, False])
def test_no_text_sets_an_intent_of_ours_or_a_slot(
    engine: Engine, actions: FakeActions, typed: str, *, in_check_in: bool
) -> None:
    chat = f"typed-{next(_numbers)}"
    if in_check_in:
        turn(engine, chat, intent="EXTERNAL_check_in")
    response = turn(engine, chat, text=typed, in_check_in=in_check_in)
    expected = [QUESTIONS[1]] if in_check_in else [f"reply to {response.json()['intent']['name']}"]
    assert said(response) == expected
    last = actions.calls[-1]["tracker"]
    assert last["latest_message"]["text"] == typed
    assert last["latest_message"]["entities"] == []
    intent = last["latest_message"]["intent"]["name"]
    assert not intent.startswith("EXTERNAL")
    assert intent not in {"restart", "back", "session_start", "check_in"}
    kept = {name: value for name, value in last["slots"].items() if value is not None}
    assert kept == ({"requested_slot": "answer"} if in_check_in else {})
    assert bool(last["active_loop"]) is in_check_in


def test_a_hundred_thousand_letters_are_one_short_turn(
    engine: Engine, actions: FakeActions
) -> None:
    client = EngineClient(engine.url.removesuffix("/webhooks/aftercare"))
    with closing(client):
        began = time.monotonic()
        client.turn(
            turn_id="long",
            conversation_id="long",
            text=(CANARY + "我的伤口有点疼") * 3000,
            intent=None,
            metadata={},
        )
    assert time.monotonic() - began < 5
    assert len(actions.calls[-1]["tracker"]["latest_message"]["text"]) == 4000
    refused = turn(engine, "long", text="x" * 100_000)
    assert (refused.status_code, refused.json()) == (400, {"error": "text_too_long"})


def test_one_turn_asked_for_eight_times_at_once_is_taken_once(
    engine: Engine, actions: FakeActions
) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(turn, engine, "eight", turn_id="once", text="伤口怎么换药")
            for _ in range(8)
        ]
        answers = [one.result() for one in asked]
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1
    assert [one["next_action"] for one in actions.calls] == ["action_reply"]


# --- An action server that hangs ----------------------------------------------------


def test_an_action_server_that_hangs_or_trickles_fails_the_turn_within_nine_seconds(
    engine: Engine, actions: FakeActions
) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        actions.fault = "hang"
        hanging = pool.submit(turn, engine, "hangs", text=CANARY)
        time.sleep(0.5)
        actions.fault = "trickle"
        trickling = pool.submit(turn, engine, "trickles", text=CANARY)
        time.sleep(0.5)
        actions.fault = None
        others = time.monotonic()
        assert said(turn(engine, "others", text="hello")) == ["reply to greet"]
        assert time.monotonic() - others < 3, "other people's turns go on meanwhile"
        for one in (hanging, trickling):
            response = one.result()
            assert (response.status_code, response.json()) == (502, {"error": "action_timed_out"})
    assert time.monotonic() - began < 10.5


def test_an_action_server_that_refuses_is_not_ready(engine: Engine, actions: FakeActions) -> None:
    """It is alive and answers for its health, and still no turn can be taken."""
    actions.fault = "500"
    unready = httpx.get(f"{engine.url}/ready", timeout=20)
    assert (unready.status_code, unready.json()["error"]) == (503, "dry_turn_failed_action_refused")
    actions.fault = None
    ready = httpx.get(f"{engine.url}/ready", timeout=20)
    assert (ready.status_code, ready.json()) == (200, {"ready": True})
    assert actions.calls[-1]["tracker"]["latest_message"]["metadata"] == {
        "turn_id": f"dry-{actions.calls[-1]['sender_id'].removeprefix('readiness-')}"
    }, "a dry turn names no message of ours, so nothing is kept of it"


# --- The tracker's file -------------------------------------------------------------


@contextmanager
def disk_full(engine: Engine) -> Iterator[None]:
    """No file of the engine may grow, as on a full disk."""
    before = resource.prlimit(engine.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_a_turn_fails_and_the_same_turn_succeeds_later(
    engine: Engine, actions: FakeActions
) -> None:
    opening: dict[str, Any] = {"turn_id": "opens", "intent": "EXTERNAL_check_in"}
    with disk_full(engine):
        failed = turn(engine, "full disk", **opening)
        assert (failed.status_code, failed.json()) == (500, {"error": "tracker_not_saved"})
    assert said(turn(engine, "full disk", **opening)) == [QUESTIONS[0]]


def test_a_locked_file_fails_the_turn_soon_and_stops_nobody_else(
    engine: Engine, actions: FakeActions, folder: Path
) -> None:
    with closing(sqlite3.connect(folder / "tracker.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        failed = turn(engine, "locked", turn_id="opens", intent="EXTERNAL_check_in")
        assert (failed.status_code, failed.json()) == (500, {"error": "tracker_not_saved"})
        assert time.monotonic() - began < 3
        assert said(turn(engine, "not in a check-in", text="hello")) == ["reply to greet"]
        other.execute("ROLLBACK")
    assert said(turn(engine, "locked", turn_id="opens", intent="EXTERNAL_check_in")) == [
        QUESTIONS[0]
    ]


def test_no_word_of_a_patient_is_in_any_line_of_a_loud_log(
    engine: Engine, actions: FakeActions
) -> None:
    turn(engine, CANARY, text=f'/{CANARY}{{"name": "{CANARY}"}}', metadata={"name": CANARY})
    turn(engine, "loud", text=CANARY, intent=CANARY)
    for fault in ("500", "nonsense"):
        actions.fault = fault
        turn(engine, "loud", text=CANARY)
    httpx.post(f"{engine.url}/turn", content=CANARY.encode())
    httpx.post(f"{engine.url}/understand", json={"texts": [CANARY, f"/{CANARY}"]})
    httpx.get(f"{engine.url}/ready?who={CANARY}")
    root = engine.url.removesuffix("/webhooks/aftercare")
    for path in (f"/{CANARY}", f"/conversations/{CANARY}/tracker", f"/?{CANARY}", "/version"):
        assert "Canary" not in httpx.get(f"{root}{path}").text
    log = engine.log.read_text("utf-8", "replace")
    assert "turn failed: action_refused" in log, "the log is on"
    for word in ("Canary", "金丝雀", "13900007351"):
        assert word not in log


def test_a_file_deleted_under_a_running_engine_costs_at_most_one_question_again(
    server: FakeActions, tmp_path: Path
) -> None:
    with running_engine(action_url=server.url, folder=tmp_path) as one:
        assert said(turn(one, "deleted", intent="EXTERNAL_check_in")) == [QUESTIONS[0]]
        for file in tmp_path.glob("tracker.db*"):
            file.unlink()
        assert said(turn(one, "deleted", text="five", in_check_in=True)) == [QUESTIONS[1]]
        assert said(turn(one, "another", intent="EXTERNAL_check_in")) == [QUESTIONS[0]]
        assert httpx.get(f"{one.url}/ready").json() == {"ready": True}
    with running_engine(action_url=server.url, folder=tmp_path) as one:
        assert said(turn(one, "deleted", text="38.2", in_check_in=True)) == [QUESTIONS[2]]
        assert said(turn(one, "deleted", text="dry", in_check_in=True)) == [
            "That is all, thank you."
        ]


def test_a_missing_model_stops_the_engine_instead_of_another_model_speaking(
    server: FakeActions, tmp_path: Path
) -> None:
    environment = {"AFTERCARE_MODEL": str(tmp_path / "gone.tar.gz")}
    started = running_engine(action_url=server.url, folder=tmp_path, environment=environment)
    with pytest.raises(RuntimeError, match="there is no model"), started:
        pass


def test_a_corrupt_model_takes_no_turn_and_says_so(server: FakeActions, tmp_path: Path) -> None:
    file = tmp_path / "model.tar.gz"
    file.write_bytes(b"\x1f\x8b not a model")
    environment = {"AFTERCARE_MODEL": str(file)}
    with running_engine(
        action_url=server.url, folder=tmp_path, environment=environment, wait_until_ready=False
    ) as one:
        ready = httpx.get(f"{one.url}/ready")
        assert (ready.status_code, ready.json()["error"]) == (503, "model_not_ready")
        failed = turn(one, "nobody", text="我胸口疼")
        assert (failed.status_code, failed.json()) == (503, {"error": "model_not_ready"})

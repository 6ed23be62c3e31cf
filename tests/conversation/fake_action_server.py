"""A small action server for tests: three questions, no database, and faults on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

QUESTIONS = ("How is your pain?", "体温是多少？", "How is the wound?")


class FakeActions:
    """Answers the engine's calls like our action server, and remembers them."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.answers: dict[str, list[str]] = {}
        self.fault: str | None = None
        self.url = ""

    def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(call)
        tracker = call["tracker"]
        kept = self.answers.setdefault(call["sender_id"], [])
        events: list[dict[str, Any]] = []
        responses: list[dict[str, Any]] = []
        match call["next_action"]:
            case "validate_check_in_form":
                given = tracker["slots"].get("answer")
                if given is not None:
                    kept.append(given)
                    done = len(kept) == len(QUESTIONS)
                    events.append(slot("answer", "done" if done else None))
            case "action_ask_answer":
                question = QUESTIONS[len(kept)]
                buttons = [{"title": "0", "payload": "0"}]
                custom = {"question": len(kept)}
                responses.append({"text": question, "buttons": buttons, "custom": custom})
            case "action_finish_check_in":
                responses.append({"text": "That is all, thank you."})
                events.append(slot("answer", None))
            case "action_reply":
                message = tracker["latest_message"]
                responses.append({"text": f"reply to {message['intent']['name']}"})
        return {"events": events, "responses": responses}

    def names(self) -> list[str]:
        return [call["next_action"] for call in self.calls]


def slot(name: str, value: str | None) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


@contextmanager
def fake_actions(port: int = 0) -> Iterator[FakeActions]:
    """Serve fake actions on the loopback interface until the block ends."""
    actions = FakeActions()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Header and body in one packet; two would wait 40 ms for each other.
        wbufsize = 65536

        def log_message(self, *args: object) -> None:
            """Keep the test's output short."""

        def do_GET(self) -> None:
            self._send(200, b'{"status": "ok"}')

        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if actions.fault == "nonsense":
                self._send(200, b"<html>not json</html>")
            elif actions.fault == "slow":
                time.sleep(9)
            elif actions.fault == "hang":
                time.sleep(30)
            elif actions.fault == "trickle":
                self._trickle()
            elif actions.fault is not None:
                self._send(
                    int(actions.fault), json.dumps({"error": "broken", "tracker": call}).encode()
                )
            else:
                self._send(200, json.dumps(actions.answer(call)).encode())

        def _trickle(self) -> None:
            """A byte a second: alive on every socket's clock, and never done."""
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with suppress(OSError):
                for _ in range(30):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(1)

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    actions.url = f"http://127.0.0.1:{server.server_address[1]}/webhook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield actions
    finally:
        server.shutdown()
        server.server_close()

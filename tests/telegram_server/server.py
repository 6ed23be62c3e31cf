"""Server: a Bot API over real HTTP on a port of its own, for one bot and its people.

In front of telegram-test-api: every person's message and every answer of the
bot goes through it; what it cannot do (files, edits, offsets, faults) is here.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.telegram_server.bot_api import METHODS, Params
from tests.telegram_server.faults import ApiError, Fault, Faults
from tests.telegram_server.node import free_port
from tests.telegram_server.people import Person
from tests.telegram_server.transcript import Message, Transcript
from tests.telegram_server.updates import Updates

Result = TypeVar("Result")

_numbers = count(100_001)  # a bot of its own for every test, so that none meets another's messages
_FOR_NODE = 80_000  # telegram-test-api takes bodies up to 100 kB


class TelegramServer:
    """`url` and `token` are what the application needs; `person()` makes people."""

    def __init__(self, node_url: str, *, number: int) -> None:
        self.token = f"{number}:test-token-{number}-aaaaaaaaaaaaaaaaaaaaaa"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.bot_user = {
            "id": number,
            "is_bot": True,
            "first_name": "Aftercare",
            "username": "aftercare_test_bot",
        }
        self.faults = Faults()
        self.updates = Updates()
        self.transcript = Transcript()
        self.people: dict[str, Person] = {}
        self.files: dict[str, bytes] = {}
        self.open_taps: set[str] = set()
        self.tap_answers: list[str] = []
        self.calls: list[tuple[str, Params]] = []
        self._node = httpx.AsyncClient(base_url=node_url, trust_env=False)
        self._one_at_a_time = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._web: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._delivery: asyncio.Task[None] | None = None

    # For tests

    def person(self, name: str, *, user_id: int | None = None, language: str = "zh-hans") -> Person:
        """Somebody with Telegram on the phone."""
        number = user_id or 5_000_001 + len(self.people)
        person = Person(self, name=name, user_id=number, language=language)
        self.people[person.address] = person
        return person

    def put(self, update: dict[str, Any]) -> int:
        """Send the bot any update at all; returns its number, 0 when it has none."""
        number = self.run(self.updates.put(update))["update_id"]
        return number if isinstance(number, int) else 0

    def repeat_last_update(self) -> None:
        """Deliver the newest update once more, with the same number."""
        if self.updates.last is not None:
            self.run(self.updates.put_again(self.updates.last))

    def cut_network(self) -> None:
        """Nobody reaches Telegram any more; open connections break."""
        self.run(self._stop_serving())

    def restore_network(self) -> None:
        """Telegram is there again, at the same address, and forgot nothing."""
        self.run(self._start_serving())

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()
        self.run(self._start_serving())

    def stop(self) -> None:
        """End for good."""
        self.run(self._stop_serving(for_good=True))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # For people and methods

    def now(self) -> int:
        return int(time.time())

    def keep_file(self, content: bytes) -> str:
        """Keep a file as Telegram does; returns its file id."""
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = content
        return file_id

    def take_message(self, person: Person, shown: str, content: Params) -> int:
        """A person's message: through telegram-test-api into the bot's queue."""
        about = {"from": person.user, "chat": person.chat, "date": self.now()}
        return self.run(self._take_message(person, shown, {**about, **content}))

    def tap(self, person: Person, message: Message, data: str, *, message_gone: bool) -> int:
        """A person's tap on a button."""
        return self.run(self._tap(person, message, data, message_gone))

    async def node(self, method: str, params: Params) -> Any:
        """Call a bot's method at telegram-test-api."""
        answer = await self._node.post(f"/bot{self.token}/{method}", json=params)
        answer.raise_for_status()
        return answer.json()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do `work` on the server's event loop, from a test's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _take_message(self, person: Person, shown: str, message: Params) -> int:
        big = {key: one for key, one in message.items() if len(str(one)) > _FOR_NODE}
        small = {**message, **dict.fromkeys(big, "(long)"), "botToken": self.token}
        (update,) = await self._through_node("/sendMessage", small)
        sent = {**update["message"], **big}
        del sent["botToken"]
        message_id = int(sent["message_id"])
        if sent["chat"] == person.chat:
            self.transcript.add(Message(person.address, message_id, False, shown))
        await self.updates.put({"message": sent})
        return message_id

    async def _tap(self, person: Person, message: Message, data: str, gone: bool) -> int:
        keyboard = [
            [{"text": title, "callback_data": one} for title, one in row] for row in message.buttons
        ]
        under = {
            "message_id": message.id,
            "chat": person.chat,
            "from": self.bot_user,
            "date": self.now(),
            "text": message.text,
            "reply_markup": {"inline_keyboard": keyboard},
        }
        tap = {"botToken": self.token, "from": person.user, "message": under, "data": data}
        (update,) = await self._through_node("/sendCallback", tap)
        query = {**update["callback_query"], "chat_instance": person.address}
        if gone:
            del query["message"]
        self.open_taps.add(query["id"])
        return int((await self.updates.put({"callback_query": query}))["update_id"])

    async def _through_node(self, path: str, body: Params) -> list[Params]:
        async with self._one_at_a_time:  # its getUpdates gives everything to whoever asks first
            sent = await self._node.post(path, content=json.dumps(body), headers=_JSON)
            sent.raise_for_status()
            return list((await self.node("getUpdates", {}))["result"])

    # The web server

    async def _start_serving(self) -> None:
        paths = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/files/{file_id}", self._download),
        ]
        config = uvicorn.Config(
            Starlette(routes=paths),
            host="127.0.0.1",
            port=self.port,
            log_config=None,
            access_log=False,
            lifespan="off",
        )
        self._web = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._web.serve())
        while not self._web.started:
            await asyncio.sleep(0.005)
        if self._delivery is None:
            self._delivery = asyncio.create_task(self.updates.deliver())

    async def _stop_serving(self, *, for_good: bool = False) -> None:
        if self._web is not None and self._serving is not None:
            self._web.should_exit = self._web.force_exit = True
            await self.updates.hang_up()
            for connection in list(self._web.server_state.connections):
                connection.transport.abort()
            await self._serving
            self._web = self._serving = None
        if for_good:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._node.aclose()

    async def _call(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return _answer(error=ApiError(401, "Unauthorized"))
        name = request.path_params["method"]
        params = await _params(request)
        self.calls.append((name, params))
        fault = self.faults.take(name, str(params.get("chat_id", "")))
        try:
            method = METHODS.get(name.lower())
            if method is None:
                raise ApiError(404, "Not Found: method not found")
            if fault is not None and fault.error is not None:
                raise fault.error
            carried_out = fault is None or fault.delivered
            answer = _answer(await method(self, params) if carried_out else True)
        except ApiError as error:
            answer = _answer(error=error)
        return await _spoiled(answer, fault)

    async def _download(self, request: Request) -> Response:
        file = self.files.get(request.path_params["file_id"])
        if request.path_params["token"] != self.token or file is None:
            return Response(status_code=404)
        return Response(file)


_JSON = {"Content-Type": "application/json"}


async def _params(request: Request) -> Params:
    params: Params = dict(request.query_params)
    if request.headers.get("content-type", "").startswith(_JSON["Content-Type"]):
        return {**params, **await request.json()}
    async with request.form() as form:
        for key, value in form.items():
            params[key] = value if isinstance(value, str) else await value.read()
    return params


async def _spoiled(answer: Response, fault: Fault | None) -> Response:
    if fault is None:
        return answer
    await asyncio.sleep(fault.wait_seconds)
    if fault.broken:  # promises more than it sends, so the connection is closed
        answer.headers["content-length"] = str(len(bytes(answer.body)) + 1000)
    return answer


def _answer(result: Any = None, *, error: ApiError | None = None) -> Response:
    if error is None:
        body: Params = {"ok": True, "result": result}
    else:
        body = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            body["parameters"] = error.parameters
    return Response(json.dumps(body), error.code if error else 200, _JSON)


@contextmanager
def a_telegram(node_url: str) -> Iterator[TelegramServer]:
    """A Bot API with a fresh bot and no people yet."""
    server = TelegramServer(node_url, number=next(_numbers))
    server.start()
    try:
        yield server
    finally:
        server.stop()

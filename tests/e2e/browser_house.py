"""A small hospital for browser tests: real record, real pages, a server, and a story to show."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from bot.channels.webchat import Listeners, WebChatSender, chat_routes
from bot.console import console_routes
from bot.core.conversation import Conversation, Mode, OutboundState, Priority
from bot.core.errors import NotFound
from bot.core.pathway import Library, Pathway
from bot.library_wiring import make_library
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.load import load_library
from bot.pathfiles.versions import VersionedLibrary
from bot.services.adopt_files import adopt_files
from bot.services.outbox import NewButton, put
from bot.services.parts import Parts
from bot.services.ports import Ids
from bot.services.receive import receive
from bot.storage.media import FileMedia
from tests.fakes import CountingIds, World, a_world

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("AFTERCARE_CHROMIUM") or shutil.which("chromium") or ""
SCREENSHOTS = os.environ.get("AFTERCARE_SCREENSHOTS", "")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
)

needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="no chromium on this machine (apt-get install chromium)"
)


class RealClock:
    """Browser tests run in real time: pages tick by themselves."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@cache
def the_library() -> Library:
    """The hospital's shared files and one pathway: what these pages need."""
    with TemporaryDirectory() as folder:
        pathways = Path(folder)
        shutil.copytree(ROOT / "pathways/shared", pathways / "shared")
        shutil.copy(ROOT / "pathways/hip_knee_replacement.yml", pathways)
        return load_library(pathways)


@dataclass
class EveryVersion:
    """The library as the parts want it; a test knows only today's versions."""

    library: Library

    @property
    def shared(self) -> Any:
        return self.library.shared

    def pathway(self, id: str, version: str | None = None) -> Pathway:
        found = self.library.pathways.get(id)
        if found is None:
            raise NotFound(f"no pathway '{id}'")
        return found

    def followed(self, id: str, version: str) -> Pathway:
        return self.pathway(id, version)

    def all(self) -> tuple[Pathway, ...]:
        return tuple(self.library.pathways.values())

    def refresh(self) -> bool:
        return False

    def for_procedure(self, code: str) -> Pathway | None:
        return self.library.for_procedure(code)

    def procedures(self) -> frozenset[str]:
        return frozenset(self.library.by_procedure)


@dataclass
class House:
    """The running pages and the record behind them."""

    world: World
    parts: Parts
    listeners: Listeners
    url: str

    def say(
        self,
        chat: Conversation,
        text: str,
        *,
        buttons: tuple[str, ...] = (),
        priority: Priority = Priority.CONVERSATION,
        kind: str = "bot",
        at: datetime | None = None,
    ) -> str:
        """Put a delivered message into a chat, as the chatbot or the house."""
        row = [NewButton(title, "answer", {"value": title}) for title in buttons]
        with self.world.record.transaction() as tx:
            id = put(
                tx,
                self.parts,
                chat.id,
                text,
                key=f"test:{self.parts.ids.new()}",
                buttons=[row] if row else (),
                priority=priority,
                kind=kind,
            )
            queued = tx.outbound.get(id or "")
            assert queued is not None
            moment = at or self.parts.clock.now()
            tx.outbound.swap(
                queued,
                replace(queued, state=OutboundState.SENT, created_at=moment, settled_at=moment),
            )
        self.listeners.poke(chat.address)
        return queued.id

    def web_chat(self) -> Conversation:
        """The newest chat that a browser opened."""
        found = self.world.rows("conversations", channel="webchat", order_by="-created_at")
        assert found, "no browser has opened a chat"
        return found[0]

    def become(self, chat: Conversation, **changes: Any) -> Conversation:
        """Change the chat's own row, as welcome or takeover would."""
        with self.world.record.transaction() as tx:
            old = tx.conversations.get(chat.id, lock=True)
            assert old is not None
            new = replace(old, **changes)
            tx.conversations.swap(old, new)
        self.listeners.poke(new.address)
        return new


class RandomIds(CountingIds):
    """Ids in order for rows, and codes that nobody guesses for browsers."""

    def code(self) -> str:
        return os.urandom(24).hex()


def released_library(world: World, folder: Path, ids: Ids) -> VersionedLibrary:
    """The real thing in a folder of the test's own, for stories that edit pathways."""
    pathways = folder / "pathways"
    shutil.copytree(ROOT / "pathways/shared", pathways / "shared")
    shutil.copy(ROOT / "pathways/hip_knee_replacement.yml", pathways)
    parts = world.parts
    adopt_files(parts.record, parts.workbench, RealClock(), ids, use=False)
    return make_library(parts.record, pathways)


@contextmanager
def running_house(folder: Path, *, released: bool = False) -> Iterator[House]:
    """Serve /chat and /console on a free port of this machine."""
    world = a_world(folder)
    listeners = Listeners()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, ids = f"http://127.0.0.1:{port}", RandomIds()
    parts = replace(
        world.parts,
        clock=RealClock(),
        ids=ids,
        library=released_library(world, folder, ids) if released else EveryVersion(the_library()),
        answer_words=load_answer_words(ROOT / "pathways/shared/answer_words"),
        senders={"webchat": WebChatSender(listeners)},
        house=replace(world.parts.house, public_url=url, hospital_line="021-5555 0120"),
    )
    media = FileMedia(folder / "media")
    app = Starlette(
        routes=[
            *chat_routes(parts, partial(receive, parts), media=media, listeners=listeners),
            *console_routes(parts, media=media),
        ]
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=0
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield House(world, parts, listeners, url)
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def a_browser() -> Iterator[Any]:
    """Headless Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def a_chat(house: House, name: str, *, mode: Mode = Mode.BOT, **over: Any) -> Conversation:
    """A bound Telegram chat of a patient, for stories that the console shows."""
    chat = Conversation(
        id=f"chat-{name}",
        channel="telegram",
        account="bot",
        address=f"1000-{name}",
        mode=mode,
        language=over.pop("language", "zh"),
        created_at=house.parts.clock.now() - timedelta(days=8),
        contact_id=f"contact-{name}",
        **over,
    )
    house.world.add(chat)
    return chat


@cache
def _axe() -> str:
    file = ROOT / "tests/e2e/node_modules/axe-core/axe.min.js"
    if not file.exists():
        pytest.skip("axe-core is not installed (npm ci in tests/e2e)")
    return file.read_text("utf-8")


def serious_faults(page: Any) -> list[str]:
    """What axe-core finds that keeps somebody out; empty is good."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def sticks_out(page: Any) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


def eventually(holds: Callable[[], bool], *, seconds: float = 5.0) -> bool:
    """Look until it holds; False when it never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def keep(page: Any, name: str) -> None:
    """A screenshot for the documents; to `AFTERCARE_SCREENSHOTS` if that is set."""
    folder = ROOT / (SCREENSHOTS or "results/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.png"
    page.screenshot(path=str(file), animations="disabled")
    if SCREENSHOTS:
        assert file.stat().st_size < 200_000, f"{name}.png is over 200 KB"

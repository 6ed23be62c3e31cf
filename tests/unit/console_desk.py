"""A console without a browser: pages asked over ASGI, forms filled as a browser would."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import console_routes
from bot.core.escalation import Cause, Chain, Escalation, EscalationState
from bot.core.staff import NurseTask, StaffRole
from bot.core.triage_level import TriageLevel
from bot.storage.media import FileMedia
from tests import builders
from tests.fakes import CountingIds, World, a_world

URL = "https://aftercare.example"
PASSWORD = "secret"  # of every nurse the builders make
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class SecretIds(CountingIds):
    """Codes as browsers and links see them: long, and never the same."""

    def code(self) -> str:
        return f"secret-{self.new():0>26}"


@dataclass
class Console:
    """The pages, and one browser that looks at them."""

    world: World
    client: TestClient
    app: Starlette
    media: FileMedia

    def another_browser(self) -> Console:
        client = TestClient(self.app, base_url=URL, follow_redirects=False)
        return replace(self, client=client)

    def from_address(self, address: str) -> Console:
        """A browser at another address of the network."""
        client = TestClient(
            self.app, base_url=URL, follow_redirects=False, client=(address, 40_000)
        )
        return replace(self, client=client)

    def another_worker(self) -> Console:
        """The same record behind a process of its own."""
        app = Starlette(routes=console_routes(self.world.parts, media=self.media))
        client = TestClient(app, base_url=URL, follow_redirects=False)
        return replace(self, client=client, app=app)

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> Any:
        return self.client.post(
            "/console/sign-in", data={"login": login, "password": password, **more}
        )

    def csrf(self) -> str:
        found = CSRF.search(self.client.get("/console/rota").text)
        assert found, "not signed in"
        return found[1]

    def post(self, path: str, **data: str) -> Any:
        return self.client.post(path, data={"csrf": self.csrf(), **data})

    def noted(self, action: str) -> list[tuple[str, str]]:
        """Who did this, and about what."""
        return [(one.who, one.about) for one in self.world.rows("audit", action=action)]


def a_console(folder: Path) -> Console:
    """Mrs Wang's ward: three nurses, an administrator, a nurse of another ward."""
    world = a_world(folder)
    parts = replace(world.parts, ids=SecretIds())
    world = replace(world, parts=parts)
    world.add(*builders.wang_and_her_ward())
    world.add(
        builders.a_nurse("root", role=StaffRole.ADMINISTRATOR, ward="", conversation_id=None),
        builders.a_nurse("away", ward="cardio", conversation_id=None),
    )
    media = FileMedia(folder / "media")
    app = Starlette(routes=console_routes(parts, media=media))
    client = TestClient(app, base_url=URL, follow_redirects=False)
    return Console(world, client, app, media)


def a_console_with_a_case(folder: Path) -> Console:
    """The same with a case and a task of hers, and the nurse on duty signed in."""
    made = a_console(folder)
    made.world.add(a_case(), a_cause(), a_task())
    made.sign_in("chen")
    return made


def a_case(**over: Any) -> Escalation:
    given: dict[str, Any] = {
        "patient_id": "patient-wang",
        "episode_id": "episode-wang",
        "level": TriageLevel.EMERGENCY,
        "state": EscalationState.OPEN,
        "opened_at": builders.START,
        "chain": Chain(("first", "second", "charge"), 5, 30),
        "step": 1,
        "next_step_at": builders.START,
        "conversation_id": "chat-wang",
    }
    return Escalation(id="case-1", **{**given, **over})


def a_cause(words: str = "我喘不过气", **over: Any) -> Cause:
    given: dict[str, Any] = {
        "escalation_id": "case-1",
        "kind": "screening",
        "code": "breathless",
        "level": TriageLevel.EMERGENCY,
        "reason": {"zh": "可能是肺栓塞", "en": "May be a lung embolism"},
        "noted_at": builders.START,
    }
    return Cause(id="cause-1", words=words, **{**given, **over})


def a_task(**over: Any) -> NurseTask:
    given: dict[str, Any] = {
        "key": "task-1",
        "kind": "question",
        "patient_id": "patient-wang",
        "episode_id": "episode-wang",
        "conversation_id": "chat-wang",
        "inbound_id": None,
        "text": "可以洗澡吗？",
        "created_at": builders.START,
        "due_at": builders.START,
    }
    return NurseTask(id="task-1", **{**given, **over})

"""The engine, trained and started once per test run and shared by every conversation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dialogue.client import EngineClient
from tests.conversation.engine_fixture import running_engine
from tests.conversation.hospital import Hospital, action_server, open_hospital


@pytest.fixture(scope="session")
def engine_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    folder = tmp_path_factory.mktemp("engine")
    with action_server() as url, running_engine(action_url=url, folder=folder) as engine:
        client = EngineClient(engine.url.removesuffix("/webhooks/aftercare"))
        yield client
        client.close()


@pytest.fixture
def hospital(tmp_path: Path, engine_client: EngineClient) -> Hospital:
    return open_hospital(tmp_path, engine_client)

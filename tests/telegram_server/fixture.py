"""Fixture: a Telegram for one test.

pytest_plugins = ("tests.telegram_server.fixture",)

def test_somebody_is_heard(telegram):
    start_the_application(token=telegram.token, api_base_url=telegram.url)
    wang = telegram.person("王秀英")
    wang.say("你好")
    wang.wait_for("您好")
    wang.press("好的")
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.telegram_server.node import running_node
from tests.telegram_server.server import TelegramServer, a_telegram


@pytest.fixture(scope="session")
def telegram_node() -> Iterator[str]:
    """telegram-test-api, once for the whole run. Skips when Node.js is missing."""
    with running_node() as url:
        yield url


@pytest.fixture
def telegram(telegram_node: str) -> Iterator[TelegramServer]:
    """A Bot API with a fresh bot and no people yet."""
    with a_telegram(telegram_node) as server:
        yield server

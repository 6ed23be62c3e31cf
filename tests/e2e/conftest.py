"""Fixtures of the browser tests: one Chromium for a file, one house for a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser_house import House, a_browser, running_house


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as one:
        yield one


@pytest.fixture
def house(tmp_path: Path, browser: Any) -> Iterator[House]:
    """A house whose pages are closed with it."""
    with running_house(tmp_path) as one:
        yield one
        for context in browser.contexts:
            context.close()

"""The tests that need Rasa itself pass in the engine's own environment."""

from __future__ import annotations

import subprocess

import pytest

from tests.conversation.engine_fixture import PYTHON, ROOT, ensure_engine

pytestmark = pytest.mark.engine
INSIDE = tuple(f"tests.conversation.inside_{one}" for one in ("engine", "reading", "meanings"))


def test_the_changes_to_rasa_hold() -> None:
    ensure_engine()
    ran = subprocess.run(
        [str(PYTHON), "-m", "unittest", *INSIDE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-6000:]
    assert "OK" in ran.stderr

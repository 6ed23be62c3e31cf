"""The version: one number, in the package and in what a backup says of itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bot.settings import VERSION

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_the_one_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION

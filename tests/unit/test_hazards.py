"""The hazard log names tests that exist: a control without its test is only a wish."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
LOG = YAML(typ="safe", pure=True).load(ROOT / "docs/safety/hazards.yml")
NAMED = sorted(
    {test for one in LOG.values() for control in one["controls"] for test in control["shown_by"]}
)


@cache
def names_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("test", NAMED)
def test_a_control_is_shown_by_a_test_that_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in names_in(file)


@pytest.mark.parametrize("hazard", sorted(LOG))
def test_a_hazard_has_a_cause_controls_and_says_what_is_left(hazard: str) -> None:
    one = LOG[hazard]
    assert set(one) == {"hazard", "zh", "cause", "controls", "left"}
    assert all(one.values())
    assert all(control["does"] and control["shown_by"] for control in one["controls"])


def test_the_hazards_we_started_from_are_all_there() -> None:
    assert [f"H{number:02}" for number in range(1, 15)] == sorted(LOG)[:14]

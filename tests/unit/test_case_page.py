"""The case page: what a nurse reads about one case, and what she can do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.console_desk import Console, a_case, a_cause, a_console

CASE = "/console/cases/case-1"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(a_case(), a_cause())
    made.sign_in("chen")
    return made


def test_closing_asks_whether_the_alert_was_right_and_shows_the_answer(console: Console) -> None:
    assert "Was this alert right?" in console.client.get(CASE).text
    console.post(f"{CASE}/close", outcome="called", note="", alert_right="partly")
    assert console.world.get("escalations", "case-1").alert_right == "partly"
    assert "Alert right: Partly" in console.client.get(CASE).text


def test_closing_without_saying_whether_the_alert_was_right_is_fine(console: Console) -> None:
    console.post(f"{CASE}/close", outcome="called", note="")
    assert console.world.get("escalations", "case-1").alert_right is None


def test_an_invented_answer_to_whether_the_alert_was_right_closes_nothing(console: Console) -> None:
    answer = console.post(f"{CASE}/close", outcome="called", note="kept", alert_right="99")
    assert answer.status_code == 422
    assert "kept" in answer.text
    assert not console.world.get("escalations", "case-1").is_closed

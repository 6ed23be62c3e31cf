"""Technical alarms in the console and in /metrics: for those who see to it, and nobody else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.core.watch import Invariant, SignOfLife
from bot.health import health_routes
from bot.services.worklist_sight import look_at_worklists
from tests.builders import START
from tests.unit.console_desk import Console, a_console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(SignOfLife("watchdog", START))
    return made


def told(**over: Any) -> Invariant:
    given: dict[str, Any] = {"found": 90, "ids": ["case-1"], "since": START, "alarmed_at": START}
    return Invariant("overdue_step", False, START, 60, "seconds", **{**given, **over})


def test_charge_nurse_and_administrator_see_what_was_told_and_a_nurse_does_not(
    console: Console,
) -> None:
    console.world.add(told())
    for login, sees in (("zhao", True), ("root", True), ("chen", False)):
        browser = console.another_browser()
        browser.sign_in(login)
        page = browser.client.get("/console/worklist").text
        assert ("a case waits for its next step" in page) is sees
        assert ("data-check" in page) is sees


def test_what_was_not_told_yet_or_is_over_is_not_shown(console: Console) -> None:
    console.world.add(told(alarmed_at=None))
    console.sign_in("zhao")
    assert "a case waits" not in console.client.get("/console/worklist").text


def test_a_watchdog_that_is_silent_is_named_and_its_old_findings_are_not(console: Console) -> None:
    console.world.add(told())
    console.world.clock.advance(minutes=6)
    console.sign_in("zhao")
    page = console.client.get("/console/worklist").text
    assert "The watchdog does not run" in page
    assert "a case waits" not in page


def test_an_open_worklist_hears_of_a_new_alarm(console: Console) -> None:
    (zhao,) = console.world.rows("nurses", login="zhao")
    before = look_at_worklists(console.world.parts).stamp(zhao)
    console.world.add(told())
    assert look_at_worklists(console.world.parts).stamp(zhao) != before


def test_metrics_have_a_figure_for_every_check(console: Console) -> None:
    console.world.add(told())
    console.world.clock.advance(seconds=30)
    text = metrics(console)
    assert 'aftercare_check_holds{check="overdue_step"} 0.0' in text
    assert 'aftercare_check_found{check="overdue_step"} 90.0' in text
    assert 'aftercare_check_limit{check="overdue_step"} 60.0' in text
    assert "aftercare_watchdog_age_seconds 30.0" in text


def test_metrics_say_when_screening_is_without_its_sentence_model(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "aftercare_sentence_model 1.0" in metrics(console)
    monkeypatch.setattr("bot.health.sentence_model", lambda: None)
    assert "aftercare_sentence_model 0.0" in metrics(console)


def metrics(console: Console) -> str:
    wired = cast(Any, SimpleNamespace(parts=console.world.parts))
    return TestClient(Starlette(routes=list(health_routes(wired)))).get("/metrics").text

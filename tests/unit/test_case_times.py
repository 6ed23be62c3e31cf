"""When a case rose to its level, and when a nurse first had it there."""

from __future__ import annotations

from datetime import timedelta

from bot.core.escalation import Chain
from bot.core.triage_level import TriageLevel
from tests.builders import START
from tests.unit.console_desk import a_case

HOUR = timedelta(hours=1)
CHAIN = Chain(("first",), 5, 60)


def test_the_first_nurse_counts_also_when_the_case_is_passed_on() -> None:
    chen_has_it = a_case().acknowledged(nurse_id="nurse-chen", at=START + HOUR)
    given_on = chen_has_it.passed_on(nurse_id="nurse-chen", at=START + 2 * HOUR)
    assert given_on.acknowledged_at is None
    liu_has_it = given_on.acknowledged(nurse_id="nurse-liu", at=START + 3 * HOUR)
    assert liu_has_it.heard_at == START + HOUR


def test_a_case_that_rises_is_heard_anew_at_its_new_level() -> None:
    heard = a_case(level=TriageLevel.SAME_DAY).acknowledged(nurse_id="nurse-chen", at=START + HOUR)
    risen = heard.raised(level=TriageLevel.EMERGENCY, chain=CHAIN, at=START + 2 * HOUR)
    assert (risen.level_since, risen.heard_at) == (START + 2 * HOUR, None)
    again = risen.acknowledged(nurse_id="nurse-liu", at=START + 3 * HOUR)
    assert again.heard_at == START + 3 * HOUR


def test_a_case_that_is_closed_at_once_was_heard_then() -> None:
    closed = a_case().closed(nurse_id="nurse-chen", outcome="called", note="", at=START + HOUR)
    assert closed.heard_at == START + HOUR

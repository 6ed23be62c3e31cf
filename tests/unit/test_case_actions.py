"""What a nurse does from a case: she calls, asks for a photo, plans ahead, changes the tier."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.core.check_in import EXTRA_FROM, CheckIn, CheckInState
from bot.core.escalation import EscalationState
from bot.core.patient import EpisodeState, RiskTier
from bot.core.words import Words
from bot.services.move_episode import plan_on
from tests import builders as b
from tests.unit.console_desk import Console, a_case, a_cause, a_console

CASE = "/console/cases/case-1"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(a_case(), a_cause())
    made.sign_in("chen")
    return made


def planned(console: Console) -> list[CheckIn]:
    found = console.world.rows("check_ins", episode_id="episode-wang", order_by="due_at")
    return [one for one in found if one.state is CheckInState.PLANNED]


def with_plans(console: Console) -> None:
    """Day 7 for all, day 9 for those who are followed closely; today is the fifth day."""
    library = cast(Any, console.world.parts.library)
    (id,) = library.pathways
    close = replace(b.a_plan("day_9", day=9), tiers=("high",))
    library.pathways[id] = replace(library.pathways[id], check_ins=(b.a_plan(), close))


def test_a_call_is_kept_with_the_case_and_gives_her_time_for_the_outcome(console: Console) -> None:
    console.post(f"{CASE}/acknowledge")
    due = console.world.get("escalations", "case-1").next_step_at
    console.world.clock.advance(minutes=10)
    answer = console.post(f"{CASE}/called", contact="contact-wang")
    assert answer.headers["location"] == f"{CASE}?done=called"
    assert console.world.get("escalations", "case-1").next_step_at > due
    calls = console.client.get(CASE).text.split('id="calls"')[1].split("</ul>")[0]
    assert "Chen → 王秀英" in " ".join(calls.split())


def test_nobody_is_called_about_another_patients_case(console: Console) -> None:
    console.world.add(b.a_patient("zhao", hospital_id="Z-77"), b.a_contact("zhao"))
    assert console.post(f"{CASE}/called", contact="contact-zhao").status_code == 404
    assert console.world.rows("audit", action="case.call") == []


def test_a_photo_is_asked_for_once_in_the_patients_language(console: Console) -> None:
    library = cast(Any, console.world.parts.library)
    words = Words({"zh": "请发一张照片", "en": "Please send a photo"})
    library.shared = replace(library.shared, quick_replies={"photo": words})
    for _ in range(2):
        assert console.post(f"{CASE}/ask-photo", once="1").status_code == 303
    said = [one for one in console.world.said_to("chat-wang") if "请发一张照片" in one]
    assert len(said) == 1


def test_an_extra_check_in_is_planned_on_the_patients_own_clock(console: Console) -> None:
    wanted = {"extra_plan": "day_7", "extra_at": "2026-03-11T18:00"}
    for _ in range(2):
        assert console.post(f"{CASE}/extra-check-in", **wanted).status_code == 303
    (extra,) = planned(console)
    assert (extra.occurrence, extra.is_extra) == (EXTRA_FROM, True)
    assert f"{extra.due_at:%Y-%m-%d %H:%M}" == "2026-03-11 10:00", "18:00 in Shanghai"
    console.post(f"{CASE}/extra-check-in", extra_plan="day_7", extra_at="2026-03-12T18:00")
    assert [one.occurrence for one in planned(console)] == [EXTRA_FROM, EXTRA_FROM + 1]


@pytest.mark.parametrize(
    "wanted",
    [
        {"extra_at": "2026-03-09T18:00"},
        {"extra_at": "2027-03-09T18:00"},
        {"extra_at": "tomorrow"},
        {"extra_plan": "day_8"},
    ],
)
def test_an_extra_check_in_that_cannot_be_is_refused_and_the_form_is_kept(
    console: Console, wanted: dict[str, str]
) -> None:
    given = {"extra_plan": "day_7", "extra_at": "2026-03-11T18:00", **wanted}
    answer = console.post(f"{CASE}/extra-check-in", **given)
    assert answer.status_code == 422
    assert f'value="{given["extra_at"]}"' in answer.text
    assert planned(console) == []


def test_a_patient_who_said_stop_gets_no_extra_check_in(console: Console) -> None:
    with console.world.record.transaction() as tx:
        episode = tx.episodes.get("episode-wang")
        assert episode is not None
        tx.episodes.swap(episode, replace(episode, state=EpisodeState.ON_HOLD))
    answer = console.post(f"{CASE}/extra-check-in", extra_plan="day_7", extra_at="2026-03-11T18:00")
    assert answer.status_code == 422
    assert planned(console) == []


def test_another_tier_plans_what_is_still_to_come_anew_there_and_back(console: Console) -> None:
    with_plans(console)
    for tier, plans in (("high", ["day_7", "day_9"]), ("low", ["day_7"]), ("high", 2), ("low", 1)):
        console.post(f"{CASE}/tier", tier=tier)
        assert console.world.get("episodes", "episode-wang").risk_tier is RiskTier(tier)
        found = [one.plan_id for one in planned(console)]
        assert (found if isinstance(plans, list) else len(found)) == plans
        console.world.clock.advance(minutes=1)


def test_no_plan_of_a_pathway_takes_an_extra_check_in_away(console: Console) -> None:
    with_plans(console)
    console.post(f"{CASE}/extra-check-in", extra_plan="day_7", extra_at="2026-03-11T18:00")
    console.post(f"{CASE}/tier", tier="low")
    assert any(one.is_extra for one in planned(console))
    parts = console.world.parts
    with parts.record.reading() as tx:
        episode, patient = tx.episodes.get("episode-wang"), tx.patients.get("patient-wang")
        assert episode is not None
        assert patient is not None
        replanned = plan_on(tx, parts, episode, patient, parts.library.all()[0])
    assert not any(one.is_extra for one in replanned.cancelled)


def test_an_invented_tier_changes_nothing(console: Console) -> None:
    before = console.world.get("episodes", "episode-wang").risk_tier
    console.post(f"{CASE}/tier", tier="very high")
    assert console.world.get("episodes", "episode-wang").risk_tier is before


def test_a_closed_case_offers_none_of_it(console: Console) -> None:
    with console.world.record.transaction() as tx:
        case = tx.escalations.get("case-1")
        assert case is not None
        tx.escalations.swap(case, replace(case, state=EscalationState.CLOSED, outcome="called"))
    page = console.client.get(CASE).text
    assert "/extra-check-in" not in page
    assert "/tier" not in page

"""Check-ins due: in the patient's own hours, one at a time, and silence is never all well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Mode
from bot.core.errors import EngineUnavailable
from bot.core.pathway import Late, Lateness
from bot.core.patient import EpisodeState
from bot.services.hear import Heard, begin
from bot.services.ports import EngineReply
from bot.services.start_episode import start_episode
from bot.services.whom import whom
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.unit.patient_desk import her_world, lead, says

HOUR = timedelta(hours=1)


def play_engine(world: World) -> None:
    """The engine's part in a check-in: hand a trigger to `begin`, say what it says."""

    def turn(*, turn_id: str, intent: str | None, **_rest: Any) -> tuple[EngineReply, ...]:
        if intent is None:
            return (EngineReply("..."),)
        answer = begin(world.parts, Heard(turn_id, intent, 1.0))
        return tuple(EngineReply(one["text"]) for one in answer.replies)

    world.dialogue.turn = turn  # type: ignore[method-assign]


def break_engine(world: World) -> None:
    def turn(**_asked: Any) -> Any:
        raise EngineUnavailable("engine: ConnectError")

    world.dialogue.turn = turn  # type: ignore[method-assign]


def days(*plan_days: int, late: Late = Late.SKIP_AND_TELL_NURSE) -> Any:
    plans = tuple(
        replace(b.a_plan(f"day_{day}", day=day), lateness=Lateness(4 * HOUR, late))
        for day in plan_days
    )
    return b.a_pathway(check_ins=plans)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = her_world(tmp_path, days(7))
    world.add(*b.wang_and_her_ward())
    play_engine(world)
    return world


def a_world_with(folder: Path, pathway: Any) -> World:
    world = her_world(folder, pathway)
    world.add(*b.wang_and_her_ward())
    play_engine(world)
    return world


def planned(world: World, **over: Any) -> CheckIn:
    given: dict[str, Any] = {
        "state": CheckInState.PLANNED,
        "opened_at": None,
        "conversation_id": None,
    }
    world.add(b.a_check_in(**{**given, **over}))
    return now_of(world)


def now_of(world: World, id: str = "check-in-wang") -> CheckIn:
    found: CheckIn = world.get("check_ins", id)
    return found


def kinds(world: World) -> list[str]:
    return sorted(one.kind for one in world.rows("tasks"))


def test_a_check_in_opens_in_its_hour_and_asks_once(world: World) -> None:
    planned(world)
    run_due(world.parts)
    run_due(world.parts)
    assert now_of(world).state is CheckInState.OPEN
    said = world.said_to("chat-wang")
    assert said == ["check_in_greeting.zh name=王秀英", "How is pain_rest?（中文）"]


def test_nothing_goes_out_at_night_and_nothing_spins_until_morning(world: World) -> None:
    world.clock.at = datetime(2026, 3, 10, 14, tzinfo=UTC)  # 22:00 in Shanghai
    planned(world, due_at=world.clock.at - HOUR)
    assert run_due(world.parts) == 1
    world.clock.advance(hours=2)
    assert run_due(world.parts) == 0
    assert world.said_to("chat-wang") == []


def wait_for_tries(world: World, *, minutes: float) -> None:
    for _ in range(int(minutes * 60 / 10)):
        world.clock.advance(seconds=10)
        run_due(world.parts)


def test_an_engine_away_at_nine_delays_a_check_in_and_makes_nobody_work(world: World) -> None:
    answers = world.dialogue.turn
    break_engine(world)
    planned(world)
    run_due(world.parts)
    wait_for_tries(world, minutes=1)
    assert world.said_to("chat-wang") == []
    world.dialogue.turn = answers  # type: ignore[method-assign]
    wait_for_tries(world, minutes=3)
    said = world.said_to("chat-wang")
    assert said == ["check_in_greeting.zh name=王秀英", "How is pain_rest?（中文）"]
    assert kinds(world) == []


def test_a_check_in_unasked_for_half_an_hour_is_a_nurses_and_is_still_asked_later(
    world: World,
) -> None:
    answers = world.dialogue.turn
    break_engine(world)
    planned(world)
    run_due(world.parts)
    wait_for_tries(world, minutes=40)
    assert set(kinds(world)) == {"not_processed"}
    assert len(kinds(world)) == 1, "one task, however often we tried"
    world.dialogue.turn = answers  # type: ignore[method-assign]
    wait_for_tries(world, minutes=3)
    assert "How is pain_rest?（中文）" in world.said_to("chat-wang")


def test_who_wrote_meanwhile_is_not_asked_once_more(world: World) -> None:
    answers = world.dialogue.turn
    break_engine(world)
    planned(world)
    run_due(world.parts)
    wait_for_tries(world, minutes=1)
    world.dialogue.turn = answers  # type: ignore[method-assign]
    says(world, "在吗")
    wait_for_tries(world, minutes=5)
    assert world.said_to("chat-wang") == ["..."]


def test_too_late_is_a_nurses_task_and_no_message(world: World) -> None:
    planned(world, due_at=START - 5 * HOUR)
    run_due(world.parts)
    assert now_of(world).state is CheckInState.MISSED
    assert kinds(world) == ["late_check_in"]
    assert world.said_to("chat-wang") == []


def test_who_cannot_be_reached_is_a_nurses_task_when_the_window_ends(world: World) -> None:
    lead(world, Mode.BOT, unreachable=True)
    planned(world, window_end=START + 3 * HOUR)
    for _hour in range(3):
        assert run_due(world.parts) <= 2
        assert kinds(world) == []
        world.clock.advance(hours=1)
    run_due(world.parts)
    assert now_of(world).state is CheckInState.MISSED
    assert kinds(world) == ["unreachable"]


def test_after_an_outage_one_check_in_is_asked_and_not_a_burst(tmp_path: Path) -> None:
    world = a_world_with(tmp_path, days(5, 6, late=Late.SEND_ANYWAY))
    for day in (5, 6):
        world.add(
            replace(
                b.a_check_in(plan_id=f"day_{day}", state=CheckInState.PLANNED, opened_at=None),
                id=f"day-{day}",
                due_at=START - timedelta(days=6 - day),
            )
        )
    run_due(world.parts)
    assert now_of(world, "day-5").state is CheckInState.MISSED
    assert now_of(world, "day-6").state is CheckInState.OPEN
    assert len([one for one in world.said_to("chat-wang") if "greeting" in one]) == 1
    assert len(world.said_to("chat-wang")) == 2
    assert kinds(world) == ["late_check_in"]


def test_an_open_check_in_that_a_new_one_ends_was_silence(tmp_path: Path) -> None:
    world = a_world_with(tmp_path, days(6, 7))
    world.add(replace(b.a_check_in(plan_id="day_6", opened_at=START - 20 * HOUR), id="old"))
    planned(world)
    run_due(world.parts)
    assert now_of(world, "old").state is CheckInState.SILENT
    assert kinds(world) == ["silence"]


def test_silence_is_reminded_once_and_then_a_nurse_hears_of_it(world: World) -> None:
    planned(world)
    run_due(world.parts)
    world.clock.advance(hours=4)
    run_due(world.parts)
    assert now_of(world).reminded_at == world.clock.now()
    world.clock.advance(hours=7)
    run_due(world.parts)
    assert kinds(world) == []
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert now_of(world).state is CheckInState.SILENT
    assert kinds(world) == ["silence"]
    reminders = [one for one in world.said_to("chat-wang") if one.startswith("reminder")]
    assert len(reminders) == 1


def test_no_reminder_at_night(world: World) -> None:
    world.clock.at = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)  # 18:30 in Shanghai
    planned(world, due_at=world.clock.at)
    run_due(world.parts)
    before = len(world.said_to("chat-wang"))
    for _hour in range(13):
        world.clock.advance(hours=1)
        run_due(world.parts)
    assert len(world.said_to("chat-wang")) == before
    world.clock.at = datetime(2026, 3, 11, 0, 0, tzinfo=UTC)  # 08:00
    run_due(world.parts)
    assert len(world.said_to("chat-wang")) > before


def test_a_nurse_who_leads_is_not_disturbed_and_the_check_in_waits(world: World) -> None:
    lead(world, Mode.NURSE, nurse_id="nurse-chen")
    planned(world)
    assert run_due(world.parts) == 1
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert now_of(world).state is CheckInState.PLANNED
    lead(world, Mode.BOT, nurse_id=None)
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert now_of(world).state is CheckInState.OPEN


def test_an_open_check_in_waits_while_a_nurse_leads_and_then_goes_on(world: World) -> None:
    planned(world)
    run_due(world.parts)
    lead(world, Mode.NURSE, nurse_id="nurse-chen")
    for _hour in range(30):
        world.clock.advance(hours=1)
        assert run_due(world.parts) <= 1
    assert now_of(world).state is CheckInState.OPEN
    assert kinds(world) == []


def test_a_check_in_left_open_in_a_stopped_chat_goes_on_with_the_caregiver(world: World) -> None:
    world.add(b.a_contact("son", of="wang"), b.a_chat("son"))
    planned(world)
    run_due(world.parts)
    says(world, "STOP")
    world.clock.advance(hours=4)
    run_due(world.parts)
    assert now_of(world).conversation_id == "chat-son"
    assert world.said_to("chat-son")[0].startswith("check_in_greeting_caregiver")


def test_a_check_in_left_open_with_nobody_to_ask_is_a_nurses(world: World) -> None:
    planned(world)
    run_due(world.parts)
    lead(world, Mode.BOT, unreachable=True)
    for _hour in range(14):
        world.clock.advance(hours=1)
        assert run_due(world.parts) <= 2
    assert now_of(world).state is CheckInState.SILENT
    assert kinds(world) == ["unreachable"]


def test_an_episode_on_hold_sends_nothing(world: World) -> None:
    planned(world)
    with world.record.transaction() as tx:
        old = tx.episodes.get("episode-wang")
        tx.episodes.swap(old, replace(old, state=EpisodeState.ON_HOLD))
    run_due(world.parts)
    assert now_of(world).state is CheckInState.CANCELLED
    assert world.said_to("chat-wang") == []


def test_an_older_operation_is_followed_by_its_own_pathway(tmp_path: Path) -> None:
    """A check-in of an older episode never breaks on the plans of the newer one."""
    world = a_world_with(tmp_path, days(7))
    older = b.a_pathway(id="hip", procedures=("HIP",), check_ins=(b.a_plan("hip_day_7"),))
    world.parts.library.pathways["hip"] = older  # type: ignore[attr-defined]
    world.add(
        replace(
            b.an_episode(pathway_id="hip", procedure_code="HIP", surgery_on=date(2026, 1, 1)),
            id="episode-old",
        )
    )
    planned(world, episode_id="episode-old", plan_id="hip_day_7")
    run_due(world.parts)
    assert now_of(world).state is CheckInState.OPEN


def test_asked_to_wait_it_asks_again_then(world: World) -> None:
    until = START + 3 * HOUR
    planned(world, state=CheckInState.OPEN, opened_at=START, conversation_id="chat-wang")
    with world.record.transaction() as tx:
        old = tx.check_ins.get("check-in-wang")
        tx.check_ins.swap(old, replace(old, postponed_until=until, follow_up_at=until))
    world.clock.advance(hours=2)
    assert run_due(world.parts) == 0
    world.clock.advance(hours=1)
    run_due(world.parts)
    assert now_of(world).postponed_until is None
    assert world.said_to("chat-wang")


@pytest.mark.parametrize(
    ("zone", "surgery"),
    [
        ("Asia/Shanghai", date(2026, 3, 4)),
        ("Europe/Berlin", date(2026, 3, 25)),
        ("America/New_York", date(2026, 10, 28)),
        ("Australia/Lord_Howe", date(2026, 3, 30)),
        ("Pacific/Apia", date(2026, 3, 4)),
    ],
)
def test_a_year_of_check_ins_comes_at_nine_by_the_patients_own_clock(
    tmp_path: Path, zone: str, surgery: date
) -> None:
    plan = (1, 3, 7, 14, 28, 42, 90, 180, 365)
    world = a_world_with(tmp_path, days(*plan))
    amend(world, "patients", "patient-wang", lambda one: replace(one, time_zone=zone))
    amend(
        world,
        "episodes",
        "episode-wang",
        lambda one: replace(
            one, surgery_on=surgery, discharge_on=surgery, state=EpisodeState.PLANNED
        ),
    )
    world.clock.at = datetime.combine(surgery, datetime.min.time(), tzinfo=UTC) + 12 * HOUR
    with world.record.transaction() as tx:
        who = whom(tx, world.parts, tx.conversations.get("chat-wang"))
        start_episode(tx, world.parts, who)
    opened = []
    while due := world.rows("check_ins", state=CheckInState.PLANNED, order_by="due_at"):
        world.clock.at = due[0].due_at
        run_due(world.parts)
        one = now_of(world, due[0].id)
        local = one.opened_at.astimezone(ZoneInfo(zone))
        opened.append(((local.date() - surgery).days, local.hour))
    assert opened == [(day, 9) for day in plan]


def amend(world: World, rows: str, id: str, change: Callable[[Any], Any]) -> None:
    with world.record.transaction() as tx:
        old = getattr(tx, rows).get(id)
        getattr(tx, rows).swap(old, change(old))

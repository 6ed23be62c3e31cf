"""Whatever happens in whatever zone: a nudge comes by day, in time, and at most once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation import Mode, OutboundState
from bot.core.errors import DeliveryFailed
from bot.core.nudge import NudgeState
from bot.core.schedule import in_quiet_hours, utc_of
from bot.services.plan_nudges import write_nudges
from bot.services.whom import whom
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.fakes import World
from tests.unit.patient_desk import her_world, lead
from tests.unit.test_nudge_plan import DROPS, LESSONS, VISIT
from tests.unit.test_schedule_everywhere import A_DAY

CHAT = "chat-wang"
PATHWAY = b.a_pathway(check_ins=(), reminders=(DROPS, VISIT), teaching=LESSONS)
DO: dict[str, Callable[[World], None]] = {
    "wait": lambda _world: None,
    "provider down": lambda world: world.sender.failures.extend([DeliveryFailed("down")] * 3),
    "nurse leads": lambda world: lead(world, Mode.NURSE, nurse_id="nurse-chen", epoch=1),
    "chatbot leads": lambda world: lead(world, Mode.BOT, nurse_id=None, epoch=2),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(DO)), st.integers(5, 15 * 60)), min_size=10, max_size=16
)


def enrolled(folder: str, zone: str, day: date) -> World:
    world = her_world(Path(folder), PATHWAY)
    world.clock.at = utc_of(day, time(8, 30), ZoneInfo(zone))
    for one in b.wang_and_her_ward():
        if one.id == "patient-wang":
            one = replace(one, time_zone=zone)
        if one.id == "episode-wang":
            one = replace(one, surgery_on=day - timedelta(days=3), discharge_on=day)
        world.add(one)
    with world.record.transaction() as tx:
        who = whom(tx, world.parts, tx.conversations.get(CHAT))
        assert who is not None
        write_nudges(tx, world.parts, who)
    return world


@settings(max_examples=10, deadline=None)
@given(A_DAY, STEPS)
def test_by_day_in_time_and_at_most_once(
    where: tuple[str, date], steps: list[tuple[str, int]]
) -> None:
    zone, day = where
    with TemporaryDirectory() as folder:
        world = enrolled(folder, zone, day)
        planned = {one.id: one for one in world.rows("nudges")}
        seen = 0
        for what, minutes in steps:
            world.clock.advance(minutes=minutes)
            DO[what](world)
            before = len(world.sender.sent)
            run_due(world.parts)
            seen += len(world.sender.sent) - before
            if len(world.sender.sent) > before:
                assert not in_quiet_hours(world.clock.at, zone, PATHWAY)
        told = [one for one in world.rows("nudges") if one.state is NudgeState.TOLD]
        assert {one.id for one in world.rows("nudges")} == set(planned), "none is lost or doubled"
        sent = {one.id: one for one in world.rows("outbound", state=OutboundState.SENT)}
        for one in told:
            if one.outbound_id in sent:
                settled = sent[one.outbound_id].settled_at
                assert planned[one.id].due_at <= settled <= one.send_until
        lines = Counter(line for one in world.sender.sent for line in one.text.split("\n\n"))
        turns = Counter(one.plan_id for one in told if one.outbound_id in sent)
        assert lines["Take your drops.（中文）"] == turns["drops"]
        assert all(count == 1 for line, count in lines.items() if "drops" not in line)
        assert seen == len(world.sender.sent)
        world.record.engine.dispose()

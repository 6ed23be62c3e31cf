"""The checker itself: a history in good order breaks no promise, each broken one its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.conversation import (
    Conversation,
    Inbound,
    InboundState,
    Mode,
    Outbound,
    OutboundState,
    Priority,
)
from bot.core.escalation import Cause, Chain, Escalation, EscalationState, Notification
from bot.core.nudge import Nudge, NudgeKind, NudgeState
from bot.core.staff import AuditEntry
from bot.core.triage_level import TriageLevel
from tests.crash.history import History, Rows
from tests.crash.promises import judge
from tests.telegram_server.transcript import Message

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CHAT, CHEN = "5000001", "nurse-chen"
WANG = Conversation("wang", "telegram", "1", CHAT, Mode.BOT, "zh", NOW, contact_id="contact-wang")


def heard(number: int, text: str, **more: Any) -> Inbound:
    fields = {"state": InboundState.DONE, **more}
    id, part = f"in-{number}", "text"
    return Inbound(id, "wang", number, "telegram", "1", f"x{number}", part, text, NOW, **fields)


def told(number: int, **more: Any) -> Outbound:
    fields = {
        "key": f"key-{number}",
        "priority": Priority.CONVERSATION,
        "text": f"答 {number}",
        "state": OutboundState.SENT,
        "external_id": str(10 * number),
        **more,
    }
    return Outbound(
        id=f"out-{number}", conversation_id="wang", seq=number, created_at=NOW, **fields
    )


def shown(number: int, id: int | None = None) -> Message:
    return Message(CHAT, id or 10 * number, True, f"答 {number}")


CASE = Escalation(
    id="case",
    patient_id="p",
    episode_id="e",
    level=TriageLevel.EMERGENCY,
    state=EscalationState.OPEN,
    opened_at=NOW,
    chain=Chain(("first",), 5, 30),
    step=0,
    next_step_at=NOW + timedelta(minutes=5),
)
CAUSE = Cause(
    "cause", "case", "screening", "chest_pain", TriageLevel.EMERGENCY, "疼", {}, inbound_id="in-2"
)
PAGED = Notification("n", "n", "case", 0, "first", CHEN, None, NOW)
REMINDED = Nudge(
    *("nudge", "e", NudgeKind.REMINDER, "aspirin", 1, NOW, NOW, NOW),
    state=NudgeState.TOLD,
    outbound_id="out-1",
)
ADVICE = {"priority": Priority.URGENT_ADVICE, "kind": "system"}
CLOSED = replace(
    CASE, state=EscalationState.CLOSED, closed_by=CHEN, outcome="called", next_step_at=None
)
GOOD = History(
    rows=Rows(
        conversations=(WANG,),
        inbound=(
            heard(1, "第1句"),
            heard(2, "第2句，胸口疼", level="emergency"),
            heard(3, "第3句"),
        ),
        outbound=(told(1), told(2, **ADVICE), told(3)),
        escalations=(CASE,),
        causes=(CAUSE,),
        notifications=(PAGED,),
        nudges=(REMINDED,),
    ),
    now=NOW,
    said={CHAT: ["第1句", "第2句，胸口疼", "第3句"]},
    shown={CHAT: [shown(1), shown(2), shown(3)]},
    nurses=frozenset({CHEN}),
    calm_pages=(0.2,),
    signs_of_life={"well": 3, "dead": 0},
)


def with_rows(**rows: Any) -> History:
    return replace(GOOD, rows=replace(GOOD.rows, **rows))


def test_a_history_in_good_order_breaks_no_promise() -> None:
    assert judge(GOOD).breaches == {}
    assert judge(GOOD).lost == judge(GOOD).out_of_order == judge(GOOD).without_owner == 0


BROKEN = {
    "a message that is no row": ("P1", with_rows(inbound=GOOD.rows.inbound[:2])),
    "a message kept twice": (
        "P1",
        with_rows(inbound=(*GOOD.rows.inbound, replace(heard(4, "第3句"), id="again"))),
    ),
    "a message without an outcome": (
        "P1",
        with_rows(inbound=(*GOOD.rows.inbound[:2], heard(3, "第3句", state=InboundState.RECEIVED))),
    ),
    "a message that failed and no nurse has": (
        "P1",
        with_rows(
            inbound=(*GOOD.rows.inbound[:2], heard(3, "第3句", state=InboundState.FAILED)),
            outbound=(*GOOD.rows.outbound[:2], told(3, key="in-3:saved", **ADVICE)),
        ),
    ),
    "messages that changed places": (
        "P1",
        replace(GOOD, said={CHAT: ["第3句", "第1句", "第2句，胸口疼"]}),
    ),
    "an answer read before the one ahead of it": (
        "P1",
        with_rows(
            outbound=(told(1, external_id="30"), told(2, **ADVICE), told(3, external_id="10"))
        ),
    ),
    "an answer called sent that nobody read": (
        "P1",
        replace(GOOD, shown={CHAT: [shown(1), shown(2)]}),
    ),
    "an answer that waits for ever": (
        "P1",
        with_rows(outbound=(*GOOD.rows.outbound, told(4, state=OutboundState.QUEUED))),
    ),
    "a dead letter without a nurse": (
        "P1",
        with_rows(outbound=(*GOOD.rows.outbound, told(4, state=OutboundState.DEAD))),
    ),
    "a red flag without an escalation": ("P2", with_rows(causes=())),
    "a red flag seen without its escalation for a moment": (
        "P2",
        replace(GOOD, half_done=("red flag in-2 was there without its escalation",)),
    ),
    "a page after five seconds": ("P3", replace(GOOD, calm_pages=(5.5,))),
    "a red flag that was never paged": ("P3", replace(GOOD, unpaged=("in-2",))),
    "a case without a next step": (
        "P4",
        with_rows(escalations=(replace(CASE, next_step_at=None),)),
    ),
    "a case whose next step is overdue": ("P4", replace(GOOD, now=NOW + timedelta(minutes=6))),
    "a case that nobody was told of": ("P4", with_rows(notifications=())),
    "a case closed by nobody": (
        "P5",
        with_rows(
            escalations=(replace(CLOSED, closed_by=None),),
            audit=(AuditEntry("a", NOW, CHEN, "case.close", "case"),),
        ),
    ),
    "a case closed without a line in the audit": ("P5", with_rows(escalations=(CLOSED,))),
    "a dead house that beats": ("P6", replace(GOOD, signs_of_life={"well": 3, "dead": 1})),
    "a healthy house that does not": ("P6", replace(GOOD, signs_of_life={"well": 0, "dead": 0})),
    "an emergency without the fixed advice": (
        "P7",
        with_rows(outbound=(told(1), told(2), told(3))),
    ),
    "something read twice without a mark": (
        "P8",
        replace(GOOD, shown={CHAT: [shown(1), shown(2), shown(3), shown(3, id=31)]}),
    ),
    "something made twice": (
        "P8",
        with_rows(outbound=(*GOOD.rows.outbound[:2], told(3, key="key-1"))),
    ),
    "a reminder that was told by no message": (
        "P8",
        with_rows(nudges=(replace(REMINDED, outbound_id="out-9"),)),
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_promise_is_found(what: str) -> None:
    promise, history = BROKEN[what]
    assert list(judge(history).breaches) == [promise]


def test_a_duplicate_that_is_marked_is_counted_and_allowed() -> None:
    twice = with_rows(outbound=(*GOOD.rows.outbound[:2], told(3, possible_duplicate=True)))
    twice = replace(twice, shown={CHAT: [*GOOD.shown[CHAT], shown(3, id=25)]})
    report = judge(twice)
    assert report.breaches == {}
    assert (report.duplicates, report.marked) == (1, 1)


def test_breaches_name_ids_and_never_repeat_what_patients_wrote() -> None:
    lines = [line for _, one in BROKEN.values() for b in judge(one).breaches.values() for line in b]
    assert lines
    assert not any("第" in line or "疼" in line for line in lines)


def test_a_run_that_gave_a_promise_no_chance_to_fail_says_so() -> None:
    assert judge(replace(GOOD, signs_of_life={})).not_shown == ["P5", "P6", "P8"]

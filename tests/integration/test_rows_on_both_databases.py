"""Rows: what is written comes back the same, and of two writers one wins, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from bot.core.check_in import Asked
from bot.core.conversation import ButtonPress, Outbound, Priority, Turn
from bot.core.escalation import Cause, Chain, Escalation, EscalationState, Notification
from bot.core.merge import Merge
from bot.core.move import Move, MoveState
from bot.core.nudge import Nudge, NudgeKind
from bot.core.pace import Pace
from bot.core.pathway_version import PathwayVersion
from bot.core.patient import Consent, Invitation
from bot.core.release import Release
from bot.core.staff import AuditEntry, Guesses, NurseTask, SecondStep, ShiftOffer, SignIn
from bot.core.takeover import Takeover
from bot.core.triage_level import TriageLevel
from bot.core.watch import Drill, Invariant, SignOfLife
from bot.storage.database import open_database
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlRecord
from tests import builders as b
from tests.builders import START
from tests.fakes import ROWS

ROOM = {**ROWS, "PathwayVersion": "pathway_versions", "Pace": "paces"}


@pytest.fixture
def record(database_url: str) -> Iterator[SqlRecord]:
    engine = open_database(database_url)
    metadata.create_all(engine)
    yield SqlRecord(engine)
    engine.dispose()


CASE = Escalation(
    id="case-1",
    patient_id="patient-wang",
    episode_id="episode-wang",
    level=TriageLevel.SAME_DAY,
    state=EscalationState.OPEN,
    opened_at=START,
    chain=Chain(rotas=("first", "second"), step_every_minutes=30, outcome_within_minutes=240),
    step=0,
    next_step_at=START,
    conversation_id="chat-wang",
)

# One of each kind, in an order that foreign keys allow.
EVERYTHING: list[Any] = [
    *b.wang_and_her_ward(),
    Invitation("inv-1", "contact-wang", "hash", START, START + timedelta(hours=72)),
    Consent("con-1", "episode-wang", "contact-wang", "chat-wang", "1", "zh", "given", START),
    b.an_inbound("我喘不过气😮", media=["f1"], screening={"level": "emergency", "red_flags": []}),
    Outbound(
        "out-1", "chat-wang", 1, "key", Priority.URGENT_ADVICE, "您好", START, [[["b1", "好"]]]
    ),
    ButtonPress("b1", "chat-wang", "answer", {"value": True, "n": 3}, START, "好"),
    Turn("in-1", "chat-wang", [{"text": "您好", "buttons": [], "scale": False}], START),
    b.a_check_in(),
    Nudge(
        *("nudge-1", "episode-wang", NudgeKind.TEACHING, "cooling", 1),
        *(START, START + timedelta(days=3), START),
    ),
    Asked("ask-1", "check-in-wang", "pain_rest", "open", 1, START),
    b.an_observation(value=38.4),
    b.an_observation("calf", value=["swollen", "hot"]),
    b.an_observation("wound", value="wet"),
    b.an_observation("falls", value=False),
    b.an_observation("mood", value=None, understood=False),
    b.an_observation("doses", value=0),
    CASE,
    Cause(
        "cause-1",
        "case-1",
        "screening",
        "dyspnoea",
        TriageLevel.EMERGENCY,
        "喘",
        {"zh": "气促", "en": "breath"},
        ["nhs"],
        "1",
        "in-1",
        START,
    ),
    Notification("note-1", "key", "case-1", 0, "first", "nurse-chen", "out-1", START),
    ShiftOffer(
        *("offer-1", "shift-chen-first", "nurse-chen", START),
        *("nurse-liu", START, "shift-liu-second"),
    ),
    Guesses("hash", 3, START),
    SignIn("s1", "nurse-chen", "h", "csrf", START, START, START),
    SecondStep("nurse-chen", "BASE32", START, START, 58_000_000, ["hash"]),
    NurseTask(
        id="task-1",
        key="k",
        kind="photo",
        patient_id=None,
        episode_id=None,
        conversation_id=None,
        inbound_id=None,
        text="照片",
        created_at=START,
        due_at=START,
    ),
    AuditEntry("audit-1", START, "nurse-chen", "case.open", "case-1", "同日"),
    Invariant("overdue_step", False, START, 60, "seconds", 90, "late", ["case-1"], START, START),
    SignOfLife("worker-1", START),
    Drill("2026-W11", START, 0, START, "out-1", START, "nurse-chen"),
    Pace("telegram:ward", START, START, "chat-wang", START),
    Takeover(
        "takeover-1",
        "chat-wang",
        "patient-wang",
        "nurse-chen",
        started_at=START,
        touched_at=START,
        look_at=None,
        has_written=True,
        shift_ends_at=START,
        reminded_at=START,
        went_up_at=START,
        ended_at=START,
        ended="idle",
        ended_by="nurse-zhao",
    ),
    PathwayVersion("1-abc", "knee_replacement", {"a.yml": "id: 膝"}, START),
    b.a_draft(files={"hernia.yml": None, "a.yml": "id: 膝"}, submitted_at=START, note="为何？"),
    b.a_patient("twice"),
    Merge(
        *("merge-1", "patient-wang", "patient-twice", START, "nurse-zhao", "同一个人"),
        *("episode-wang", None, {"contacts": ["contact-twice"]}),
    ),
    Release(
        *("release-1", 1, {"hernia.yml": None}, {"knee": "1-abc"}, ["nurse-mei"], "nurse-guo"),
        *(START, START, "draft-1", [{"kind": "threshold", "text": {"zh": "阈值"}}]),
    ),
    Move(
        *("move-1", "episode-wang", "1-abc", "2-def", "nurse-guo", START),
        *(MoveState.WAITING, START),
    ),
]


def keep(record: SqlRecord, *items: Any) -> None:
    with record.transaction() as tx:
        for item in items:
            getattr(tx, ROOM[type(item).__name__]).add(item)


def test_every_kind_of_row_comes_back_as_it_was(record: SqlRecord) -> None:
    keep(record, *EVERYTHING)
    with record.reading() as tx:
        for item in EVERYTHING:
            assert getattr(tx, ROOM[type(item).__name__]).get(item.id) == item


def test_every_kind_of_row_is_in_this_test() -> None:
    assert {type(one).__name__ for one in EVERYTHING} == set(ROOM)


CHANGES: list[tuple[Any, dict[str, Any]]] = [
    (CASE, {"chain": Chain(("charge",), 5, 30), "step": 1}),
    (CASE, {"chain": Chain(("charge",), 5, 30)}),
    (b.a_chat(), {"state": {"wrong_codes": 1}}),
    (b.a_chat(), {"lane_until": START, "state": {"x": "是"}}),
    (b.an_observation(value=38.4), {"value": 39.0}),
    (b.an_observation("wound", value="wet"), {"value": ["wet", "red"]}),
    (b.an_observation("mood", value=None, understood=False), {"value": True}),
    (b.an_observation("falls", value=False), {"value": None, "superseded_by": "obs-doses-0"}),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_every_column_can_be_changed(record: SqlRecord, number: int) -> None:
    keep(record, *EVERYTHING)
    old, change = CHANGES[number]
    with record.transaction() as tx:
        rows = getattr(tx, ROOM[type(old).__name__])
        assert rows.swap(rows.get(old.id), replace(old, **change))
        assert rows.get(old.id) == replace(old, **change)


def test_of_two_who_change_the_same_field_one_wins(record: SqlRecord) -> None:
    keep(record, *EVERYTHING)
    with record.transaction() as tx:
        old = tx.escalations.get("case-1")
        assert tx.escalations.swap(old, replace(old, step=1, acknowledged_by="nurse-chen"))
        assert not tx.escalations.swap(old, replace(old, step=2, acknowledged_by="nurse-liu"))
        assert tx.escalations.get("case-1").acknowledged_by == "nurse-chen"


def test_a_field_that_was_empty_is_compared_as_empty(record: SqlRecord) -> None:
    keep(record, *EVERYTHING)
    with record.transaction() as tx:
        old = tx.observations.get("obs-temperature-38.4")
        assert tx.observations.swap(old, replace(old, superseded_by="obs-doses-0"))
        assert not tx.observations.swap(old, replace(old, superseded_by="obs-falls-False"))


def test_a_moment_without_a_time_zone_is_refused(record: SqlRecord) -> None:
    naive = datetime(2026, 3, 10, 9, 0)  # noqa: DTZ001
    with pytest.raises(StatementError), record.transaction() as tx:
        tx.patients.add(b.a_patient(created_at=naive))


def test_a_moment_comes_back_in_utc(record: SqlRecord) -> None:
    shanghai = START.astimezone(ZoneInfo("Asia/Shanghai"))
    keep(record, b.a_patient(created_at=shanghai))
    with record.reading() as tx:
        kept = tx.patients.get("patient-wang").created_at
    assert (kept, kept.tzinfo) == (START, UTC)


def test_a_taken_key_adds_nothing_and_spoils_nothing(record: SqlRecord) -> None:
    with record.transaction() as tx:
        assert tx.patients.add_if_new(b.a_patient())
        assert not tx.patients.add_if_new(b.a_patient("li", hospital_id="H-wang"))
        assert tx.patients.add_if_new(b.a_patient("zhang"))
    with record.reading() as tx:
        assert tx.patients.count() == 2


def test_an_answer_without_its_patient_is_refused(record: SqlRecord) -> None:
    with pytest.raises(IntegrityError), record.transaction() as tx:
        tx.contacts.add(b.a_contact("nobody"))

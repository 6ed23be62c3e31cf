"""Export: the hospital's own tables, whole with names, and without them nobody to be found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands.exports import cell
from bot.core.conversation import Outbound, Priority
from bot.core.escalation import Cause, Chain, Escalation, EscalationState
from bot.core.patient import RiskTier
from bot.core.question import Kind
from bot.core.staff import NurseTask
from bot.core.triage_level import TriageLevel
from bot.services.export import PAGE, Wanted, export
from tests import builders as b
from tests.builders import START
from tests.fakes import World, a_world

WORDS = (
    "王秀英",
    "H-wang",
    "喘不过气",
    "三十八度四",
    "您好王女士",
    "好多了谢谢",
    "打过电话给她女儿",
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    questions = {
        "temperature": b.a_question("temperature", kind=Kind.MEASURE, unit="Cel"),
        "anything_else": b.a_question("anything_else", kind=Kind.TEXT),
        "wound": b.a_question("wound", kind=Kind.CHOICE),
    }
    world = a_world(tmp_path, pathway=b.a_pathway(questions=questions))
    world.add(*b.wang_and_her_ward(), b.an_inbound("我喘不过气"), b.a_check_in())
    world.add(
        b.an_observation(source_text="三十八度四"),
        b.an_observation(
            "anything_else", id="obs-own", value="好多了谢谢", unit=None, source_text="好多了谢谢"
        ),
        b.an_observation("wound", value="wet", unit=None, source_text="x"),
        b.an_observation("gone", id="obs-gone", value="好多了谢谢", unit=None, source_text="x"),
        Outbound("out-1", "chat-wang", 1, "k", Priority.CONVERSATION, "您好王女士", START),
        Escalation(
            id="case-1",
            patient_id="patient-wang",
            episode_id="episode-wang",
            level=TriageLevel.EMERGENCY,
            state=EscalationState.CLOSED,
            opened_at=START,
            chain=Chain(("first",), 5, 30),
            step=0,
            next_step_at=None,
            outcome="called",
            outcome_note="打过电话给她女儿",
        ),
        NurseTask(
            *("task-1", "k", "complaint", "patient-wang", None, None, None),
            *("好多了谢谢", START, START),
            solve_by=START + timedelta(hours=23),
        ),
        Cause("c1", "case-1", "screening", "dyspnoea", TriageLevel.EMERGENCY, "喘不过气", {}),
    )
    return world


def tables(world: World, **wanted: Any) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name, rows in export(world.parts, Wanted(**wanted), by="lin"):
        columns, *cells = rows
        found[name] = [dict(zip(columns, one, strict=True)) for one in cells]
    return found


def test_with_names_everything_is_there_with_wording_and_units(world: World) -> None:
    found = tables(world)
    assert {name: len(rows) for name, rows in found.items()} == {
        "patients": 1,
        "episodes": 1,
        "check_ins": 1,
        "observations": 4,
        "escalations": 1,
        "tasks": 1,
        "messages_received": 1,
        "messages_sent": 1,
    }
    assert all(word in str(found) for word in WORDS)
    (fever,) = [one for one in found["observations"] if one["question_id"] == "temperature"]
    assert (fever["value"], fever["unit"]) == (38.4, "Cel")
    assert fever["asked_en"] == "How is temperature?"
    assert found["messages_received"][0]["patient_id"] == "patient-wang"
    assert found["escalations"][0]["causes"] == "screening:dyspnoea"


def test_without_names_no_name_no_number_and_no_own_words(world: World) -> None:
    found = tables(world, names=False)
    assert [word for word in WORDS if word in str(found)] == []
    assert found["patients"][0]["birth_year"] == 1948
    values = {one["question_id"]: one["value"] for one in found["observations"]}
    assert values == {"temperature": 38.4, "wound": "wet", "anything_else": None, "gone": None}
    assert found["escalations"][0]["outcome"] == "called"
    with_names = tables(world)
    assert {n: list(r[0]) for n, r in found.items()} == {
        n: list(r[0]) for n, r in with_names.items()
    }


def test_a_stretch_of_time_takes_what_began_in_it(world: World) -> None:
    world.add(b.an_inbound("later", id="in-2", seq=2, received_at=START + timedelta(days=2)))
    day = timedelta(days=1)
    texts = [
        [one["text"] for one in tables(world, **when)["messages_received"]]
        for when in (
            {"since": START + day},
            {"until": START + day},
            {"since": START, "until": START + 2 * day},
        )
    ]
    assert texts == [["later"], ["我喘不过气"], ["我喘不过气"]]


def test_many_rows_come_page_by_page_each_once(world: World) -> None:
    world.add(*(b.an_inbound("好", id=f"in-{n}", seq=n) for n in range(2, PAGE * 2 + 2)))
    found = tables(world)["messages_received"]
    assert sorted(one["number"] for one in found) == list(range(1, PAGE * 2 + 2))


def test_that_somebody_took_it_is_noted_without_a_word_of_it(world: World) -> None:
    tables(world, names=False)
    (entry,) = world.rows("audit", action="export")
    assert (entry.who, entry.details) == ("lin", ".. without names")


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-2 度", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_cells_are_plain() -> None:
    assert cell(-2.5) == -2.5
    assert cell(None) is None
    assert cell(True) == "true"
    assert cell(START) == "2026-03-10T01:00:00Z"
    assert cell(["=x", "肿"]) == '["=x", "肿"]'
    assert cell(RiskTier.LOW) == "low"

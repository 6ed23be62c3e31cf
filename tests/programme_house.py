"""A house made by chance, with all that the programme counts; see tests/programme_one_by_one.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from bot.core.check_in import CheckIn, CheckInState, Observation
from bot.core.escalation import Chain, Escalation, EscalationState
from bot.core.patient import Consent, EpisodeState
from bot.core.staff import NurseTask
from bot.core.triage_level import TriageLevel
from tests import builders as b
from tests.unit.console_desk import a_task

WARDS, PROCEDURES = ("ortho", "heart", "eye"), ("KNEE", "CABG", "LENS")
FIRST_HOME = date(2025, 11, 20)


def a_house(seed: int, people: int) -> list[Any]:
    """Patients who went home over four months, with all that the programme counts."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    return [one for number in range(people) for one in _somebody(chance, f"n{number}")]


def _somebody(chance: Random, name: str) -> Iterator[Any]:
    home = FIRST_HOME + timedelta(days=chance.randrange(130))
    merged = chance.choice((None, None, None, None, "patient-n0"))
    yield b.a_patient(name, ward=chance.choice(WARDS), merged_into=merged)
    yield b.a_contact(name)
    yield b.a_chat(name)
    yield b.an_episode(
        name,
        procedure_code=chance.choice(PROCEDURES),
        discharge_on=home,
        state=chance.choice((EpisodeState.ACTIVE, EpisodeState.FINISHED, EpisodeState.CANCELLED)),
        end_reason=chance.choice(("", "", "", "recovered", "mistake", "merged")),
    )
    yield replace(b.an_inbound(id=f"in-{name}"), conversation_id=f"chat-{name}")
    start = b.START - timedelta(days=(b.START.date() - home).days)
    for turn in range(chance.randrange(8)):
        check_in = _a_check_in(chance, name, turn, start + timedelta(days=6 * turn, hours=turn))
        yield check_in
        for code in ("pain_at_rest", "body_temperature", "csat", "ces"):
            yield _an_answer(chance, name, code, check_in)
    for number in range(chance.randrange(3)):
        yield _a_case(chance, f"{name}-{number}", name, start + timedelta(days=40 * number))
    for number in range(chance.randrange(4)):
        yield _a_task(chance, f"{name}-{number}", name, start + timedelta(days=25 * number))
    for number in range(chance.randrange(3)):
        yield _a_consent(chance, f"{name}-{number}", name, start + timedelta(days=20 * number))


def _a_check_in(chance: Random, name: str, turn: int, due: Any) -> CheckIn:
    sent = chance.random() < 0.8
    likely = (CheckInState.COMPLETED, CheckInState.SILENT, CheckInState.SILENT)
    return replace(
        b.a_check_in(name, due_at=due, window_end=due + timedelta(hours=10)),
        id=f"check-in-{name}-{turn}",
        plan_id=f"day_{turn % 3}",
        occurrence=1 + turn // 3,
        state=chance.choice((*likely, *CheckInState)),
        opened_at=due if sent else None,
        ended_at=due if sent else None,
    )


def _an_answer(chance: Random, name: str, code: str, check_in: CheckIn) -> Observation:
    return b.an_observation(
        code,
        chance.choice((1, 2, 3, 4, 5, 36.5, None, "好多了", True)),
        id=f"obs-{check_in.id}-{code}",
        episode_id=f"episode-{name}",
        check_in_id=chance.choice((check_in.id, check_in.id, None)),
        observed_at=check_in.due_at + timedelta(hours=chance.randrange(30)),
        inbound_id=f"in-{name}",
        said_by=f"contact-{name}",
        understood=chance.random() < 0.8,
        superseded_by=chance.choice((None, None, "obs-later")),
    )


def _a_case(chance: Random, id: str, name: str, opened: Any) -> Escalation:
    return Escalation(
        id=f"case-{id}",
        patient_id=f"patient-{name}",
        episode_id=f"episode-{name}",
        level=chance.choice((TriageLevel.EMERGENCY, TriageLevel.SAME_DAY)),
        state=EscalationState.CLOSED,
        opened_at=opened,
        chain=Chain(("first",), 5, 30),
        step=1,
        next_step_at=None,
        conversation_id=f"chat-{name}",
        closed_at=opened + timedelta(hours=1),
        alert_right=chance.choice(("yes", "partly", "no", None)),
        complication=chance.choice(("IIIa", "none", None)),
    )


def _a_task(chance: Random, id: str, name: str, made: Any) -> NurseTask:
    call_back = chance.random() < 0.5
    return replace(
        a_task(
            key=id,
            kind="call_back" if call_back else "silence",
            patient_id=chance.choice((f"patient-{name}", f"patient-{name}", None)),
            episode_id=chance.choice((f"episode-{name}", f"episode-{name}", None)),
            created_at=made,
            due_at=made + timedelta(hours=1),
            solve_by=made + timedelta(hours=24) if call_back else None,
            done_at=chance.choice((made + timedelta(hours=2), None)),
        ),
        id=f"task-{id}",
    )


def _a_consent(chance: Random, id: str, name: str, at: Any) -> Consent:
    return Consent(
        id=f"consent-{id}",
        episode_id=f"episode-{name}",
        contact_id=f"contact-{name}",
        conversation_id=f"chat-{name}",
        version="1",
        language="zh",
        decision=chance.choice(("given", "withdrawn", "withdrawn")),
        decided_at=at,
    )

"""A ward in March 2026 that can be counted by hand: who was asked, who answered, what nurses did.

On the orthopaedic ward, knee replacements, all sent home on Saturday 7 March but one:
  wang   answered day 1 and day 7; an emergency ended a third check-in. Case 1.
  li     answered day 1 and then no more. Cases 2 and 4, a call-back. Too late for one check-in.
  zhou   was asked a day late and never answered; said STOP. Case 3.
  sun    was enrolled and never opened the chat.
  ma     went home yesterday: too early to say anything. Her first check-in is to come.
  he     was cancelled.
On the heart ward: carter, a bypass in February, with a case, answers and scores of his own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.core.check_in import CheckInState
from bot.core.escalation import Chain, Escalation, EscalationState
from bot.core.pathway import Anchor
from bot.core.patient import Consent, EpisodeState
from bot.core.staff import StaffRole
from bot.core.triage_level import TriageLevel
from tests import builders as b
from tests.unit.console_desk import a_task

NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
HOME = date(2026, 3, 7)
MINUTE = timedelta(minutes=1)
PEOPLE = ("wang", "li", "zhou", "sun", "ma", "he")


def local(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    """A moment of 2026 on the clock of Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def the_pathway() -> Any:
    """Check-ins on the first day at home and on day 7 after surgery."""
    day_1 = replace(b.a_plan("day_1", day=1), anchor=Anchor.DISCHARGE)
    pain = b.a_question("pain_rest", code="pain_at_rest", name=b.words("pain at rest"))
    return b.a_pathway(
        check_ins=(day_1, b.a_plan("day_7"), b.a_plan("day_9", day=9)),
        questions={"pain_rest": pain},
    )


def the_ward() -> list[Any]:
    """Everybody and everything, in an order that foreign keys allow."""
    return [*_people(), *_check_ins(), *_answers(), *_cases(), *_tasks(), _stop()]


def _people() -> list[Any]:
    states = {"sun": EpisodeState.PLANNED, "he": EpisodeState.CANCELLED}
    found: list[Any] = []
    for name in PEOPLE:
        home = date(2026, 3, 19) if name == "ma" else HOME
        state = states.get(name, EpisodeState.ACTIVE)
        found += [
            b.a_patient(name),
            b.a_contact(name),
            b.an_episode(name, discharge_on=home, state=state),
            b.a_chat(name),
        ]
    found += [
        b.a_patient("carter", ward="heart"),
        b.a_contact("carter"),
        b.an_episode("carter", procedure_code="CABG", discharge_on=date(2026, 2, 20)),
        b.a_chat("carter"),
    ]
    roles = (("zhao", StaffRole.CHARGE_NURSE, "ortho"), ("root", StaffRole.ADMINISTRATOR, ""))
    return found + [
        b.a_nurse(name, role=role, ward=ward, conversation_id=None) for name, role, ward in roles
    ]


def _check_ins() -> list[Any]:
    done, silent = CheckInState.COMPLETED, CheckInState.SILENT
    day_1, day_7 = ("day_1", local(8, 9)), ("day_7", local(11, 9))
    rows: list[tuple[str, tuple[str, datetime], CheckInState, datetime | None]] = [
        ("wang", day_1, done, local(8, 9)),
        ("wang", day_7, done, local(11, 9)),
        ("wang", ("day_9", local(13, 9)), CheckInState.STOPPED, local(13, 9)),
        ("li", day_1, done, local(8, 9)),
        ("li", day_7, silent, local(11, 9)),
        ("li", ("day_0", local(5, 9)), CheckInState.MISSED, None),  # before she was enrolled
        ("zhou", day_1, silent, local(9, 10)),
        ("zhou", day_7, silent, local(11, 9)),
        ("ma", ("day_1", local(20, 10)), CheckInState.PLANNED, None),
        ("carter", ("day_1", local(21, 9, month=2)), done, local(21, 9, month=2)),
        ("carter", ("day_7", local(11, 9)), silent, local(11, 9)),
    ]
    return [
        replace(
            b.a_check_in(name, plan_id=plan, due_at=due, window_end=due + timedelta(hours=10)),
            id=f"check-in-{name}-{plan}",
            state=state,
            opened_at=opened,
            ended_at=None if opened is None else due + timedelta(hours=9),
        )
        for name, (plan, due), state, opened in rows
    ]


def _answers() -> list[Any]:
    given = (
        *(("wang", "day_1", "pain_at_rest", 3), ("li", "day_1", "pain_at_rest", 5)),
        *(("wang", "day_7", "pain_at_rest", 2), ("carter", "day_1", "pain_at_rest", 9)),
        *(("wang", "day_7", "csat", 5), ("li", "day_1", "csat", 3), ("carter", "day_7", "csat", 1)),
        *(("wang", "day_7", "recommend_score", 10), ("li", "day_1", "recommend_score", 6)),
        *(("wang", "day_7", "ces", 7), ("li", "day_1", "ces", 4)),
        ("wang", "day_1", "recommend_score", 2),
    )
    found: list[Any] = [
        replace(b.an_inbound(id=f"in-{name}"), conversation_id=f"chat-{name}")
        for name in ("wang", "li", "carter")
    ]
    for name, plan, code, value in given:
        corrected = (name, code, value) == ("wang", "recommend_score", 2)
        found.append(
            b.an_observation(
                code,
                value,
                id=f"obs-{name}-{plan}-{code}",
                episode_id=f"episode-{name}",
                check_in_id=f"check-in-{name}-{plan}",
                observed_at=local(11, 10),
                inbound_id=f"in-{name}",
                said_by=f"contact-{name}",
                superseded_by="obs-wang-day_7-recommend_score" if corrected else None,
            )
        )
    found.append(  # in her own words: no number, in nobody's mean
        b.an_observation(
            "csat",
            "还行吧",
            id="obs-zhou-csat",
            episode_id="episode-zhou",
            inbound_id="in-li",
            said_by="contact-zhou",
            observed_at=local(11, 10),
        )
    )
    return found


def _case(name: str, number: int, level: TriageLevel, opened: datetime, **over: Any) -> Escalation:
    outcome = {TriageLevel.EMERGENCY: 30}.get(level, 240)
    case = Escalation(
        id=f"case-{number}",
        patient_id=f"patient-{name}",
        episode_id=f"episode-{name}",
        level=level,
        state=EscalationState.OPEN,
        opened_at=opened,
        chain=Chain(("first", "second", "charge"), 5, outcome),
        step=1,
        next_step_at=opened,
        conversation_id=f"chat-{name}",
    )
    return replace(case, **over)


def _ended(opened: datetime, heard: int, closed: int) -> dict[str, Any]:
    return {
        "heard_at": opened + heard * MINUTE,
        "closed_at": opened + closed * MINUTE,
        "state": EscalationState.CLOSED,
        "next_step_at": None,
        "outcome": "called",
    }


def _cases() -> list[Escalation]:
    emergency, same_day = TriageLevel.EMERGENCY, TriageLevel.SAME_DAY
    first, second, third = local(10, 9), local(10, 17), local(12, 2)
    return [
        replace(
            _case("wang", 1, emergency, first, **_ended(first, 4, 30)),
            alert_right="yes",
            complication="IIIa",
        ),
        replace(
            _case("li", 2, same_day, second, **_ended(second, 10, 100)),
            alert_right="no",
            complication="none",
        ),
        _case("zhou", 3, same_day, third, **_ended(third, 60, 480)),
        _case("li", 4, emergency, NOW - 2 * MINUTE),
        _case("carter", 5, emergency, first, **_ended(first, 50, 500)),
    ]


def _tasks() -> list[Any]:
    made, hour = local(11, 12), timedelta(hours=1)
    of_li = {"patient_id": "patient-li", "episode_id": "episode-li", "conversation_id": "chat-li"}
    call_back = a_task(
        key="call-back",
        kind="call_back",
        created_at=made,
        due_at=made + hour,
        answered_at=made + hour / 2,
        solve_by=made + 24 * hour,
        done_at=made + 30 * hour,
        **of_li,
    )
    silence = a_task(key="silence", kind="silence", created_at=made, done_at=made + hour)
    about_zhou = {"patient_id": "patient-zhou", "episode_id": "episode-zhou"}
    return [
        replace(call_back, id="task-call-back"),
        replace(silence, id="task-silence", **about_zhou, conversation_id="chat-zhou"),
        replace(silence, id="task-to-do", key="to-do", done_at=None),
    ]


def _stop() -> Consent:
    return Consent(
        id="consent-zhou",
        episode_id="episode-zhou",
        contact_id="contact-zhou",
        conversation_id="chat-zhou",
        version="1",
        language="zh",
        decision="withdrawn",
        decided_at=local(12, 10),
    )

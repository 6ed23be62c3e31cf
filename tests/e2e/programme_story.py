"""Three months of a ward and a little of another, for the programme page. No chance in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.check_in import CheckInState
from bot.core.escalation import GRADES, Chain, Escalation, EscalationState
from bot.core.programme.period import month_of, months, months_before
from bot.core.schedule import utc_of
from bot.core.triage_level import TriageLevel
from bot.services.parts import Parts
from tests import builders as b
from tests.e2e.browser_house import House
from tests.e2e.ward_story import PATHWAY, WARD

ZONE = ZoneInfo("Asia/Shanghai")
PLAN = (("day_1", 1), ("day_3", 3), ("day_7", 7), ("day_14", 14), ("day_28", 28))
LEVELS = (TriageLevel.EMERGENCY, TriageLevel.SAME_DAY, TriageLevel.WITHIN_48_HOURS)
RIGHT = ("yes", "yes", "yes", "partly", "no", None)
EACH_DAY = 2  # sent home


@dataclass(frozen=True)
class Person:
    """One patient by her number; what happens to her follows from it."""

    number: int
    home: date
    ward: str
    procedure: str

    @property
    def key(self) -> str:
        return f"p{self.number}"


def three_months(house: House) -> int:
    """Fill the house; says how many patients there are."""
    everybody = list(_people(house.parts))
    for start in range(0, len(everybody), 20):
        things = [one for person in everybody[start : start + 20] for one in _all_of(house, person)]
        house.world.add(*things)
    return len(everybody)


def _people(parts: Parts) -> list[Person]:
    now = parts.clock.now()
    last = month_of(now, str(ZONE))
    first = months(months_before(last, 2), last, str(ZONE))[0].first
    found, day = [], first
    while day <= now.astimezone(ZONE).date():
        for _ in range(EACH_DAY):
            number = len(found)
            other = number % 5 == 4
            found.append(
                Person(
                    number,
                    day,
                    "Cardiology" if other else WARD,
                    "hip_replacement" if number % 3 == 2 else "knee_replacement",
                )
            )
        day += timedelta(days=1)
    return found


def _all_of(house: House, one: Person) -> list[Any]:
    now = house.parts.clock.now()
    episode = b.an_episode(
        one.key,
        pathway_id=PATHWAY,
        pathway_version="1",
        procedure_code=one.procedure,
        surgery_on=one.home - timedelta(days=3),
        discharge_on=one.home,
        created_at=_at(one.home, 10),
    )
    things: list[Any] = [
        replace(b.a_patient(one.key, ward=one.ward), hospital_id=f"Z-{one.number:05}"),
        b.a_contact(one.key),
        episode,
        b.a_chat(one.key),
        replace(b.an_inbound(id=f"in-{one.key}"), conversation_id=f"chat-{one.key}"),
    ]
    if one.number % 11 == 10:
        return things  # she never opened the chat
    for turn, (plan, day) in enumerate(PLAN):
        due = _at(one.home + timedelta(days=day), 9)
        if due > now:
            break
        things += _check_in(one, plan, due, answered=turn < _stays(one))
    return things + _case(one, now)


def _stays(one: Person) -> int:
    """How many check-ins she answers before she falls silent."""
    return (5, 5, 4, 5, 2, 5, 5, 3, 5, 0)[one.number % 10]


def _check_in(one: Person, plan: str, due: datetime, *, answered: bool) -> list[Any]:
    late = timedelta(days=1) if one.number % 13 == 5 else timedelta()
    check_in = replace(
        b.a_check_in(one.key, plan_id=plan, due_at=due, window_end=due + timedelta(hours=10)),
        id=f"check-in-{one.key}-{plan}",
        state=CheckInState.COMPLETED if answered else CheckInState.SILENT,
        opened_at=due + late,
        ended_at=due + late + timedelta(hours=8),
    )
    if not answered:
        return [check_in]
    day = int(plan.removeprefix("day_"))
    given: dict[str, float] = {
        "pain_at_rest": max(0, 6 - day // 3 - one.number % 3),
        "body_temperature": 36.4 + (one.number % 9) / 10,
    }
    if plan == "day_14":
        given["csat"] = 5 - (one.number % 7 == 3) - 2 * (one.number % 17 == 6)
    if plan == "day_28":
        given |= {"recommend_score": 10 - one.number % 5, "ces": 7 - one.number % 3}
    return [
        check_in,
        *(
            b.an_observation(
                code,
                value,
                id=f"obs-{one.key}-{plan}-{code}",
                episode_id=f"episode-{one.key}",
                check_in_id=check_in.id,
                observed_at=due + timedelta(hours=1),
                inbound_id=f"in-{one.key}",
                said_by=f"contact-{one.key}",
                pathway_id=PATHWAY,
            )
            for code, value in given.items()
        ),
    ]


def _case(one: Person, now: datetime) -> list[Any]:
    """Every fourth patient has one, at any hour of the day."""
    opened = _at(one.home + timedelta(days=2), (one.number * 5) % 24)
    if one.number % 4 or opened > now:
        return []
    level = LEVELS[(one.number // 4) % 3]
    wait = {0: 3, 1: 25, 2: 300}[(one.number // 4) % 3] * (1 + one.number % 3)
    heard = opened + timedelta(minutes=wait)
    return [
        Escalation(
            id=f"case-{one.key}",
            patient_id=f"patient-{one.key}",
            episode_id=f"episode-{one.key}",
            level=level,
            state=EscalationState.CLOSED,
            opened_at=opened,
            chain=Chain(
                ("first", "second", "charge"), 5, {0: 60, 1: 240}.get(one.number % 3, 2880)
            ),
            step=1,
            next_step_at=None,
            acknowledged_by=None,
            heard_at=heard,
            closed_at=heard + timedelta(minutes=40 + one.number % 50),
            outcome="called",
            alert_right=RIGHT[(one.number // 4) % 6],
            complication=GRADES[one.number % 3] if one.number % 8 == 0 else "none",
        )
    ]


def _at(day: date, hour: int) -> datetime:
    return utc_of(day, time(hour), ZONE)

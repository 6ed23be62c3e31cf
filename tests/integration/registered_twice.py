"""Mrs Wang a second time: H-double, for the same operation, with a daughter, answers and a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from bot.core.escalation import EscalationState
from bot.core.merge import Merge
from bot.core.patient import EpisodeState
from bot.core.staff import Nurse
from bot.services.merge_patients import Said, merge_patients
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.integration.ward_record import planned, reminder
from tests.unit.console_desk import a_case, a_cause, a_task

EARLIER = date(2025, 5, 6)
SAID = Said(year_stays="1948", year_goes="1948", words="同一张身份证", keeps="episode-wang")


def second_registration() -> list[Any]:
    """H-double. Wang's own number is H-wang."""
    flag = {"patient_id": "patient-double", "episode_id": "episode-double"}
    had = {"acknowledged_by": "nurse-liu", "acknowledged_at": START}
    return [
        replace(b.a_patient("double"), name="王秀英"),
        replace(b.a_contact("double"), name="王秀英"),
        replace(b.a_contact("fang", of="double"), name="王芳"),
        b.an_episode("double"),
        *(b.a_chat("double", last_seq=1), b.a_chat("fang")),
        *(planned(1, "double"), planned(4, "double"), reminder(3, "double")),
        replace(
            b.an_episode("double", surgery_on=EARLIER, state=EpisodeState.FINISHED),
            id="episode-hip",
        ),
        b.an_inbound("三十八度四", conversation_id="chat-double"),
        b.an_observation(episode_id="episode-double", said_by="contact-double"),
        a_case(state=EscalationState.ACKNOWLEDGED, conversation_id="chat-double", **flag, **had),
        a_cause(),
        a_task(**flag, conversation_id="chat-double"),
    ]


def nurse(world: World, name: str = "zhao") -> Nurse:
    found: Nurse = world.get("nurses", f"nurse-{name}")
    return found


def merge(world: World, *, stays: str = "wang", goes: str = "double", **over: Any) -> Merge:
    ids = {"stays_id": f"patient-{stays}", "goes_id": f"patient-{goes}"}
    return merge_patients(world.parts, nurse(world), **ids, said=replace(SAID, **over))

"""No page shows another ward's patient: any wards, any patients, any role, every address."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.console.app import PAGES
from bot.console.door import Page
from bot.core.permissions import EVERY_WARD, Permission, allows
from bot.core.staff import StaffRole
from bot.services.search_audit import AuditFound, Wanted, search_audit
from tests import builders as b
from tests.unit.console_desk import Console, a_case, a_cause, a_console, a_task

WARDS = ("ortho", "cardio", "ortho 2", "Ortho", "o")
ROOMS = {
    "cases": "case-{0}",
    "patients": "patient-{0}",
    "tasks": "task-{0}",
    "contacts": "contact-{0}",
    "photos": "in-{0}",
}
PHOTO = b"\xff\xd8\xff photo of "


def names(number: int) -> tuple[str, str, str]:
    """What would give a patient away: her name, her number, her words."""
    return f"Patient{number}zq", f"NO-{number}-zq", f"my words {number} zq"


def add_patient(console: Console, number: int, ward: str) -> None:
    """One patient with everything that a page could show of her."""
    key, (name, hospital_id, words) = f"p{number}", names(number)
    photo = console.media.save(PHOTO + name.encode(), "image/jpeg")
    of_her = {
        "patient_id": f"patient-{key}",
        "episode_id": f"episode-{key}",
        "conversation_id": f"chat-{key}",
    }
    console.world.add(
        replace(b.a_patient(key, hospital_id=hospital_id, ward=ward), name=name),
        replace(b.a_contact(key), name=name),
        b.an_episode(key),
        b.a_chat(key),
        b.an_inbound(
            words, id=f"in-{key}", conversation_id=f"chat-{key}", media=[photo], part="photo"
        ),
        replace(a_case(**of_her), id=f"case-{key}"),
        replace(a_cause(words, escalation_id=f"case-{key}"), id=f"cause-{key}"),
        replace(a_task(key=f"task-{key}", text=words, **of_her), id=f"task-{key}"),
    )


def addresses(page: Page, patients: int) -> list[str]:
    room = page.path.split("/")[1]
    path = f"/console{page.path}".replace("{number:int}", "0")
    if "{id}" not in path:
        return [path]
    if room not in ROOMS:
        return [path.replace("{id}", "knee_replacement")]
    return [path.replace("{id}", ROOMS[room].format(f"p{n}")) for n in range(patients)]


def gives_away(number: int, body: bytes) -> bool:
    return any(one.encode() in body for one in names(number))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    wards=st.lists(st.sampled_from(WARDS), min_size=2, max_size=3),
    role=st.sampled_from(list(StaffRole)),
    mine=st.sampled_from((*WARDS, *EVERY_WARD)),
)
def test_no_page_shows_another_wards_patient(
    wards: Sequence[str], role: StaffRole, mine: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        console = a_console(Path(folder))
        for number, ward in enumerate(wards):
            add_patient(console, number, ward)
        console.world.add(b.a_nurse("me", role=role, ward=mine, conversation_id=None))
        me = console.another_browser()
        me.sign_in("me")
        seen = shown(me, len(wards))
        searched = searched_bodies(me, len(wards), role)
        hidden = {n for n, ward in enumerate(wards) if mine not in (*EVERY_WARD, ward)}
        assert seen & hidden == set()
        assert searched & hidden == set()
        if allows(role, Permission.SEE_PATIENT):
            assert seen == set(range(len(wards))) - hidden, "and shows all of her own"


def shown(me: Console, patients: int) -> set[int]:
    """The patients that any page of any address gives away."""
    found: set[int] = set()
    for page in PAGES:
        for address in addresses(page, patients) if page.method == "GET" else ():
            body = me.client.get(address).content
            found |= {n for n in range(patients) if gives_away(n, body)}
    return found


def searched_bodies(me: Console, patients: int, role: StaffRole) -> set[int]:
    """The patients that a search gives away: by name, by number, and in the audit."""
    found: set[int] = set()
    token = str(me.world.rows("sign_ins", order_by="-created_at,-id")[0].csrf_token)
    for number in range(patients):
        for typed in names(number)[:2]:
            data = {"csrf": token, "search": typed}
            body = me.client.post("/console/patients", data=data).text
            # What she typed herself stands in the field of the search.
            body = body.replace(f'value="{typed}"', "")
            found |= {n for n in range(patients) if gives_away(n, body.encode())}
    if allows(role, Permission.SEE_AUDIT):
        result: AuditFound = search_audit(
            me.world.parts, me.world.get("nurses", "nurse-me"), Wanted()
        )
        found |= {n for n in range(patients) if gives_away(n, repr(result).encode())}
    return found

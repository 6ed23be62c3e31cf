"""The worklist: what a nurse looks for, what no filter hides, and what an open page hears."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.console.live import LOOK_EVERY
from bot.core.escalation import EscalationState, Notification
from bot.core.staff import Nurse
from bot.core.triage_level import TriageLevel
from bot.core.worklist import Sought, Whose, read_sought
from bot.services.show_worklist import PAGE, Worklist, show_worklist
from bot.services.worklist_sight import look_at_worklists
from tests import builders as b
from tests.builders import START
from tests.unit.console_desk import Console, a_case, a_cause, a_console, a_task
from tests.unit.escalation_desk import a_cause as new_cause
from tests.unit.escalation_desk import raise_it

HELD = {"state": EscalationState.ACKNOWLEDGED}
LATER = {"level": TriageLevel.SAME_DAY}


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """Besides Mrs Wang's ward there is Mr Zhao in cardiology; nobody has a case yet."""
    made = a_console(tmp_path)
    zhao = replace(b.a_patient("zhao", hospital_id="Z-77", ward="cardio"), name="赵强")
    made.world.add(zhao, b.a_contact("zhao"), b.an_episode("zhao"))
    return made


def add(console: Console, id: str, patient: str = "wang", kind: str = "rule", **over: Any) -> None:
    of = {"patient_id": f"patient-{patient}", "episode_id": f"episode-{patient}"}
    console.world.add(replace(a_case(**of, **over), id=id))
    console.world.add(replace(a_cause(escalation_id=id, kind=kind), id=f"why-{id}"))


def nurse(console: Console, login: str = "chen") -> Nurse:
    (found,) = console.world.rows("nurses", login=login)
    one: Nurse = found
    return one


def seen(console: Console, login: str = "chen", **sought: Any) -> Worklist:
    return show_worklist(console.world.parts, nurse(console, login), Sought(**sought))


def ids(found: Worklist) -> list[str]:
    return [one.escalation.id for one in (*found.waiting, *found.held)]


def test_mine_is_what_she_has_and_what_waits_and_was_told_to_her(console: Console) -> None:
    add(console, "hers", acknowledged_by="nurse-chen", **HELD, **LATER)
    add(console, "another's", acknowledged_by="nurse-liu", **HELD, **LATER)
    add(console, "told her", **LATER)
    add(console, "told nobody", **LATER)
    console.world.add(Notification("n", "n", "told her", 0, "first", "nurse-chen", None, START))
    assert sorted(ids(seen(console, whose=Whose.MINE))) == ["hers", "told her"]
    assert seen(console, whose=Whose.MINE).hidden == 2


def test_the_team_is_who_is_on_the_rota_now_and_what_nobody_has(console: Console) -> None:
    with console.world.record.transaction() as tx:
        for one in tx.shifts.find():
            tx.shifts.swap(one, replace(one, starts_at=START, ends_at=START))
    console.world.add(b.a_shift("liu", "first"))
    add(console, "on duty", acknowledged_by="nurse-liu", **HELD, **LATER)
    add(console, "gone home", acknowledged_by="nurse-zhao", **HELD, **LATER)
    add(console, "nobody's", **LATER)
    assert sorted(ids(seen(console, whose=Whose.TEAM))) == ["nobody's", "on duty"]
    assert len(ids(seen(console))) == 3


@pytest.mark.parametrize(
    "sought",
    [
        {"whose": Whose.MINE},
        {"level": TriageLevel.SAME_DAY},
        {"kind": "rule"},
        {"search": "nobody of this name"},
    ],
)
def test_no_filter_hides_an_emergency_that_nobody_has(
    console: Console, sought: dict[str, Any]
) -> None:
    add(console, "unheard", kind="screening")
    add(console, "held", kind="screening", acknowledged_by="nurse-liu", **HELD)
    assert ids(seen(console, **sought)) == ["unheard"]


def test_a_filter_never_shows_another_wards_emergency(console: Console) -> None:
    add(console, "cardio", "zhao")
    assert ids(seen(console, level=TriageLevel.SAME_DAY)) == []
    assert ids(seen(console, "away", search="赵")) == ["cardio"]
    assert ids(seen(console, search="赵")) == []


def test_who_sees_every_ward_chooses_one(console: Console) -> None:
    add(console, "ortho", **LATER)
    add(console, "cardio", "zhao", **LATER)
    assert ids(seen(console, "root", ward="cardio")) == ["cardio"]
    console.sign_in("root")
    page = console.client.get("/console/worklist?ward=cardio").text
    assert "赵强" in page
    assert "王秀英" not in page


def test_level_kind_and_search_narrow_and_say_how_much_they_hide(console: Console) -> None:
    add(console, "leg", "wang", kind="rule", **LATER)
    add(console, "words", "wang", kind="screening", level=TriageLevel.WITHIN_48_HOURS)
    console.world.add(a_task())
    assert ids(seen(console, level=TriageLevel.SAME_DAY)) == ["leg"]
    assert ids(seen(console, kind="screening")) == ["words"]
    assert [one.task.kind for one in seen(console, kind="question").tasks] == ["question"]
    assert len(ids(seen(console, search="王秀"))) == 2
    assert seen(console, search="%").counts.all == 0, "a sign of SQL is only a sign"
    assert seen(console, level=TriageLevel.SAME_DAY).hidden == 1


@pytest.mark.parametrize(
    "typed",
    [{}, {"whose": "everybody"}, {"level": "routine"}, {"level": "x' OR 1=1"}, {"search": "  "}],
)
def test_a_wish_that_nobody_knows_hides_nothing(typed: dict[str, str]) -> None:
    assert not read_sought(typed).narrowed


def test_a_name_that_is_searched_for_never_comes_into_the_address(console: Console) -> None:
    add(console, "leg", **LATER)
    console.sign_in("chen")
    found = console.post("/console/worklist", search="王秀英", whose="all")
    assert found.status_code == 200
    assert "王秀英" in found.text
    moved = console.post("/console/worklist", level="same_day", whose="mine", search="")
    assert moved.headers["location"] == "/console/worklist?whose=mine&level=same_day"


def test_a_long_list_shows_its_gravest_first_and_counts_the_rest(console: Console) -> None:
    for number in range(PAGE + 3):
        add(console, f"case-{number:02}", next_step_at=START + timedelta(minutes=number), **LATER)
    add(console, "grave", next_step_at=START + timedelta(hours=3))
    found = seen(console)
    assert (len(found.waiting), found.counts.waiting, found.more) == (PAGE, PAGE + 4, True)
    assert [one.escalation.id for one in found.waiting[:2]] == ["grave", "case-00"]
    console.sign_in("chen")
    page = console.client.get("/console/worklist").text
    assert f'<span class="count">{PAGE + 4}</span>' in page
    assert 'href="/console/worklist?shown=100"' in page
    assert console.client.get("/console/worklist?shown=100").text.count("data-case=") == PAGE + 4


def test_tasks_of_other_wards_never_crowd_out_her_own(console: Console) -> None:
    for number in range(PAGE + 5):
        other = a_task(patient_id="patient-zhao", key=f"t{number}")
        console.world.add(replace(other, id=f"t{number}"))
    console.world.add(replace(a_task(due_at=START + timedelta(days=3)), id="own", key="own"))
    assert [one.task.id for one in seen(console).tasks] == ["own"]


def test_an_open_page_hears_of_its_own_ward_only(console: Console) -> None:
    def stamps() -> tuple[str, str]:
        sight = look_at_worklists(console.world.parts)
        return sight.stamp(nurse(console)), sight.stamp(nurse(console, "away"))

    own, other = stamps()
    add(console, "cardio", "zhao")
    assert stamps()[0] == own
    assert stamps()[1] != other
    sight = look_at_worklists(console.world.parts)
    assert [one.id for one in sight.emergencies_of(nurse(console, "away"))] == ["cardio"]
    assert sight.emergencies_of(nurse(console)) == ()


def test_an_open_page_hears_of_each_change_that_it_would_show(console: Console) -> None:
    def stamp() -> str:
        return look_at_worklists(console.world.parts).stamp(nurse(console))

    seen_before = {stamp()}
    add(console, "leg", **LATER)
    assert stamp() not in seen_before
    seen_before.add(stamp())
    raise_it(console.world, TriageLevel.SAME_DAY, new_cause(code="wet_wound", words="伤口流水"))
    assert stamp() not in seen_before
    seen_before.add(stamp())
    console.world.add(a_task())
    assert stamp() not in seen_before
    seen_before.add(stamp())
    console.sign_in("chen")
    console.post("/console/cases/leg/acknowledge")
    assert stamp() not in seen_before


def test_each_reader_of_a_shared_list_gets_her_own_secret_and_her_own_marks(
    console: Console,
) -> None:
    add(console, "leg", **LATER)
    add(console, "hers", acknowledged_by="nurse-liu", **HELD, **LATER)
    pages = {}
    for login in ("chen", "liu"):
        browser = console.another_browser()
        browser.sign_in(login)
        live = browser.client.get("/console/worklist", headers={"X-Live": "yes"}).text
        assert f'name="csrf" value="{browser.csrf()}"' in live
        pages[login] = live.replace(browser.csrf(), "")
    assert "(you)" in pages["liu"]
    assert "(you)" not in pages["chen"]


def test_a_renewed_list_shows_what_came_since(console: Console) -> None:
    console.sign_in("chen")

    def renewed() -> str:
        answer = console.client.get("/console/worklist", headers={"X-Live": "yes"})
        assert answer.status_code == 200
        return str(answer.text)

    assert "data-case" not in renewed()
    add(console, "leg", **LATER)
    time.sleep(LOOK_EVERY)  # what many pages ask in one moment is looked up once
    assert 'data-case="leg"' in renewed()
    console.post("/console/cases/leg/acknowledge")
    time.sleep(LOOK_EVERY)
    assert "(you)" in renewed()

"""The console around the cases: the worklist, patients, enrolment and accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.patient import Role
from bot.core.triage_level import TriageLevel
from bot.services.enrol import Invited
from tests import builders
from tests.builders import START
from tests.unit.console_desk import (
    Console,
    a_case,
    a_cause,
    a_console,
    a_console_with_a_case,
    a_task,
)

SCRIPT = "<script>alert(1)</script>"
CASE = "/console/cases/case-1"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return a_console_with_a_case(tmp_path)


# --- The worklist -----------------------------------------------------------------


def test_the_gravest_case_comes_first_and_then_the_nearest_deadline(console: Console) -> None:
    for number, (level, minutes) in enumerate(
        ((TriageLevel.SAME_DAY, 5), (TriageLevel.SAME_DAY, 1), (TriageLevel.EMERGENCY, 9)), 2
    ):
        due = START + timedelta(minutes=minutes)
        console.world.add(replace(a_case(), id=f"case-{number}", level=level, next_step_at=due))
    page = console.client.get("/console/worklist").text
    order = [page.index(f'data-case="case-{number}"') for number in (1, 4, 3, 2)]
    assert order == sorted(order)


def test_a_level_is_a_word_and_a_shape_not_only_a_colour(console: Console) -> None:
    page = console.client.get("/console/worklist").text
    band = page.split('class="band"')[1].split("</div>")[0]
    assert "Emergency" in band
    assert "<svg" in band


def test_a_case_says_the_very_words_and_how_long_is_left(console: Console) -> None:
    page = console.client.get("/console/worklist").text
    assert "<q>我喘不过气</q>" in page
    assert f'datetime="{START.isoformat()}"' in page


def test_a_closed_case_leaves_the_worklist(console: Console) -> None:
    console.post(f"{CASE}/close", outcome="called", note="")
    assert "我喘不过气" not in console.client.get("/console/worklist").text


def test_a_task_is_done_with_what_came_of_it(console: Console) -> None:
    assert "可以洗澡吗？" in console.client.get("/console/worklist").text
    assert console.post("/console/tasks/task-1/done", outcome="answered").status_code == 303
    task = console.world.get("tasks", "task-1")
    assert (task.done_by, task.outcome) == ("nurse-chen", "answered")


def test_a_task_without_an_outcome_stays(console: Console) -> None:
    console.post("/console/tasks/task-1/done", outcome="whatever")
    assert console.world.get("tasks", "task-1").done_at is None


def test_a_task_that_somebody_did_already_says_who(console: Console) -> None:
    liu = console.another_browser()
    liu.sign_in("liu")
    liu.post("/console/tasks/task-1/done", outcome="called")
    late = console.post("/console/tasks/task-1/done", outcome="seen")
    assert late.status_code == 409
    assert "Liu" in late.text
    assert console.world.get("tasks", "task-1").outcome == "called"


def a_call_back(console: Console, **over: Any) -> None:
    given = {"kind": "call_back", "text": "满意度: 2", "due_at": START + timedelta(hours=1)}
    due = {"solve_by": START + timedelta(hours=24), **given, **over}
    console.world.add(replace(a_task(**due), id="task-2", key="task-2"))


def test_a_call_back_shows_both_its_clocks_and_names_who_answered(console: Console) -> None:
    a_call_back(console)
    page = console.client.get("/console/worklist").text
    for due in (START + timedelta(hours=1), START + timedelta(hours=24)):
        assert f'datetime="{due.isoformat()}"' in page
    assert "To be answered" in page
    assert console.post("/console/tasks/task-2/answered").status_code == 303
    page = console.client.get("/console/worklist").text
    assert "Answered by Chen" in page
    assert "To be answered" not in page
    assert "To be solved" in page


@pytest.mark.parametrize(("hours", "times"), [(0, 0), (2, 1), (25, 2)])
def test_a_clock_that_ran_out_says_so_in_words(console: Console, hours: int, times: int) -> None:
    a_call_back(console)
    console.world.clock.advance(hours=hours)
    console.sign_in("chen")
    page = console.client.get("/console/worklist").text
    assert page.count(">overdue</strong>") == times


def test_a_call_back_is_not_done_before_somebody_says_what_was_done_about_it(
    console: Console,
) -> None:
    a_call_back(console)
    answer = console.post("/console/tasks/task-2/done", outcome="called", solved=" ")
    assert answer.headers["location"].endswith("done=say_what_was_solved")
    assert console.world.get("tasks", "task-2").done_at is None
    console.post("/console/tasks/task-2/done", outcome="called", solved="gave her our number")
    task = console.world.get("tasks", "task-2")
    assert (task.done_by, task.outcome) == ("nurse-chen", "called: gave her our number")
    assert task.answered_by == "nurse-chen"


def test_of_two_nurses_the_second_reads_who_answered(console: Console) -> None:
    a_call_back(console)
    liu = console.another_browser()
    liu.sign_in("liu")
    liu.post("/console/tasks/task-2/answered")
    late = console.post("/console/tasks/task-2/answered")
    assert late.status_code == 409
    assert "Liu" in late.text


# --- Patients ------------------------------------------------------------------------


def test_seeing_a_patient_and_a_list_is_noted(console: Console) -> None:
    console.client.get("/console/patients/patient-wang")
    console.client.get("/console/patients")
    assert console.noted("saw_patient") == [("nurse-chen", "patient-wang")]
    assert console.noted("listed_patients") == [("nurse-chen", "patients")]


def test_a_search_finds_by_part_of_a_name_or_by_number(console: Console) -> None:
    for search in ("秀英", "h-wang"):
        assert "patient-wang" in console.post("/console/patients", search=search).text
    assert "patient-wang" not in console.post("/console/patients", search="nobody").text


def test_names_and_words_are_shown_and_never_run(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    console.world.add(replace(builders.a_patient("eve"), name=SCRIPT), builders.an_episode("eve"))
    console.world.add(
        a_case(patient_id="patient-eve", episode_id="episode-eve"),
        a_cause(words=f'"{SCRIPT}'),
        builders.an_inbound(
            f"help {SCRIPT}",
            level="emergency",
            screening={"red_flags": [{"span": SCRIPT}, {"span": "mark"}]},
        ),
        a_task(text=SCRIPT),
    )
    console.sign_in("chen")
    for path in ("/console/worklist", CASE, "/console/patients", "/console/patients/patient-eve"):
        page = console.client.get(path).text
        assert "alert(1)" in page
        assert SCRIPT not in page


# --- Enrolment, staff -----------------------------------------------------------------

GOOD = {
    "name": "赵桂兰",
    "hospital_id": "Z-77",
    "birth_year": "1944",
    "procedure_code": "KNEE",
    "surgery_date": "2026-03-08",
    "discharge_date": "2026-03-10",
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "risk_tier": "high",
    "channel": "webchat",
    "caregiver": "赵敏",
}


def test_a_patient_is_enrolled_and_gets_a_card_for_each_person(console: Console) -> None:
    answer = console.post("/console/enrol", **GOOD)
    assert answer.status_code == 200
    assert answer.text.count('class="qr-card"') == 2
    assert "https://t.me/aftercare_bot?start=" in answer.text
    assert "https://aftercare.example/chat/" in answer.text
    assert "<svg" in answer.text
    (patient,) = console.world.rows("patients", hospital_id="Z-77")
    assert patient.ward == "ortho"


def test_a_card_speaks_the_language_of_whoever_takes_it_and_opens_the_chosen_chat(
    console: Console,
) -> None:
    """Chen reads English; Mrs Zhao reads Chinese, and her son English."""
    page = console.post("/console/enrol", **GOOD, caregiver_language="en").text
    hers, sons = page.split('class="qr-card"')[1:]
    assert 'lang="zh-CN"' in hers
    assert "仁爱医院" in hers
    assert "用手机相机扫描" in hers
    assert 'lang="en"' in sons
    assert "Scan this" in sons
    invited = Invited(
        *("c", Role.PATIENT, "n", "code", "https://t.me/x", "https://web", "zh", "webchat")
    )
    assert invited.link == "https://web"
    assert replace(invited, channel="telegram").link == "https://t.me/x"


def test_a_nurse_cannot_enrol_into_another_ward(console: Console) -> None:
    console.post("/console/enrol", **GOOD, ward="cardio")
    (patient,) = console.world.rows("patients", hospital_id="Z-77")
    assert patient.ward == "ortho"


def test_faults_stand_beside_their_fields_and_nothing_is_lost(console: Console) -> None:
    answer = console.post("/console/enrol", **{**GOOD, "birth_year": "44", "surgery_date": ""})
    assert answer.status_code == 422
    assert 'id="w-birth_year"' in answer.text
    assert 'id="w-surgery_date"' in answer.text
    for typed in ("赵桂兰", "Z-77", "2026-03-10", "赵敏"):
        assert f'value="{typed}"' in answer.text
    assert console.world.rows("patients", hospital_id="Z-77") == []


def test_the_form_begins_with_what_is_known_and_never_with_a_day_of_surgery(
    console: Console,
) -> None:
    page = console.client.get("/console/enrol").text
    assert 'name="discharge_date" type="date" value="2026-03-10"' in page
    assert 'name="surgery_date" type="date" value=""' in page
    assert 'name="time_zone" type="text" value="Asia/Shanghai"' in page
    assert '<option value="zh" selected>' in page
    assert 'name="ward"' not in page


def test_whoever_sees_every_ward_chooses_one_that_somebody_sees(console: Console) -> None:
    root = console.another_browser()
    root.sign_in("root")
    slip = root.post("/console/enrol", **GOOD, ward="cardioo")
    assert slip.status_code == 422
    assert 'id="w-ward"' in slip.text
    assert "赵桂兰" in slip.text
    assert root.post("/console/enrol", **GOOD, ward="cardio").status_code == 200
    (patient,) = console.world.rows("patients", hospital_id="Z-77")
    assert patient.ward == "cardio"


def test_a_namesake_of_the_same_year_is_shown_with_the_card(console: Console) -> None:
    wang = {**GOOD, "name": "王秀英", "birth_year": "1948", "caregiver": ""}
    answer = console.post("/console/enrol", **wang)
    assert "/console/patients/patient-wang" in answer.text
    assert "H-wang" in answer.text
    other = {**wang, "hospital_id": "Z-78", "birth_year": "1949"}
    assert "H-wang" not in console.post("/console/enrol", **other).text


def test_the_same_patient_twice_is_enrolled_once(console: Console) -> None:
    console.post("/console/enrol", **GOOD)
    again = console.post("/console/enrol", **GOOD)
    assert again.status_code == 200
    assert "already" in again.text
    assert len(console.world.rows("patients", hospital_id="Z-77")) == 1


def test_a_new_card_makes_the_old_one_worthless(console: Console) -> None:
    first = console.post("/console/contacts/contact-wang/invite")
    assert 'class="qr-card"' in first.text
    console.post("/console/contacts/contact-wang/invite")
    now = console.world.clock.now()
    usable = [one for one in console.world.rows("invitations") if one.expires_at > now]
    assert len(usable) == 1


def test_an_administrator_makes_an_account_that_can_sign_in(console: Console) -> None:
    root = console.another_browser()
    root.sign_in("root")
    fields = {"name": "Wu", "login": "Wu", "role": "nurse", "ward": "ortho", "language": "en"}
    made = root.post("/console/staff", password="long winter nights", **fields)
    assert made.status_code == 303
    assert console.another_browser().sign_in("wu", "long winter nights").status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [("login", "chen"), ("login", "x y"), ("password", "short"), ("role", "king"), ("name", "")],
)
def test_an_account_that_cannot_be_made_says_why(console: Console, field: str, value: str) -> None:
    root = console.another_browser()
    root.sign_in("root")
    fields = {
        "name": "Wu",
        "login": "wu",
        "role": "nurse",
        "ward": "ortho",
        "language": "en",
        "password": "long winter nights",
    }
    answer = root.post("/console/staff", **{**fields, field: value})
    assert answer.status_code == 422
    assert f'id="w-{field}"' in answer.text
    assert "long winter nights" not in answer.text


def test_a_link_code_is_shown_once_and_kept_as_a_hash(console: Console) -> None:
    root = console.another_browser()
    root.sign_in("root")
    page = root.post("/console/staff/nurse-away/link-code").text
    code = page.split("<code>")[1].split("</code>")[0]
    assert code not in repr(console.world.get("nurses", "nurse-away"))
    assert code not in root.client.get("/console/staff").text

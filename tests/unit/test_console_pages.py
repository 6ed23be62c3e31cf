"""The console's pages: what a nurse sees, does and types, and what she cannot break."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from bot.core.conversation import Mode
from bot.core.patient import Role
from bot.core.triage_level import TriageLevel
from bot.services.enrol import Invited
from tests import builders
from tests.builders import START
from tests.unit.console_desk import Console, a_case, a_cause, a_console, a_task

SCRIPT = "<script>alert(1)</script>"
CASE = "/console/cases/case-1"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(a_case(), a_cause(), a_task())
    made.sign_in("chen")
    return made


def noted(console: Console, action: str) -> list[tuple[str, str]]:
    return [(one.who, one.about) for one in console.world.rows("audit", action=action)]


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


# --- The case -----------------------------------------------------------------------


def test_of_two_nurses_who_take_a_case_the_first_has_it(console: Console) -> None:
    liu = console.another_browser()
    liu.sign_in("liu")
    assert console.post(f"{CASE}/acknowledge").status_code == 303
    late = liu.post(f"{CASE}/acknowledge")
    assert late.status_code == 409
    assert "Chen" in late.text
    assert console.world.get("escalations", "case-1").acknowledged_by == "nurse-chen"


def test_a_second_press_on_i_have_it_is_harmless(console: Console) -> None:
    for _ in range(2):
        assert console.post(f"{CASE}/acknowledge").status_code == 303
    assert len(noted(console, "case.acknowledge")) == 1


def test_closing_asks_for_an_outcome_and_keeps_what_was_typed(console: Console) -> None:
    answer = console.post(f"{CASE}/close", note="spoke with her")
    assert answer.status_code == 422
    assert "spoke with her" in answer.text
    assert not console.world.get("escalations", "case-1").is_closed


def test_a_note_of_ten_thousand_characters_is_refused_and_not_lost(console: Console) -> None:
    note = "很长的备注" * 2000
    answer = console.post(f"{CASE}/close", outcome="called", note=note)
    assert answer.status_code == 422
    assert note in answer.text
    assert "10000" in answer.text
    assert 'value="called" required checked' in answer.text


def test_closing_keeps_the_nurse_her_outcome_and_her_note(console: Console) -> None:
    console.post(f"{CASE}/close", outcome="sent_to_emergency", note="ambulance called")
    case = console.world.get("escalations", "case-1")
    assert (case.closed_by, case.outcome) == ("nurse-chen", "sent_to_emergency")
    assert case.outcome_note == "ambulance called"


def test_a_stale_page_says_who_was_faster_and_keeps_the_note(console: Console) -> None:
    liu = console.another_browser()
    liu.sign_in("liu")
    liu.post(f"{CASE}/close", outcome="called", note="")
    late = console.post(f"{CASE}/close", outcome="advised", note="my own note")
    assert late.status_code == 409
    assert "Liu" in late.text
    assert "my own note" in late.text
    assert console.world.get("escalations", "case-1").outcome == "called"


def test_passing_on_leaves_the_case_to_the_next_nurse(console: Console) -> None:
    console.post(f"{CASE}/acknowledge")
    assert console.post(f"{CASE}/pass-on", reason="in theatre").status_code == 303
    assert console.world.get("escalations", "case-1").acknowledged_by is None


def less_urgent(console: Console) -> None:
    with console.world.record.transaction() as tx:
        case = tx.escalations.get("case-1")
        assert case is not None
        due = START + timedelta(minutes=5)
        tx.escalations.swap(case, replace(case, level=TriageLevel.SAME_DAY, next_step_at=due))


def lets_wait(console: Console, minutes: str = "30", reason: str = "she sleeps") -> Response:
    return console.post(f"{CASE}/wait", minutes=minutes, wait_reason=reason)


def test_a_case_waits_with_a_reason_that_everybody_reads(console: Console) -> None:
    less_urgent(console)
    assert "Let it wait" in console.client.get(CASE).text
    answer = lets_wait(console)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{CASE}?done=waits")
    case = console.world.get("escalations", "case-1")
    assert case.next_step_at == START + timedelta(minutes=30)
    (entry,) = console.world.rows("audit", action="case.snooze")
    assert (entry.who, entry.about, entry.details) == (
        *("nurse-chen", "case-1"),
        "30 min: she sleeps",
    )
    other = console.another_browser()
    other.sign_in("liu")
    for page in (CASE, "/console/worklist"):
        assert "Waits: she sleeps" in other.client.get(page).text


def test_an_emergency_offers_no_waiting_and_a_forged_form_changes_nothing(
    console: Console,
) -> None:
    assert "Let it wait" not in console.client.get(CASE).text
    answer = lets_wait(console)
    assert answer.status_code == 403
    assert "An emergency cannot wait." in answer.text
    assert console.world.get("escalations", "case-1").snoozed_minutes == 0


@pytest.mark.parametrize(
    ("minutes", "reason", "told"),
    [
        ("30", "  ", "Please say why it can wait."),
        ("", "she sleeps", "60 minutes in all"),
        ("600", "she sleeps", "60 minutes in all"),
        ("-5", "she sleeps", "60 minutes in all"),
    ],
)
def test_waiting_without_a_reason_or_for_too_long_is_refused_and_kept(
    console: Console, minutes: str, reason: str, told: str
) -> None:
    less_urgent(console)
    answer = lets_wait(console, minutes, reason)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{reason}"' in answer.text
    assert console.world.get("escalations", "case-1").snoozed_minutes == 0


def test_a_case_waits_an_hour_in_all(console: Console) -> None:
    less_urgent(console)
    lets_wait(console)
    page = console.client.get(CASE).text
    assert 'value="30" required' in page
    assert 'value="60" required' not in page, "only half an hour is left"
    answer = lets_wait(console, "60")
    assert answer.status_code == 422
    assert "60 minutes in all" in answer.text
    assert console.world.get("escalations", "case-1").snoozed_minutes == 30


def test_who_lets_a_colleagues_case_wait_reads_whose_it_is(console: Console) -> None:
    less_urgent(console)
    other = console.another_browser()
    other.sign_in("liu")
    other.post(f"{CASE}/acknowledge")
    assert "Let it wait" not in console.client.get(CASE).text
    answer = lets_wait(console)
    assert answer.status_code == 409
    assert "Liu" in answer.text


def test_the_waiting_form_speaks_the_nurses_language(console: Console) -> None:
    less_urgent(console)
    lets_wait(console)
    console.post("/console/language", language="zh")
    page = console.client.get(CASE).text
    assert "稍后处理：she sleeps" in page
    assert "为什么可以等" in page


@pytest.mark.parametrize("id", ["nothing", "case-1%2F..", "%3Cscript%3E", "x" * 500])
def test_a_forged_id_is_not_found(console: Console, id: str) -> None:
    assert console.client.get(f"/console/cases/{id}").status_code == 404
    assert console.post(f"/console/cases/{id}/acknowledge").status_code == 404


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


def test_the_case_shows_what_was_said_and_marks_the_words(console: Console) -> None:
    console.world.add(
        builders.an_inbound(
            "昨天还好，我喘不过气了",
            level="emergency",
            screening={"red_flags": [{"span": "喘不过气"}]},
        )
    )
    assert "我<mark>喘不过气</mark>了" in console.client.get(CASE).text


def test_seeing_a_case_is_noted(console: Console) -> None:
    console.client.get(CASE)
    assert ("nurse-chen", "patient-wang") in noted(console, "saw_case")


def test_seeing_a_patient_and_a_list_is_noted(console: Console) -> None:
    console.client.get("/console/patients/patient-wang")
    console.client.get("/console/patients")
    assert noted(console, "saw_patient") == [("nurse-chen", "patient-wang")]
    assert noted(console, "listed_patients") == [("nurse-chen", "patients")]


# --- Writing to a patient --------------------------------------------------------------


def test_a_nurses_message_goes_out_once_however_often_it_is_sent(console: Console) -> None:
    for _ in range(3):
        console.post(f"{CASE}/message", text="王阿姨，我马上给您打电话。", once="press-1")
    assert console.world.said_to("chat-wang") == ["王阿姨，我马上给您打电话。"]
    (message,) = console.world.rows("outbound", conversation_id="chat-wang")
    assert message.kind == "nurse"
    assert ("deliver:telegram", "chat-wang") in console.world.woken


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_message_that_cannot_go_out_is_kept_on_the_page(console: Console, text: str) -> None:
    answer = console.post(f"{CASE}/message", text=text, once="press-1")
    assert answer.status_code == 422
    assert text in answer.text
    assert console.world.said_to("chat-wang") == []


def test_whoever_said_stop_is_not_written_to(console: Console) -> None:
    chat = console.world.get("conversations", "chat-wang")
    with console.world.record.transaction() as tx:
        tx.conversations.swap(chat, replace(chat, mode=Mode.STOPPED))
    answer = console.post(f"{CASE}/message", text="hello", once="press-1")
    assert answer.status_code == 422
    assert console.world.said_to("chat-wang") == []


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


def test_a_search_finds_by_part_of_a_name_or_by_number(console: Console) -> None:
    for search in ("秀英", "h-wang"):
        assert "patient-wang" in console.post("/console/patients", search=search).text
    assert "patient-wang" not in console.post("/console/patients", search="nobody").text


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


def test_a_photo_is_shown_from_its_own_store_only(console: Console) -> None:
    id = console.media.save(b"\xff\xd8\xff" + b"photo", "image/jpeg")
    console.world.add(builders.an_inbound("", part="photo", media=[id]))
    shown = console.client.get("/console/photos/in-1/0")
    assert shown.headers["content-type"] == "image/jpeg"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert console.client.get("/console/photos/in-1/1").status_code == 404
    assert console.media.open("../../etc/passwd") is None


# --- Takeover -----------------------------------------------------------------------


def test_a_chat_is_taken_over_and_handed_back_from_the_case(console: Console) -> None:
    assert console.post(f"{CASE}/take-over", chat="chat-wang").status_code == 303
    chat = console.world.get("conversations", "chat-wang")
    assert (chat.mode, chat.nurse_id) == ("nurse", "nurse-chen")
    page = console.client.get(CASE).text
    assert "You are talking to 王秀英" in page
    assert console.post(f"{CASE}/hand-back", chat="chat-wang").status_code == 303
    assert console.world.get("conversations", "chat-wang").mode == "bot"


def test_what_a_second_nurse_wrote_is_kept_and_she_reads_who_leads(console: Console) -> None:
    console.post("/console/patients/patient-wang/take-over", chat="chat-wang")
    liu = console.another_browser()
    liu.sign_in("liu")
    answer = liu.post(f"{CASE}/message", text="王阿姨您好", once="press-1")
    assert answer.status_code == 409
    assert "王阿姨您好" in answer.text
    assert "Not sent: Chen is talking to the patient." in answer.text
    refused = liu.post("/console/patients/patient-wang/take-over", chat="chat-wang")
    assert refused.status_code == 409
    assert "Take it from Chen" in refused.text
    given = {"chat": "chat-wang", "from": "nurse-chen"}
    assert liu.post(f"{CASE}/take-over", **given).status_code == 303
    assert console.world.get("conversations", "chat-wang").nurse_id == "nurse-liu"


def test_take_over_and_send_is_one_press(console: Console) -> None:
    console.post(f"{CASE}/message", text="我来了", once="press-1", lead="yes")
    assert console.world.get("conversations", "chat-wang").nurse_id == "nurse-chen"
    assert console.world.said_to("chat-wang")[-1] == "我来了"


def test_the_worklist_shows_who_leads_and_who_waits_to_the_ward_only(console: Console) -> None:
    console.post(f"{CASE}/take-over", chat="chat-wang")
    assert "A nurse is talking to the patient" in console.client.get("/console/worklist").text
    away = console.another_browser()
    away.sign_in("away")
    assert "A nurse is talking" not in away.client.get("/console/worklist").text


def test_another_wards_chat_cannot_be_taken_over_with_a_forged_id(console: Console) -> None:
    console.world.add(
        builders.a_patient("li", ward="cardio"),
        builders.a_contact("li"),
        builders.an_episode("li"),
        builders.a_chat("li"),
    )
    assert console.post(f"{CASE}/take-over", chat="chat-li").status_code == 404
    assert console.world.get("conversations", "chat-li").mode == "bot"

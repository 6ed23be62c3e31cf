"""A case in the console: what a nurse reads of it, does about it and writes to the patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Response

from bot.core.conversation import Mode
from bot.core.triage_level import TriageLevel
from tests import builders
from tests.builders import START
from tests.unit.console_desk import Console, a_console_with_a_case

CASE = "/console/cases/case-1"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return a_console_with_a_case(tmp_path)


# --- Whose it is, and how it ends ---------------------------------------------------------


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
    assert len(console.noted("case.acknowledge")) == 1


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


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("close", {"note": "她说腿肿" * 2_500, "outcome": "called"}),
        ("close", {"note": "my own note"}),
        ("message", {"text": "x" * 2_001, "once": "press-1"}),
    ],
)
def test_what_is_wrong_with_the_form_of_a_case_closed_meanwhile_is_not_lost(
    console: Console, do: str, fields: dict[str, str]
) -> None:
    console.post(f"{CASE}/close", outcome="called", note="")
    late = console.post(f"{CASE}/{do}", **fields)
    assert late.status_code == 422
    assert (fields.get("note") or fields["text"]) in late.text


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
    assert ("nurse-chen", "patient-wang") in console.noted("saw_case")


def test_a_photo_is_shown_from_its_own_store_only(console: Console) -> None:
    id = console.media.save(b"\xff\xd8\xff" + b"photo", "image/jpeg")
    console.world.add(builders.an_inbound("", part="photo", media=[id]))
    shown = console.client.get("/console/photos/in-1/0")
    assert shown.headers["content-type"] == "image/jpeg"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert console.client.get("/console/photos/in-1/1").status_code == 404
    assert console.media.open("../../etc/passwd") is None


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

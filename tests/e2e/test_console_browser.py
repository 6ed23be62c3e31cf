"""The nurse's console in a real browser: both languages, desk and bedside, two nurses at once."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from bot.core.escalation import Escalation
from bot.core.triage_level import TriageLevel
from tests.e2e.browser_house import (
    House,
    eventually,
    keep,
    needs_chromium,
    serious_faults,
    sticks_out,
)
from tests.e2e.ward_story import PASSWORD, Ward, a_ward

pytestmark = [pytest.mark.browser, needs_chromium]

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
T = {
    "en": {
        "have_it": "I have it",
        "yours": "You have this case",
        "close": "Close the case",
        "outcome": "Called, settled by phone",
        "closed": "Closed by 陈丽",
        "send": "Send message",
        "sent": "Your message is on its way.",
    },
    "zh": {
        "have_it": "我来处理",
        "yours": "您在负责",
        "close": "结束病例",
        "outcome": "已电话处理",
        "closed": "陈丽 已结束",
        "send": "发送消息",
        "sent": "消息已发出。",
    },
}


def a_page(browser: Any, *, size: dict[str, int] = DESKTOP, language: str = "en") -> Any:
    locale = "zh-CN" if language == "zh" else "en-GB"
    context = browser.new_context(viewport=size, locale=locale, timezone_id="Asia/Shanghai")
    context.set_default_timeout(8000)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


def signed_in(house: House, page: Any, login: str = "chen", *, at: str = "/worklist") -> None:
    page.goto(f"{house.url}/console{at}")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.url}/console{at}")


def the_case(ward: Ward, name: str) -> Escalation:
    found: Escalation = ward.house.world.get("escalations", ward.cases[name])
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_nurse_takes_a_case_writes_to_the_patient_and_closes_it(
    browser: Any, house: House, language: str
) -> None:
    ward, t = a_ward(house, language=language), T[language]
    page = a_page(browser, language=language)
    signed_in(house, page)
    page.get_by_text("喘不上气").wait_for()
    page.wait_for_timeout(300)
    keep(page, f"worklist-{language}")
    page.get_by_role("link", name="王秀英").click()
    page.get_by_role("heading", name="SBAR").wait_for()
    page.wait_for_timeout(300)
    keep(page, f"case-{language}")
    page.get_by_role("button", name=t["have_it"]).click()
    page.get_by_text(t["yours"], exact=True).wait_for()
    assert the_case(ward, "wang").acknowledged_by == ward.nurses["chen"]
    page.fill("#f-text", "王阿姨，我是护士陈丽，马上给您打电话。")
    page.get_by_role("button", name=t["send"]).click()
    page.get_by_text(t["sent"]).wait_for()
    assert "王阿姨，我是护士陈丽，马上给您打电话。" in house.world.said_to("chat-wang")
    page.get_by_text(t["outcome"]).click()
    page.fill("#f-note", "已叫救护车")
    page.get_by_role("button", name=t["close"]).click()
    page.get_by_text(t["closed"]).wait_for()
    closed = the_case(ward, "wang")
    assert (closed.closed_by, closed.outcome_note) == (ward.nurses["chen"], "已叫救护车")
    assert page.faults == []


def test_a_case_is_taken_by_keyboard_alone(browser: Any, house: House) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    page.goto(f"{house.url}/console")
    page.locator("#login:focus").wait_for()
    page.keyboard.type("chen")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.url}/console/worklist")
    wanted = f"have-{ward.cases['wang']}"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/cases/*")
    assert the_case(ward, "wang").acknowledged_by == ward.nurses["chen"]


def test_a_new_emergency_appears_by_itself_within_two_seconds(browser: Any, house: House) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page)
    page.wait_for_timeout(1200)
    page.select_option("#o-task-0", "answered")
    started = time.monotonic()
    house.world.add(
        replace(
            the_case(ward, "wang"),
            id="case-new",
            patient_id="patient-sato",
            episode_id="episode-sato",
            level=TriageLevel.EMERGENCY,
        )
    )
    page.locator('[data-case="case-new"]').wait_for()
    assert time.monotonic() - started < 2.0
    assert page.locator("#spoken").text_content() != ""
    assert page.input_value("#o-task-0") == "answered", "a choice was lost"


def test_what_is_typed_stays_while_the_page_renews_itself(browser: Any, house: House) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-wang")
    page.fill("#f-note", "half a note")
    page.wait_for_timeout(1200)
    chat = house.world.get("conversations", "chat-wang")
    house.say(chat, "新的一行")
    page.get_by_text("新的一行").wait_for()
    assert page.input_value("#f-note") == "half a note"
    assert page.evaluate("document.activeElement.id") == "f-note"
    page.reload()
    assert page.input_value("#f-note") == "half a note"
    assert not the_case(ward, "wang").is_closed


def test_of_two_nurses_with_the_same_page_the_second_is_told_who_has_it(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    first, second = a_page(browser), a_page(browser)
    signed_in(house, first, "chen", at="/cases/case-wang")
    signed_in(house, second, "zhou", at="/cases/case-wang")
    # The second nurse's page has not heard of it yet.
    second.evaluate("document.getElementById('have-it').form.id = 'have'")
    first.get_by_role("button", name="I have it").click()
    first.get_by_text("You have this case", exact=True).wait_for()
    second.evaluate("document.getElementById('have').submit()")
    second.get_by_text("陈丽 was faster").wait_for()
    assert the_case(ward, "wang").acknowledged_by == ward.nurses["chen"]


def test_two_quick_presses_send_one_message(browser: Any, house: House) -> None:
    a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-wang")
    page.fill("#f-text", "once only")
    page.get_by_role("button", name="Send message").dblclick()
    page.get_by_text("Your message is on its way.").wait_for()
    page.wait_for_timeout(300)
    assert house.world.said_to("chat-wang").count("once only") == 1


def test_a_session_that_ends_in_the_middle_of_a_note_loses_nothing(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-wang")
    page.get_by_text("Called, settled by phone").click()
    page.fill("#f-note", "ten minutes of careful writing")
    end_sessions(house)
    page.get_by_role("button", name="Close the case").click()
    page.get_by_text("What you typed is kept").wait_for()
    page.fill("#login", "chen")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send it now").wait_for()
    assert page.input_value("#k-note") == "ten minutes of careful writing"
    page.get_by_role("button", name="Send it now").click()
    page.get_by_text("Closed by 陈丽").wait_for()
    assert the_case(ward, "wang").outcome_note == "ten minutes of careful writing"


def end_sessions(house: House) -> None:
    with house.world.record.transaction() as tx:
        for one in tx.sign_ins.find():
            tx.sign_ins.swap(one, replace(one, ended_at=one.created_at))


def test_a_page_that_can_no_longer_see_new_cases_says_so(browser: Any, house: House) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page)
    page.wait_for_timeout(1200)
    end_sessions(house)
    house.world.add(replace(the_case(ward, "wang"), id="case-new"))
    page.get_by_text("You are signed out. This page no longer shows new cases.").wait_for()


def test_a_cut_network_is_said_and_what_was_missed_comes_after(browser: Any, house: House) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page)
    page.wait_for_timeout(1200)
    page.context.set_offline(True)
    page.locator("#cut").wait_for(state="visible")
    house.world.add(replace(the_case(ward, "wang"), id="case-new"))
    page.context.set_offline(False)
    page.locator('[data-case="case-new"]').wait_for(timeout=15000)
    assert eventually(lambda: not page.locator("#cut").is_visible())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_patient_is_enrolled_and_the_card_can_be_printed(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, language=language)
    signed_in(house, page, at="/enrol")
    page.fill("#f-name", "赵桂兰")
    page.fill("#f-birth_year", "44")
    page.click(".form button.primary")
    page.locator("#w-hospital_id").wait_for()
    assert page.input_value("#f-name") == "赵桂兰"
    page.fill("#f-birth_year", "1944")
    page.fill("#f-hospital_id", "Z2026-0399")
    page.select_option("#f-procedure_code", "knee_replacement")
    page.fill("#f-surgery_date", "2026-11-18")
    page.fill("#f-discharge_date", "2026-11-21")
    page.select_option("#f-channel", "webchat")
    page.select_option("#f-language", language)  # the card speaks hers
    page.fill("#f-caregiver", "赵敏")
    page.click(".form button.primary")
    page.locator(".qr-card").first.wait_for()
    assert page.locator(".qr-card svg").count() == 2
    assert serious_faults(page) == []
    keep(page, f"card-{language}")
    assert len(house.world.rows("patients", hospital_id="Z2026-0399")) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_worklist_fits_a_phone_and_a_case_that_is_not_there_is_said(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, language=language)
    signed_in(house, page, "admin")
    page.goto(f"{house.url}/console/cases/nothing")
    assert serious_faults(page) == []
    page.set_viewport_size(PHONE)
    page.goto(f"{house.url}/console/worklist")
    assert not sticks_out(page)
    page.wait_for_timeout(300)
    keep(page, f"worklist-phone-{language}")
    assert page.faults == []


def test_the_nurse_of_another_ward_sees_none_of_it(browser: Any, house: House) -> None:
    a_ward(house)
    page = a_page(browser)
    signed_in(house, page, "other")
    assert page.locator(".case").count() == 0
    page.goto(f"{house.url}/console/cases/case-wang")
    page.get_by_text("belongs to another ward").wait_for()
    assert page.get_by_text("王秀英").count() == 0

"""Takeover in a real browser: both languages, desk and bedside, two nurses, a check-in due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Mode
from bot.core.message import Incoming, Part
from bot.core.schedule import in_quiet_hours
from bot.services.check_ins_due import tend_check_in
from bot.services.converse import converse
from bot.services.receive import receive
from tests.e2e.browser_house import (
    House,
    keep,
    needs_chromium,
    serious_faults,
    sticks_out,
)
from tests.e2e.test_console_browser import DESKTOP, PHONE, a_page, end_sessions, signed_in
from tests.e2e.ward_story import PASSWORD, a_ward

pytestmark = [pytest.mark.browser, needs_chromium]

T = {
    "en": {
        "take": "Take over the chat",
        "you": "You are talking to 王秀英; the chatbot is silent",
        "quick": "Quick replies",
        "reply": "Please take your temperature now and tell me the number.",
        "send": "Send message",
        "sent": "Your message is on its way.",
        "waits": "The patient has waited for an answer since",
        "back": "Hand back to the chatbot",
        "handed": "Handed back; the chatbot goes on.",
        "led": "A nurse is talking to the patient",
    },
    "zh": {
        "take": "接管对话",
        "you": "您在和王秀英说话，机器人不出声",
        "quick": "快捷回复",
        "reply": "请现在量一下体温，把数字告诉我。",
        "send": "发送消息",
        "sent": "消息已发出。",
        "waits": "患者在等回复，自",
        "back": "交还机器人",
        "handed": "已交还，机器人继续。",
        "led": "护士正在和患者说话",
    },
}


def she_says(house: House, text: str) -> None:
    chat = house.world.get("conversations", "chat-wang")
    words = Incoming(
        channel=chat.channel,
        account=chat.account,
        external_id=house.parts.ids.new(),
        address=chat.address,
        part=Part.TEXT,
        text=text,
    )
    receive(house.parts, words)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_nurse_takes_the_chat_over_answers_and_hands_it_back(
    browser: Any, house: House, language: str, size: dict[str, int]
) -> None:
    ward, t = a_ward(house, language=language), T[language]
    page = a_page(browser, language=language, size=size)
    signed_in(house, page, at="/cases/case-wang")
    page.get_by_role("button", name=t["take"]).first.click()
    page.get_by_text(t["you"]).wait_for()
    chat = house.world.get("conversations", "chat-wang")
    assert (chat.mode, chat.nurse_id) == (Mode.NURSE, ward.nurses["chen"])
    assert house.world.said_to("chat-wang")[-1] == "护士陈丽来和您说话了，我先不出声。"
    page.get_by_text(t["quick"]).click()
    page.get_by_role("button", name=t["reply"]).click()
    assert page.input_value("#f-text") == T["zh"]["reply"], "in the patient's language"
    page.get_by_role("button", name=t["send"]).click()
    page.get_by_text(t["sent"]).wait_for()
    assert house.world.said_to("chat-wang")[-1] == T["zh"]["reply"]
    page.wait_for_timeout(1200)
    she_says(house, "37度2，谢谢")
    page.locator("#lead").get_by_text(t["waits"]).wait_for()
    page.locator("#transcript").get_by_text("37度2，谢谢").wait_for()
    assert serious_faults(page) == []
    assert not sticks_out(page)
    page.locator("#lead").scroll_into_view_if_needed()
    where = "phone" if size is PHONE else "desk"
    keep(page, f"takeover-{where}-{language}")
    page.goto(f"{house.url}/console/worklist")
    page.get_by_text(t["led"]).wait_for()
    assert serious_faults(page) == []
    assert not sticks_out(page)
    page.locator(".led").get_by_role("link", name="王秀英").click()
    page.get_by_role("button", name=t["back"]).click()
    page.get_by_text(t["handed"]).wait_for()
    assert house.world.get("conversations", "chat-wang").mode is Mode.BOT
    assert page.faults == []


def test_of_two_nurses_one_leads_and_the_other_reads_who_and_may_take_it(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    first, second = a_page(browser), a_page(browser)
    signed_in(house, first, "chen", at="/cases/case-wang")
    signed_in(house, second, "zhou", at="/cases/case-wang")
    # The second nurse's page has not heard of it yet, and she has begun to write.
    second.fill("#f-text", "王阿姨您好")
    second.evaluate("document.querySelector('#lead').removeAttribute('data-live')")
    first.get_by_role("button", name="Take over the chat").first.click()
    first.get_by_text("You are talking to 王秀英").wait_for()
    second.get_by_role("button", name="Take over the chat").first.click()
    second.get_by_role("alert").get_by_text("陈丽 is talking to the patient now").wait_for()
    second.wait_for_function("document.querySelector('#f-text').value === '王阿姨您好'")
    second.get_by_role("button", name="Send message").click()
    second.get_by_role("alert").get_by_text("Not sent: 陈丽 is talking").wait_for()
    second.wait_for_function("document.querySelector('#f-text').value === '王阿姨您好'")
    assert "王阿姨您好" not in house.world.said_to("chat-wang")
    second.get_by_role("button", name="Take it from 陈丽").click()
    second.get_by_text("You are talking to 王秀英").wait_for()
    assert house.world.get("conversations", "chat-wang").nurse_id == ward.nurses["zhou"]
    first.get_by_text("周敏 is talking to 王秀英").wait_for()


def test_a_check_in_that_falls_due_waits_for_the_hand_back(browser: Any, house: House) -> None:
    a_ward(house)
    now = house.parts.clock.now()
    patient = house.world.get("patients", "patient-wang")
    pathway = house.parts.library.pathway("hip_knee_replacement")
    house.world.add(
        CheckIn(
            id="check-in-due",
            episode_id="episode-wang",
            plan_id="day_3",
            occurrence=1,
            due_at=now,
            window_end=now + timedelta(hours=9),
            state=CheckInState.PLANNED,
        )
    )
    page = a_page(browser)
    signed_in(house, page, at="/patients/patient-wang")
    page.get_by_role("button", name="Take over the chat").first.click()
    page.get_by_text("You are talking to 王秀英").wait_for()
    tend_check_in(house.parts, "check-in-due")
    waiting = house.world.get("check_ins", "check-in-due")
    assert waiting.state is CheckInState.PLANNED
    assert waiting.follow_up_at is not None, "it is looked at again"
    page.get_by_role("button", name="Hand back to the chatbot").click()
    page.get_by_text("Handed back; the chatbot goes on.").wait_for()
    tend_check_in(house.parts, "check-in-due")
    after = house.world.get("check_ins", "check-in-due")
    if in_quiet_hours(house.parts.clock.now(), patient.time_zone, pathway):
        assert after.follow_up_at > now, "at night it waits for the morning"
    else:
        assert after.state is CheckInState.OPEN


def test_stop_by_the_patient_ends_it_on_the_open_page(browser: Any, house: House) -> None:
    a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/patients/patient-wang")
    page.get_by_role("button", name="Take over the chat").first.click()
    page.get_by_text("You are talking to 王秀英").wait_for()
    page.wait_for_timeout(1200)
    she_says(house, "退订")
    converse(house.parts, "chat-wang")
    page.get_by_text("王秀英 cannot be written to").wait_for()
    assert page.get_by_role("button", name="Take over the chat").count() == 0


def leading(browser: Any, house: House) -> Any:
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-wang")
    page.get_by_role("button", name="Take over the chat").first.click()
    page.get_by_text("You are talking to 王秀英").wait_for()
    page.wait_for_timeout(800)
    return page


def test_a_network_cut_while_she_leads_loses_neither_her_words_nor_the_patients(
    browser: Any, house: House
) -> None:
    a_ward(house)
    page = leading(browser, house)
    page.fill("#f-text", "王阿姨，我还在")
    page.context.set_offline(True)
    page.locator("#cut").wait_for(state="visible")
    she_says(house, "护士你还在吗")
    page.context.set_offline(False)
    page.locator("#transcript").get_by_text("护士你还在吗").wait_for(timeout=15000)
    assert page.input_value("#f-text") == "王阿姨，我还在"
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("Your message is on its way.").wait_for()
    assert house.world.said_to("chat-wang").count("王阿姨，我还在") == 1


def test_a_session_that_ends_while_she_writes_to_a_patient_loses_nothing(
    browser: Any, house: House
) -> None:
    a_ward(house)
    page = leading(browser, house)
    page.fill("#f-text", "请把腿抬高，我十分钟后打给您")
    end_sessions(house)
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("What you typed is kept").wait_for()
    assert "请把腿抬高，我十分钟后打给您" not in house.world.said_to("chat-wang")
    page.fill("#login", "chen")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send it now").click()
    page.get_by_text("Your message is on its way.").wait_for()
    assert house.world.said_to("chat-wang").count("请把腿抬高，我十分钟后打给您") == 1

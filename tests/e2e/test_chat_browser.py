"""The patient's chat in a real browser: on a phone, by keyboard, with a bad network."""

from __future__ import annotations

import struct
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from bot.core.conversation import Conversation, Inbound, Mode, Priority
from tests.e2e.browser_house import (
    House,
    eventually,
    keep,
    needs_chromium,
    serious_faults,
    sticks_out,
)

pytestmark = [pytest.mark.browser, needs_chromium]

CODE = "CODE-from-the-card-0001"
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 568}
DESKTOP = {"width": 1280, "height": 800}
WORDS = {
    "zh": {
        "hello": "王秀英，您好！今天是手术后第 7 天，想问问您恢复得怎么样。",
        "ask": "静坐时有多疼？0 是不疼，10 是最疼。",
        "answer": "大概五六分吧",
        "leg": "小腿有没有疼、肿或者发热？",
        "red": "左边小腿又热又肿，还有点喘",
        "advice": "您说的情况可能很紧急。请现在就拨打 120，或让身边的人马上送您去急诊，"
        "不要自己开车。我已经通知护士。",
    },
    "en": {
        "hello": "Good morning, John. It is day 7 after your knee operation. How are you?",
        "ask": "How bad is the pain at rest, from 0 (none) to 10 (the worst)?",
        "answer": "about 5 or 6 I think",
        "leg": "Is there pain, swelling or heat in a calf?",
        "red": "left calf is hot and swollen and I cant catch my breath",
        "advice": "This may be an emergency. Call 120 now, or have someone take you to the "
        "emergency department at once. Do not drive yourself. I have told a nurse.",
    },
}


def a_page(browser: Any, *, size: dict[str, int] = PHONE, language: str = "zh") -> Any:
    locale = "zh-CN" if language == "zh" else "en-GB"
    context = browser.new_context(viewport=size, locale=locale, timezone_id="Asia/Shanghai")
    context.set_default_timeout(8000)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


def opened(house: House, page: Any, *, language: str = "zh") -> Conversation:
    """Open the link of the card; the house lets her in."""
    page.goto(f"{house.url}/chat/{CODE}")
    page.wait_for_selector("#write:not([hidden])")
    chat = house.become(house.web_chat(), mode=Mode.BOT, language=language)
    page.wait_for_selector("#door", state="hidden")
    return chat


def write(page: Any, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")


def heard(house: House) -> list[Inbound]:
    found: list[Inbound] = house.world.rows("inbound", order_by="seq")
    return [one for one in found if one.text or one.media]


def arrives(house: House, count: int) -> bool:
    return eventually(lambda: len(heard(house)) >= count)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_check_in_on_a_phone_from_the_link_to_the_emergency_advice(
    browser: Any, house: House, language: str
) -> None:
    page, words = a_page(browser, language=language), WORDS[language]
    chat = opened(house, page, language=language)
    assert page.url == f"{house.url}/chat", "the code stays in the address"
    house.say(chat, words["hello"])
    house.say(chat, words["ask"], buttons=tuple(str(one) for one in range(11)))
    page.get_by_role("button", name="10").wait_for()
    write(page, words["answer"])
    assert arrives(house, 1)
    house.say(chat, words["leg"])
    write(page, words["red"])
    assert arrives(house, 2)
    house.say(chat, words["advice"], priority=Priority.URGENT_ADVICE, kind="system")
    call = page.locator(".urgent a.call")
    call.wait_for()
    assert call.get_attribute("href") == "tel:120"
    assert page.locator("#alarm").text_content() == words["advice"]
    assert [one.text for one in heard(house)] == [words["answer"], words["red"]]
    assert page.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert not sticks_out(page)
    assert serious_faults(page) == []
    page.wait_for_timeout(300)
    keep(page, f"chat-phone-{language}")
    assert page.faults == []


def test_a_question_with_answers_to_tap(browser: Any, house: House) -> None:
    page = a_page(browser)
    chat = opened(house, page)
    house.say(chat, WORDS["zh"]["hello"])
    house.say(chat, WORDS["zh"]["ask"], buttons=tuple(str(one) for one in range(11)))
    page.get_by_role("button", name="6", exact=True).wait_for()
    box = page.get_by_role("button", name="10", exact=True).bounding_box()
    assert min(box["width"], box["height"]) >= 44
    keep(page, "chat-question-zh")
    page.get_by_role("button", name="6", exact=True).click()
    assert arrives(house, 1)
    assert heard(house)[0].text == "6"
    page.locator(".answers").wait_for(state="detached")
    page.reload()
    page.get_by_text("6", exact=True).wait_for()
    assert page.locator(".answers").count() == 0


def test_a_message_appears_within_a_second_without_reloading(browser: Any, house: House) -> None:
    page = a_page(browser)
    chat = opened(house, page)
    page.wait_for_timeout(500)
    started = time.monotonic()
    house.say(chat, "护士马上联系您。", kind="nurse")
    page.get_by_text("护士马上联系您。").wait_for()
    assert time.monotonic() - started < 1.0


def test_everything_works_by_keyboard_alone(browser: Any, house: House) -> None:
    page = a_page(browser, size=DESKTOP, language="en")
    page.goto(f"{house.url}/chat")
    page.wait_for_selector("#door:not([hidden])")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "code":
            break
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    page.wait_for_selector("#write:not([hidden])")
    chat = house.become(house.web_chat(), mode=Mode.BOT, language="en")
    house.say(chat, "Do you feel feverish?", buttons=("Yes", "No"))
    page.get_by_role("button", name="Yes").wait_for()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Yes":
            break
    page.keyboard.press("Space")
    assert arrives(house, 1)
    for _ in range(20):
        if page.evaluate("document.activeElement.id") == "text":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("since last night")
    page.keyboard.press("Enter")
    assert arrives(house, 2)
    assert [one.text for one in heard(house)] == ["Yes", "since last night"]
    assert page.evaluate("document.activeElement.id") == "text"


def test_enter_that_chooses_a_chinese_word_does_not_send(browser: Any, house: House) -> None:
    page = a_page(browser)
    opened(house, page)
    page.fill("#text", "teng")
    page.evaluate(
        """document.getElementById("text").dispatchEvent(
             new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true}))"""
    )
    page.wait_for_timeout(200)
    assert page.input_value("#text") == "teng"
    assert heard(house) == []


def test_the_place_and_the_draft_survive_a_reload(browser: Any, house: House) -> None:
    page = a_page(browser)
    chat = opened(house, page)
    for number in range(30):
        house.say(chat, f"第 {number} 条消息")
    page.get_by_text("第 29 条消息").wait_for()
    page.fill("#text", "还没写完的话")
    page.evaluate("scrollTo(0, 600)")
    page.wait_for_timeout(200)
    before = page.evaluate("scrollY")
    page.reload()
    page.get_by_text("第 29 条消息").wait_for()
    page.wait_for_timeout(300)
    assert page.input_value("#text") == "还没写完的话"
    assert abs(page.evaluate("scrollY") - before) < 60


def test_without_a_network_the_words_wait_and_are_sent_once(browser: Any, house: House) -> None:
    page = a_page(browser)
    opened(house, page)
    page.context.set_offline(True)
    page.wait_for_selector("#offline:not([hidden])")
    write(page, "伤口渗血了")
    page.get_by_role("button", name="没有发出去，点这里再试").wait_for(timeout=20000)
    keep(page, "chat-offline-zh")
    page.context.set_offline(False)
    assert arrives(house, 1)
    page.get_by_role("button", name="没有发出去，点这里再试").wait_for(state="detached")
    page.wait_for_timeout(600)
    assert [one.text for one in heard(house)] == ["伤口渗血了"]
    assert page.locator(".line.mine").count() == 1


def test_a_message_that_could_not_be_sent_survives_a_reload(browser: Any, house: House) -> None:
    page = a_page(browser)
    opened(house, page)
    page.route("**/chat/api/messages", lambda route: route.abort())
    write(page, "今天没有发烧")
    page.get_by_text("今天没有发烧").wait_for()
    page.reload()
    page.get_by_text("今天没有发烧").wait_for()
    page.unroute("**/chat/api/messages")
    assert eventually(lambda: len(heard(house)) == 1, seconds=15)


def test_an_answer_lost_on_the_way_does_not_double_the_message(browser: Any, house: House) -> None:
    page = a_page(browser)
    opened(house, page)
    lost: list[int] = []

    def lose_the_first(route: Any) -> None:
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    page.route("**/chat/api/messages", lose_the_first)
    write(page, "只说一次")
    assert arrives(house, 1)
    page.wait_for_timeout(4500)
    assert lost == [200]
    assert len(heard(house)) == 1
    assert page.locator(".line.mine").count() == 1


def test_a_text_that_is_too_long_stays_in_the_box_with_a_reason(browser: Any, house: House) -> None:
    page = a_page(browser, language="en")
    opened(house, page, language="en")
    page.fill("#text", "pain " * 900)
    page.click("#send")
    page.get_by_text("longer than 4000 characters").wait_for()
    assert len(page.input_value("#text")) == 4500
    assert heard(house) == []


def test_a_photo_is_sent_and_seen(browser: Any, house: House, tmp_path: Path) -> None:
    page = a_page(browser)
    opened(house, page)
    file = tmp_path / "wound.png"
    file.write_bytes(a_png())
    page.set_input_files("#photo", str(file))
    assert arrives(house, 1)
    assert heard(house)[0].part == "photo"
    page.reload()
    shown = "document.querySelector('img.photo-sent')?.naturalWidth > 0"
    assert eventually(lambda: page.evaluate(shown))


def a_png(size: int = 40) -> bytes:
    """A small grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = b"".join(b"\0" + b"\x90\x90\x90" * size for _ in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in parts)


def test_words_that_look_like_a_page_are_only_words(browser: Any, house: House) -> None:
    page = a_page(browser, language="en")
    chat = opened(house, page, language="en")
    evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    write(page, evil)
    house.say(chat, evil)
    eventually(lambda: page.get_by_text(evil).count() == 2)
    assert page.get_by_text(evil).count() == 2
    assert page.title() not in ("1", "2")


def test_a_wrong_code_is_told_and_can_be_typed_again(browser: Any, house: House) -> None:
    page = a_page(browser)
    page.goto(f"{house.url}/chat")
    page.fill("#code", "不是编码")
    page.click("#door button[type=submit]")
    page.get_by_text("编码只有字母、数字").wait_for()
    assert page.input_value("#code") == "不是编码"


def test_the_language_button_says_so_in_the_chat(browser: Any, house: House) -> None:
    page = a_page(browser)
    chat = opened(house, page)
    page.click("#language")
    assert arrives(house, 1)
    assert heard(house)[0].text == "English"
    house.become(chat, language="en")
    page.get_by_role("button", name="中文").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE, DESKTOP], ids=["small", "phone", "desk"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_serious_fault_keeps_anybody_out(
    browser: Any, house: House, language: str, size: dict[str, int]
) -> None:
    page = a_page(browser, size=size, language=language)
    page.goto(f"{house.url}/chat")
    page.wait_for_selector("#door:not([hidden])")
    assert serious_faults(page) == []
    assert not sticks_out(page)
    chat = opened(house, page, language=language)
    house.say(chat, WORDS[language]["ask"], buttons=tuple(str(one) for one in range(11)))
    house.say(chat, WORDS[language]["advice"], priority=Priority.URGENT_ADVICE)
    house.say(chat, WORDS[language]["hello"], kind="nurse")
    page.locator(".line").nth(2).wait_for()
    page.click("#bigger")
    page.wait_for_timeout(300)
    assert serious_faults(page) == []
    assert not sticks_out(page)

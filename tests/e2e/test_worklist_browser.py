"""The worklist in a real browser: keys, filters, sound, what the browser forbids, and the wall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.e2e.browser_house import (
    House,
    eventually,
    keep,
    needs_chromium,
    serious_faults,
    sticks_out,
)
from tests.e2e.test_console_browser import PHONE, a_page, signed_in, the_case
from tests.e2e.ward_story import Ward, a_ward

pytestmark = [pytest.mark.browser, needs_chromium]

WALL = {"width": 1920, "height": 1080}
COUNTS_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.tones += 1;
  return start.apply(this, given);
};
"""
BLOCKED = "Object.defineProperty(Notification, 'permission', {get: () => 'denied'});"


def a_new_emergency(ward: Ward, id: str = "case-new") -> None:
    ward.house.world.add(
        replace(the_case(ward, "wang"), id=id, patient_id="patient-sato", episode_id="episode-sato")
    )


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_nurse_goes_through_the_list_and_takes_a_case_by_single_keys(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page)
    page.keyboard.press("j")
    assert focused(page) == "case-case-wang"
    page.keyboard.press("j")
    assert focused(page) == "case-case-li"
    page.keyboard.press("k")
    page.keyboard.press("a")
    page.wait_for_url("**/console/cases/case-wang*")
    assert the_case(ward, "wang").acknowledged_by == ward.nurses["chen"]
    page.keyboard.press("m")
    assert focused(page) == "f-text"
    page.keyboard.type("jkaw?")
    assert page.input_value("#f-text") == "jkaw?", "a key did something while she typed"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("w")
    page.wait_for_url("**/console/worklist")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/cases/case-li")
    assert page.faults == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_question_mark_shows_the_keys_and_they_can_be_switched_off(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, language=language)
    signed_in(house, page)
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    assert serious_faults(page) == []
    page.click("#keys-on")
    page.keyboard.press("Escape")
    page.locator("#keys[open]").wait_for(state="detached")
    page.keyboard.press("j")
    assert focused(page) != "case-case-wang"
    page.reload()
    page.keyboard.press("?")
    assert page.locator("#keys[open]").count() == 0


def test_what_was_searched_for_stays_while_the_page_renews_itself(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page)
    page.keyboard.press("/")
    page.keyboard.type("李国")
    page.keyboard.press("Enter")
    page.get_by_text("hidden by your filter").wait_for()
    shown = page.locator("[data-case]").evaluate_all("all => all.map(one => one.dataset.case)")
    assert shown == ["case-wang", "case-li"], "the emergency that nobody has and what she sought"
    assert "李" not in page.url
    assert "%E6" not in page.url
    house.world.add(
        replace(the_case(ward, "li"), id="case-more"),
        replace(the_case(ward, "carter"), id="case-other"),
    )
    page.locator('[data-case="case-more"]').wait_for()
    assert page.locator('[data-case="case-other"]').count() == 0


def test_an_emergency_rings_for_the_nurse_who_switched_the_sound_on(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    page.add_init_script(COUNTS_TONES)
    page.add_init_script(BLOCKED)
    signed_in(house, page)
    page.click("#alerts")
    page.get_by_text("Sound is on").wait_for()
    page.get_by_text("does not let the page show notifications").wait_for()
    before = page.evaluate("tones")
    assert before > 0, "she hears what it will sound like"
    a_new_emergency(ward)
    page.locator('[data-case="case-new"]').wait_for()
    assert eventually(lambda: page.evaluate("tones") > before)
    assert eventually(lambda: page.title().startswith("(2)"))
    heard = page.evaluate("tones")
    page.wait_for_timeout(1500)
    assert page.evaluate("tones") == heard, "one emergency rings once, not once per way it came"
    page.reload()
    page.get_by_text("until you click or press a key").wait_for()
    page.keyboard.press("j")
    page.get_by_text("until you click or press a key").wait_for(state="hidden")


def test_an_emergency_is_said_on_the_page_of_another_case_too(browser: Any, house: House) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-li")
    page.fill("#f-note", "half a note")
    page.wait_for_timeout(1000)
    a_new_emergency(ward)
    page.get_by_text("New emergency: 佐藤健").wait_for()
    assert page.input_value("#f-note") == "half a note"
    assert serious_faults(page) == []
    page.locator("#emergency a").click()
    page.wait_for_url("**/console/cases/case-new")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_stands_on_the_wall_and_in_the_hand(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, size=WALL, language=language)
    signed_in(house, page)
    first, second = (page.locator(f"[data-case={one}]").bounding_box() for one in WAITING)
    assert first["y"] == second["y"], "two cases stand beside each other"
    assert serious_faults(page) == []
    keep(page, f"worklist-wall-{language}")
    page.set_viewport_size(PHONE)
    assert not sticks_out(page)
    have = page.locator("#have-case-wang").bounding_box()
    assert have["height"] >= 44
    assert have["y"] + have["height"] < PHONE["height"], "the first case can be taken at once"


WAITING = ("case-wang", "case-li")

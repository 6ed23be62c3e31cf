"""Enrolment in a real browser with nothing but a keyboard, and what may happen to a patient
afterwards: the end of her follow-up, another ward, and a second registration."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.patient import END_REASONS, Contact, Episode, EpisodeState, Patient, RiskTier, Role
from tests.e2e.browser_house import House, keep, needs_chromium, serious_faults, sticks_out
from tests.e2e.test_console_browser import DESKTOP, PHONE, a_page, signed_in
from tests.e2e.ward_story import PATHWAY, WARD, a_ward

pytestmark = [pytest.mark.browser, needs_chromium]

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
# Every press of a key counts: 38 characters that only she knows, and the way between them.
MOST_PRESSES = 55
ENDED = {"en": "The follow-up has ended.", "zh": "随访已结束"}


class Keys:
    """A keyboard that counts. Whoever types Chinese presses more; the IME's part is not ours.

    `pace`: milliseconds from one key to the next; `look`: as many before each field.
    """

    def __init__(self, page: Any, *, pace: int = 0, look: int = 0) -> None:
        self.page, self.presses = page, 0
        self.pace, self.look = pace, look

    def type(self, text: str) -> None:
        self.page.wait_for_timeout(self.look)
        self.presses += len(text)
        self.page.keyboard.type(text, delay=self.pace)

    def press(self, key: str, times: int = 1) -> None:
        self.presses += times
        for _ in range(times):
            self.page.wait_for_timeout(self.pace)
            self.page.keyboard.press(key)


def at_field(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def to(keys: Keys, name: str) -> None:
    """Tab on to the field with this name."""
    for _ in range(12):
        if at_field(keys.page) == name:
            return
        keys.press("Tab")
    raise AssertionError(f"no way by keyboard to {name}")


def day(iso: str) -> str:
    """The digits of a date as headless Chromium asks for them: month, day, year, whatever the
    language of the page."""
    year, month, number = iso.split("-")
    return f"{month}{number}{year}"


def fill_in(keys: Keys, surgery: str, *, name: str, caregiver: str) -> None:
    """What only she knows, from field to field, as far as the last one."""
    keys.page.locator("#f-name:focus").wait_for()
    keys.type(name)
    to(keys, "hospital_id")
    keys.type("Z2026-0399")
    to(keys, "birth_year")
    keys.type("1944")
    to(keys, "procedure_code")
    keys.type("knee_r")
    to(keys, "surgery_date")
    keys.type(day(surgery))
    assert keys.page.input_value("#f-surgery_date") == surgery
    to(keys, "caregiver")
    keys.type(caregiver)


def test_at_five_keys_a_second_with_a_look_at_each_field_it_takes_less_than_thirty_seconds(
    browser: Any, house: House, record_property: Callable[[str, object], None]
) -> None:
    """From the click on *Enrol* to the card; the names as an IME is given them, by their sounds."""
    a_ward(house)
    page = a_page(browser)
    signed_in(house, page)
    surgery = (house.parts.clock.now() - timedelta(days=4)).date().isoformat()
    keys, began = Keys(page, pace=200, look=1_000), time.monotonic()
    page.get_by_role("link", name="Enrol", exact=True).click()
    page.locator("#f-name").wait_for()
    fill_in(keys, surgery, name="zhao guilan", caregiver="zhao min")
    keys.press("Enter")
    page.locator(".qr-card").first.wait_for()
    took = time.monotonic() - began
    record_property("presses", keys.presses)
    record_property("seconds", round(took, 1))
    assert took < 30
    assert page.faults == []


@SIZES
@LANGUAGES
def test_a_patient_is_enrolled_with_the_keyboard_alone(
    browser: Any,
    house: House,
    language: str,
    size: dict[str, int],
    record_property: Callable[[str, object], None],
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, size=size, language=language)
    signed_in(house, page, at="/enrol")
    keys, began = Keys(page), time.monotonic()
    surgery = (house.parts.clock.now() - timedelta(days=4)).date().isoformat()
    fill_in(keys, surgery, name="赵桂兰", caregiver="赵敏")
    keep(page, f"enrol-{language}-{size['width']}")
    keys.press("Enter")
    page.locator(".qr-card").first.wait_for()
    took = time.monotonic() - began
    record_property("presses", keys.presses)
    record_property("seconds", round(took, 2))
    (patient,) = house.world.rows("patients", hospital_id="Z2026-0399")
    (episode,) = house.world.rows("episodes", patient_id=patient.id)
    assert (patient.ward, patient.time_zone) == (WARD, "Asia/Shanghai")
    assert episode.surgery_on.isoformat() == surgery
    people = house.world.rows("contacts", patient_id=patient.id, order_by="role")
    assert [one.name for one in people] == ["赵敏", "赵桂兰"]
    assert len({code_of(one) for one in page.locator(".qr-card").all()}) == 2
    assert keys.presses <= MOST_PRESSES
    assert serious_faults(page) == []
    assert not sticks_out(page)
    keep(page, f"enrol-card-{language}-{size['width']}")
    assert page.faults == []


def code_of(card: Any) -> str:
    return str(card.locator("code").inner_text())


@LANGUAGES
def test_what_is_wrong_is_told_beside_the_field_where_the_keyboard_stands(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, size=PHONE, language=language)
    signed_in(house, page, at="/enrol")
    keys = Keys(page)
    page.locator("#f-name:focus").wait_for()  # a full machine is slow to put her there
    keys.type("赵桂兰")
    to(keys, "birth_year")
    keys.type("44")
    keys.press("Enter")
    page.locator("#w-hospital_id").wait_for()
    page.wait_for_function("document.activeElement.name === 'hospital_id'")
    assert page.input_value("#f-name") == "赵桂兰"
    assert page.input_value("#f-birth_year") == "44"
    told = page.locator("#w-birth_year").inner_text()
    assert re.search("1900", told)
    assert serious_faults(page) == []
    assert not sticks_out(page)
    keep(page, f"enrol-wrong-{language}")


def second_registration(house: House) -> None:
    """Mrs Wang again, under another number, for the same operation."""
    now = house.parts.clock.now()
    pathway = house.parts.library.pathway(PATHWAY)
    wang = house.world.get("patients", "patient-wang")
    house.world.add(
        replace(wang, id="patient-double", hospital_id="Z2026-0777", birth_year=1945),
        Contact("contact-double", "patient-double", Role.PATIENT, "王秀英", "zh", "webchat", now),
        Episode(
            *("episode-double", "patient-double", PATHWAY, pathway.version, "knee_replacement"),
            *((now - timedelta(days=3)).date(), now.date(), RiskTier.LOW),
            state=EpisodeState.ACTIVE,
            created_at=now,
            started_at=now,
        ),
    )


@SIZES
@LANGUAGES
def test_two_registrations_are_compared_merged_and_read(
    browser: Any, house: House, language: str, size: dict[str, int]
) -> None:
    a_ward(house, language=language)
    second_registration(house)
    page = a_page(browser, size=size, language=language)
    signed_in(house, page, "zhou", at="/patients/patient-wang/change")
    assert serious_faults(page) == []
    assert not sticks_out(page)
    keep(page, f"change-{language}-{size['width']}")
    page.fill("#f-number", "Z2026-0777")
    page.keyboard.press("Enter")
    page.locator('input[name="stays"]').first.wait_for()
    assert page.locator("mark").count() == 2
    page.check('input[name="stays"][value="patient-wang"]')
    page.fill("#f-year-patient-wang", "1944")
    page.fill("#f-year-patient-double", "1944")
    page.fill("#f-words", "同一张身份证")
    page.keyboard.press("Enter")
    page.locator("#w-keeps").wait_for()
    assert page.input_value("#f-words") == "同一张身份证"
    assert page.locator("#w-year-patient-double").count() == 1
    assert serious_faults(page) == []
    assert not sticks_out(page)
    keep(page, f"merge-{language}-{size['width']}")
    page.fill("#f-year-patient-double", "1945")
    page.check('input[name="compared"]')
    page.select_option("#f-keeps", index=1)
    page.click("form button.primary")
    page.wait_for_url("**/patients/patient-wang?done=merged")
    page.goto(f"{house.url}/console/patients/patient-double")
    assert page.url.endswith("/patients/patient-wang")
    page.click('a[href^="/console/merges/"]')
    page.locator("text=Z2026-0777").wait_for()
    assert serious_faults(page) == []
    assert not sticks_out(page)
    keep(page, f"merged-{language}-{size['width']}")
    undo = page.locator('form[action$="/undo"]')
    undo.locator("button").click()
    page.locator("#w-words").wait_for()
    assert serious_faults(page) == []
    page.fill("#f-words", "同名的两个人")
    undo.locator("button").dblclick()
    page.wait_for_url("**/console/merges/*?done=merge_undone")
    assert page.get_by_text("同名的两个人").count() == 1
    page.goto(f"{house.url}/console/patients/patient-double")
    assert page.url.endswith("/patients/patient-double")
    assert len(house.world.rows("audit", action="patient.merge_undone")) == 2
    assert page.faults == []


@LANGUAGES
def test_a_follow_up_ends_by_keyboard_and_the_patient_goes_to_another_ward(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, language=language)
    signed_in(house, page, at="/patients/patient-sato/change")
    page.focus("#f-reason")
    for _ in range(END_REASONS.index("wish") + 1):
        page.keyboard.press("ArrowDown")
    page.click('form[action$="/end"] button.primary')
    page.wait_for_url("**/patients/patient-sato?done=follow_up_ended")
    assert ENDED[language] in page.locator(".done").inner_text()
    page.goto(f"{house.url}/console/patients/patient-sato/change")
    page.select_option("#f-ward", "Cardiology")
    page.click('form[action$="/transfer"] button.primary')
    page.wait_for_url("**/patients?done=transferred")
    assert "佐藤健" not in page.locator("main").inner_text()
    patient: Patient = house.world.get("patients", "patient-sato")
    assert patient.ward == "Cardiology"

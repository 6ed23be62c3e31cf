"""Hostile input at the console in a real browser: nothing runs, nothing is lost, nothing stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.staff import Shift, ShiftOffer
from tests.e2e.browser_house import House, needs_chromium
from tests.e2e.test_console_browser import a_page, signed_in, the_case
from tests.e2e.ward_story import a_ward

pytestmark = [pytest.mark.browser, needs_chromium]

PAGES = (
    "/worklist",
    "/cases/case-wang",
    "/patients",
    "/patients/patient-wang",
    "/enrol",
    "/rota",
    "/rota/now",
    "/rota/table",
    "/programme",
    "/pathways",
    "/staff",
    "/audit",
)
SCRIPTS = (
    '<script>window.ran = "script"</script>',
    '"><img src=x onerror="window.ran = 1">',
    "{{ 7 * 7 }}</textarea><svg onload=window.ran=2>",
)


def listening(page: Any) -> list[str]:
    """What the browser refused to do, or warned of, as it says it in its console."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    return said


def test_no_page_asks_for_anything_that_the_strict_headers_refuse(
    browser: Any, house: House
) -> None:
    a_ward(house)
    page = a_page(browser)
    said = listening(page)
    signed_in(house, page, "admin")
    for path in PAGES:
        page.goto(f"{house.url}/console{path}")
        page.wait_for_timeout(200)
    assert [one for one in said if "Content Security Policy" in one or "Refused" in one] == []
    assert page.faults == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_a_name_is_shown_and_never_run(browser: Any, house: House, script: str) -> None:
    ward = a_ward(house)
    with house.world.record.transaction() as tx:
        patient = tx.patients.get("patient-wang")
        tx.patients.swap(patient, replace(patient, name=script))
        nurse = tx.nurses.get(ward.nurses["chen"])
        tx.nurses.swap(nurse, replace(nurse, name=script))
        case = tx.escalations.get("case-wang")
        taken = replace(case, acknowledged_by=nurse.id, outcome_note=script)
        tx.escalations.swap(case, taken)
    page = a_page(browser)
    signed_in(house, page, "admin")
    shown = 0
    for path in PAGES:
        page.goto(f"{house.url}/console{path}")
        page.wait_for_timeout(100)
        assert page.evaluate("window.ran") is None, path
        assert page.locator("main svg[onload], main img[onerror]").count() == 0, path
        shown += page.get_by_text(script[:20]).count()
    assert shown > 3
    assert page.faults == []


def test_after_signing_out_the_back_button_shows_no_patient(browser: Any, house: House) -> None:
    a_ward(house)
    page = a_page(browser)
    signed_in(house, page)
    page.goto(f"{house.url}/console/cases/case-wang")
    page.get_by_text("王秀英").first.wait_for()
    page.locator("[data-sign-out]").click()
    page.wait_for_url("**/console/sign-in**")
    page.go_back()
    page.wait_for_timeout(500)
    assert "王秀英" not in page.content()
    page.locator("#login").wait_for()


def test_going_back_to_the_form_of_a_closed_case_changes_nothing_and_keeps_the_note(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-wang")
    other = a_page(browser)
    signed_in(house, other, "zhou", at="/cases/case-wang")
    for one, note in ((page, "first note"), (other, "second note")):
        one.get_by_text("Called, settled by phone").click()
        one.fill("#f-note", note)
        # The second page has not heard of the first.
        one.evaluate("document.getElementById('f-note').form.id = 'close-it'")
        one.evaluate("for (const each of document.querySelectorAll('[data-live]')) each.id = ''")
    page.evaluate("document.getElementById('close-it').submit()")
    page.get_by_text("Closed by 陈丽").wait_for()
    page.go_back()
    page.wait_for_timeout(300)
    assert page.get_by_text("王秀英").count() > 0
    other.evaluate("document.getElementById('close-it').submit()")
    other.get_by_text("陈丽").first.wait_for()
    assert "second note" in other.content()
    closed = the_case(ward, "wang")
    assert (closed.closed_by, closed.outcome_note) == (ward.nurses["chen"], "first note")


def test_a_note_of_ten_thousand_characters_is_refused_with_words_and_still_there(
    browser: Any, house: House
) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-wang")
    note = "她说腿又肿又热。" * 1_250
    page.get_by_text("Called, settled by phone").click()
    page.fill("#f-note", note)
    page.get_by_role("button", name="Close the case").click()
    page.get_by_text("The note has 10000 characters").wait_for()
    assert page.input_value("#f-note") == note
    assert not the_case(ward, "wang").is_closed


def test_a_double_click_on_take_it_gives_one_shift(browser: Any, house: House) -> None:
    ward = a_ward(house)
    begins = house.parts.clock.now() + timedelta(days=3)
    ends = begins + timedelta(hours=8)
    chen, zhou = ward.nurses["chen"], ward.nurses["zhou"]
    house.world.add(Shift("shift-3", chen, "first", begins, ends))
    house.world.add(ShiftOffer("offer-1", "shift-3", chen, begins - timedelta(days=2)))
    page = a_page(browser)
    signed_in(house, page, "zhou", at="/rota")
    page.get_by_role("button", name="I take it").dblclick()
    page.get_by_text("周敏 stands in for 陈丽").wait_for()
    assert len(house.world.rows("shifts", nurse_id=zhou, rota="first")) == 1
    assert len(house.world.rows("audit", action="rota.take")) == 1

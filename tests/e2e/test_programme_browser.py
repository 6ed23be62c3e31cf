"""The programme in a real browser: both languages, desk and phone, and as it is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser_house import House, keep, needs_chromium, sticks_out
from tests.e2e.programme_story import three_months
from tests.e2e.test_audit_browser import WHERE, is_good, sized
from tests.e2e.test_console_browser import a_page, signed_in
from tests.e2e.ward_story import a_ward

pytestmark = [pytest.mark.browser, needs_chromium]
TALL = {"width": 1280, "height": 1080}
T = {
    "en": {"by": "Ward", "show": "Show", "reach": "Whom we reach", "other": "Cardiology"},
    "zh": {"by": "病区", "show": "查看", "reach": "随访覆盖", "other": "Cardiology"},
}


@pytest.mark.parametrize(("language", "size"), WHERE)
def test_a_charge_nurse_reads_how_her_ward_is_doing(
    browser: Any, house: House, language: str, size: dict[str, int]
) -> None:
    a_ward(house, language=language)
    three_months(house)
    page, t = a_page(browser, size=size, language=language), T[language]
    signed_in(house, page, "zhou", at="/programme")
    page.get_by_role("heading", name=t["reach"]).wait_for()
    is_good(page, f"programme-{sized(size, language)}")
    page.select_option("#f-by", "ward")
    page.get_by_role("button", name=t["show"], exact=True).click()
    page.wait_for_url("**by=ward**")
    assert t["other"] not in page.content(), "another ward is in none of her figures"
    page.locator("#part-by_contact").scroll_into_view_if_needed()
    is_good(page, f"programme-lower-{sized(size, language)}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_administrator_compares_wards_and_takes_the_figures_out(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    three_months(house)
    page, t = a_page(browser, size=TALL, language=language), T[language]
    signed_in(house, page, "admin", at="/programme")
    is_good(page, f"programme-{language}")
    page.select_option("#f-by", "ward")
    page.get_by_role("button", name=t["show"], exact=True).click()
    page.wait_for_url("**by=ward**")
    chart = page.locator("#part-reach .chart")
    assert t["other"] in chart.inner_text()
    assert chart.locator("rect").count() == 4, "two wards, two figures each"
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    text = Path(taken.value.path()).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert t["other"] in text.decode("utf-8")
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    assert taken.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_prints_with_its_head_and_definitions_and_without_menus(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    three_months(house)
    page, t = a_page(browser, language=language), T[language]
    signed_in(house, page, "zhou", at="/programme")
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1018})  # A4 without its margins
    assert not page.locator("nav").is_visible()
    assert not page.locator("form.card").is_visible()
    for part in (".report-head", "#part-reach .definitions", "#part-reach .chart"):
        assert page.locator(part).is_visible(), part
    assert t["reach"] in page.locator("main").inner_text()
    assert not sticks_out(page), "nothing is cut off at the edge of the paper"
    keep(page, f"programme-print-{language}")

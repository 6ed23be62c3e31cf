"""The programme in a real browser: both languages, desk and phone, and as it is printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.browser_house import House, needs_chromium
from tests.e2e.programme_story import three_months
from tests.e2e.test_audit_browser import WHERE, is_good, sized
from tests.e2e.test_console_browser import a_page, signed_in
from tests.e2e.ward_story import a_ward

pytestmark = [pytest.mark.browser, needs_chromium]
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
    page.locator("#by_contact").scroll_into_view_if_needed()
    is_good(page, f"programme-lower-{sized(size, language)}")

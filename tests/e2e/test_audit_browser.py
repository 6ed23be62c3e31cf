"""The auditor's page and the second step in a real browser: both languages, desk and phone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

from bot.core.staff import StaffRole
from bot.services.chain_audit import chain_audit
from bot.services.staff_accounts import make_account
from tests.e2e.browser_house import (
    House,
    keep,
    needs_chromium,
    serious_faults,
    sticks_out,
)
from tests.e2e.test_console_browser import DESKTOP, PHONE, a_page, signed_in
from tests.e2e.ward_story import PASSWORD, a_ward

pytestmark = [pytest.mark.browser, needs_chromium]
WHERE = [("en", DESKTOP), ("zh", DESKTOP), ("en", PHONE), ("zh", PHONE)]
T = {
    "en": {"find": "Find", "verify": "Read the whole chain", "whole": "Whole:"},
    "zh": {"find": "查找", "verify": "校验全部记录", "whole": "完整："},
}
ON = {"en": "The second step is on.", "zh": "第二步已启用。"}
GO_ON = {"en": "Go on", "zh": "继续"}


def an_auditor(house: House, language: str) -> None:
    make_account(
        house.parts,
        name="周敏",
        login="audrey",
        password=PASSWORD,
        role=StaffRole.AUDITOR,
        ward="",
        language=language,
    )


def is_good(page: Any, name: str) -> None:
    """For keeping and looking at; nobody is kept out and nothing sticks out."""
    keep(page, name)
    assert serious_faults(page) == []
    assert not sticks_out(page)
    assert page.faults == []


def sized(size: dict[str, int], language: str) -> str:
    return f"{'phone' if size is PHONE else 'desk'}-{language}"


@pytest.mark.parametrize(("language", "size"), WHERE)
def test_an_auditor_finds_who_looked_and_that_nothing_was_changed(
    browser: Any, house: House, language: str, size: dict[str, int]
) -> None:
    a_ward(house, language=language)
    an_auditor(house, language)
    nurse = a_page(browser, language=language)
    signed_in(house, nurse)
    nurse.get_by_role("link", name="王秀英").click()
    nurse.get_by_role("heading", name="SBAR").wait_for()
    while chain_audit(house.parts):
        pass
    page, t = a_page(browser, size=size, language=language), T[language]
    signed_in(house, page, "audrey", at="/audit")
    is_good(page, f"audit-{sized(size, language)}")
    page.fill("#f-who", "chen")
    page.select_option("#f-action", "saw_case")
    page.get_by_role("button", name=t["find"], exact=True).click()
    page.locator("table.list tbody tr").first.wait_for()
    assert "陈丽" in page.locator("table.list").inner_text()
    assert "王秀英" not in page.content()
    is_good(page, f"audit-found-{sized(size, language)}")
    page.get_by_role("button", name=t["verify"]).click()
    page.get_by_text(t["whole"]).wait_for()
    is_good(page, f"audit-whole-{sized(size, language)}")


@pytest.mark.parametrize(("language", "size"), WHERE)
def test_she_sets_up_her_phone_and_signs_in_with_it(
    browser: Any, house: House, language: str, size: dict[str, int]
) -> None:
    an_auditor(house, language)
    page = a_page(browser, size=size, language=language)
    signed_in(house, page, "audrey", at="/second-step")
    page.locator("summary").click()
    secret = page.locator("details code").inner_text()
    is_good(page, f"second-step-new-{sized(size, language)}")
    page.fill("#code", pyotp.TOTP(secret).at(datetime.now(UTC)))
    page.get_by_role("button", name=GO_ON[language]).click()
    page.get_by_text(ON[language]).wait_for()
    assert page.locator(".codes code").count() == 10
    recovery = page.locator(".codes code").first.inner_text()
    is_good(page, f"second-step-recovery-{sized(size, language)}")
    again = a_page(browser, size=size, language=language)
    again.goto(f"{house.url}/console/audit")
    again.fill("#login", "audrey")
    again.fill("#password", PASSWORD)
    again.keyboard.press("Enter")
    again.locator("#code").wait_for()
    is_good(again, f"second-step-code-{sized(size, language)}")
    again.fill("#code", "000000")
    again.keyboard.press("Enter")
    again.locator("[role=alert]").wait_for()
    again.fill("#code", recovery)
    again.keyboard.press("Enter")
    again.wait_for_url(f"{house.url}/console/audit")

"""What a nurse does from a case, in a real browser: the call is kept, the plan is changed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.patient import RiskTier
from tests.e2e.browser_house import House, needs_chromium, serious_faults
from tests.e2e.test_console_browser import a_page, signed_in, the_case
from tests.e2e.ward_story import a_ward

pytestmark = [pytest.mark.browser, needs_chromium]

T = {
    "en": ("Plan an extra check-in", "Plan it", "Change the risk tier", "Change it", "Partly"),
    "zh": ("加一次随访", "加上", "调整风险分层", "调整", "部分对"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_nurse_asks_for_a_photo_plans_ahead_and_says_whether_the_alert_was_right(
    browser: Any, house: House, language: str
) -> None:
    extra, plan, tier, change, partly = T[language]
    ward = a_ward(house, language=language)
    page = a_page(browser, language=language)
    signed_in(house, page, at="/cases/case-wang")
    page.keyboard.press("a")
    page.get_by_text("您在负责" if language == "zh" else "You have this case").first.wait_for()
    page.fill("#f-note", "half a note")
    page.click("#ask-photo")
    page.wait_for_url("**done=photo_asked")
    assert house.world.said_to("chat-wang")[-1] == "请拍一张伤口的照片发给我，光线亮一些。"
    page.get_by_text(extra, exact=True).click()
    page.get_by_role("button", name=plan, exact=True).click()
    page.wait_for_url("**done=extra_planned")
    (planned,) = house.world.rows("check_ins", occurrence=1000)
    assert planned.state is CheckInState.PLANNED
    page.get_by_text(tier, exact=True).click()
    page.select_option("#f-tier", "medium")
    assert serious_faults(page) == []
    page.get_by_role("button", name=change, exact=True).click()
    page.wait_for_url("**done=tier_changed")
    assert house.world.get("episodes", "episode-wang").risk_tier is RiskTier.MEDIUM
    page.locator('input[name="outcome"][value="called"]').check()
    page.get_by_text(partly, exact=True).click()
    page.locator('form[action$="/close"] button').click()
    page.locator(".is-closed").wait_for()
    closed = the_case(ward, "wang")
    assert (closed.alert_right, closed.outcome_note) == ("partly", "half a note")
    assert page.faults == []


def test_a_call_is_kept_with_the_case_and_what_she_typed_stays(browser: Any, house: House) -> None:
    ward = a_ward(house)
    page = a_page(browser)
    signed_in(house, page, at="/cases/case-wang")
    page.fill("#f-note", "half a note")
    # Last, for the browser then asks which program is the telephone, and takes no more clicks.
    page.get_by_role("button", name="138 0000 0002").click()
    page.locator("#calls").get_by_text("王芳").wait_for()
    assert page.input_value("#f-note") == "half a note"
    (call,) = house.world.rows("audit", action="case.call")
    assert (call.who, call.details) == (ward.nurses["chen"], "contact-daughter")

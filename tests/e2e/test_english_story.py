"""The same story in English, through /chat in a real browser, on real processes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commands.demo import late_morning_zone
from bot.core.enrolment import NewEnrolment
from bot.core.patient import RiskTier
from bot.services.enrol import enrol
from tests.e2e.browser_house import a_browser, keep
from tests.e2e.service import Service, running_service
from tests.e2e.test_telegram_story import hire

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PASSWORD = "correct horse battery"


def admit_mary(service: Service) -> str:
    """A knee patient, home since yesterday; returns her web-chat link."""
    zone = late_morning_zone(service.parts.clock.now())
    today = datetime.now(ZoneInfo(zone)).date()
    row = NewEnrolment(
        name="Mary Hughes",
        hospital_id="H-2",
        birth_year=1944,
        procedure_code="knee_replacement",
        surgery_on=today - timedelta(days=5),
        discharge_on=today - timedelta(days=1),
        language="en",
        time_zone=zone,
        risk_tier=RiskTier.MEDIUM,
        channel="webchat",
    )
    return enrol(service.parts, row=row).invited[0].web_link


class Chat:
    """Mary's phone."""

    def __init__(self, page, link: str) -> None:  # type: ignore[no-untyped-def]
        self.page = page
        page.goto(link)

    def hears(self, words: str) -> None:
        self.page.get_by_text(words).last.wait_for(timeout=20_000)

    def types(self, words: str) -> None:
        self.page.locator("textarea").fill(words)
        self.page.keyboard.press("Enter")

    def taps(self, title: str) -> None:
        self.page.get_by_role("button", name=title, exact=True).last.click()


@pytest.mark.browser
def test_mary_is_heard_on_her_phone_and_a_nurse_closes_her_case(tmp_path: Path) -> None:
    with a_browser() as browser, running_service(tmp_path) as service:
        tell_marys_story(service, browser, phone_at=service.url, desk_at=service.url)


def tell_marys_story(service: Service, browser, *, phone_at: str, desk_at: str) -> None:  # type: ignore[no-untyped-def]
    """From the link on her card to the closed case; each of the two at a worker's address."""
    hire(service, "brown", "Anna Brown", "first", language="en")
    phone = browser.new_context(viewport=PHONE, locale="en-GB").new_page()
    mary = Chat(phone, admit_mary(service).replace(service.url, phone_at))
    mary.hears("year the patient was born")
    mary.types("1944")
    mary.hears("Do you agree?")
    mary.taps("I agree")
    mary.hears("Do you have any of these")
    mary.taps("None of these")
    mary.hears("temperature")
    keep(phone, "story-chat-en")
    mary.types("100.9 F")
    mary.hears("wound")
    phone.reload()
    mary.hears("wound")
    mary.taps("None of these")
    mary.types("my left calf is swollen and hot")
    mary.hears("nurse")
    mary.types("I can't get my breath")
    mary.hears("Call 120 now")
    keep(phone, "story-emergency-en")

    desk = browser.new_context(viewport=DESK, locale="en-GB").new_page()
    desk.goto(f"{desk_at}/console")
    desk.locator("input[name=login]").fill("brown")
    desk.locator("input[type=password]").fill(PASSWORD)
    desk.keyboard.press("Enter")
    desk.get_by_text("Mary Hughes").first.click()
    desk.get_by_role("button", name="I have it").click()
    mary.hears("Anna Brown")
    keep(desk, "story-case-en")
    desk.get_by_text("Sent to emergency").click()
    desk.locator("textarea[name=note]").fill("Ambulance called, daughter with her.")
    desk.get_by_role("button", name="Close the case").click()
    (who,) = service.rows("patients", hospital_id="H-2")
    (episode,) = service.rows("episodes", patient_id=who.id)
    closed = service.wait_until(
        lambda: service.rows("escalations", state="closed", patient_id=who.id)
    )[0]
    assert closed.outcome == "sent_to_emergency"
    assert closed.level.word == "emergency"

    fever = service.rows("observations", question_id="temperature", episode_id=episode.id)[0]
    assert (fever.value, fever.unit) == (38.3, "Cel")
    stopped = service.rows("check_ins", state="stopped", episode_id=episode.id)
    assert stopped, "the script stops in an emergency"
    said = service.rows("inbound", conversation_id=closed.conversation_id)
    assert {one.state.value for one in said} == {"done"}

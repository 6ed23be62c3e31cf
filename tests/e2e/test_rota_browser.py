"""The rota in a real browser: by drag, by keyboard, by form without a script, by table."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.staff import Shift
from bot.services.rota_table import take_table
from tests.e2e.browser_house import House, keep, needs_chromium, serious_faults, sticks_out
from tests.e2e.test_console_browser import DESKTOP, PHONE, a_page, signed_in
from tests.e2e.ward_story import Ward, a_ward

pytestmark = [pytest.mark.browser, needs_chromium]
SHANGHAI = ZoneInfo("Asia/Shanghai")
T = {
    "en": {"sure": "Do it all the same", "keep": "Leave it as it is", "added": "on the rota."},
    "zh": {"sure": "仍然这样做", "keep": "保持不变", "added": "班次已添加"},
}
SWAP = {
    "en": {
        "first": "First on call",
        "looks": "陈丽 looks for a stand-in",
        "take": "I take it",
        "stands": "周敏 stands in for 陈丽",
        "withdraw": "No longer needed",
    },
    "zh": {
        "first": "一线值班",
        "looks": "陈丽 在找人替班",
        "take": "我来替",
        "stands": "周敏 替 陈丽 值班",
        "withdraw": "不用替了",
    },
}


def next_week(ward: Ward, number: int) -> Any:
    """A day of next week on the house's calendar, which no shift has reached; 0 is Monday."""
    today = ward.house.parts.clock.now().astimezone(SHANGHAI).date()
    return today - timedelta(days=today.weekday()) + timedelta(days=7 + number)


def at_the_board(browser: Any, house: House, language: str = "en", script: bool = True) -> Any:
    ward = a_ward(house, language=language)
    page = a_page(browser, language=language)
    if not script:
        context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
        context.set_default_timeout(8000)
        page = context.new_page()
        page.faults = []
    signed_in(house, page, "zhou", at="/rota")
    page.goto(f"{house.url}/console/rota?week={next_week(ward, 0)}")
    return ward, page


def cell(page: Any, rota: str, day: Any) -> Any:
    return page.locator(f'td[data-rota="{rota}"][data-day="{day}"]')


def local(house: House, nurse_id: str, rota: str) -> list[str]:
    """Her shifts of next week and later, on the house's clock."""
    now = house.parts.clock.now()
    return sorted(
        f"{one.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} "
        f"{one.ends_at.astimezone(SHANGHAI):%d %H:%M}"
        for one in house.world.rows("shifts", nurse_id=nurse_id, rota=rota)
        if one.ends_at > one.starts_at > now
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_name_is_dragged_onto_a_day_and_the_shift_to_another(
    browser: Any, house: House, language: str
) -> None:
    ward, page = at_the_board(browser, house, language)
    monday, tuesday = next_week(ward, 0), next_week(ward, 1)
    page.fill("#put-from", "20:00")
    page.fill("#put-to", "08:00")
    page.locator("#palette button", has_text="陈丽").drag_to(cell(page, "first", monday))
    cell(page, "first", monday).locator("a.shift").wait_for()
    night = f"{monday} 20:00 {tuesday:%d} 08:00"
    assert local(house, ward.nurses["chen"], "first") == [night]
    cell(page, "first", monday).locator("a.shift").drag_to(cell(page, "second", tuesday))
    # Nobody is left on Monday: it is asked about, and can be left as it was.
    page.get_by_role("link", name=T[language]["keep"]).click()
    assert local(house, ward.nurses["chen"], "first") == [night]
    cell(page, "first", monday).locator("a.shift").drag_to(cell(page, "second", tuesday))
    page.get_by_role("button", name=T[language]["sure"]).click()
    cell(page, "second", tuesday).locator("a.shift").wait_for()
    moved = f"{tuesday} 20:00 {next_week(ward, 2):%d} 08:00"
    assert local(house, ward.nurses["chen"], "first") == []
    assert local(house, ward.nurses["chen"], "second") == [moved]
    assert page.faults == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_week_from_a_table_stands_on_the_board_with_its_one_gap(
    browser: Any, house: House, language: str
) -> None:
    ward, page = at_the_board(browser, house, language)
    days = [next_week(ward, number) for number in range(8)]
    rows = [f"admin,charge,{days[0]} 00:00,{days[7]} 00:00"]
    for day, after in pairwise(days):
        for rota, early, late in (("first", "chen", "zhou"), ("second", "other", "other")):
            rows.append(f"{early},{rota},{day} 08:00,{day} 20:00")
            if (rota, day) != ("second", days[5]):
                rows.append(f"{late},{rota},{day} 20:00,{after} 08:00")
    monday = [
        f"{name},{rota},{days[0]} 00:00,{days[0]} 08:00"
        for name, rota in (("zhou", "first"), ("other", "second"))
    ]
    table = "\n".join(["nurse,rota,from,to", *rows, *monday])
    read = take_table(house.parts, table, by=ward.nurses["zhou"])
    assert (read.faults, read.overlaps) == ((), ())
    page.reload()
    assert page.locator("#board .gap").count() == 2  # one night, on both its days
    assert cell(page, "second", days[5]).locator(".gap").is_visible()
    assert cell(page, "second", days[6]).locator(".gap").is_visible()
    assert serious_faults(page) == []
    keep(page, f"rota-{language}")


def test_the_same_is_done_by_keyboard_alone(browser: Any, house: House) -> None:
    ward, page = at_the_board(browser, house)
    page.locator("#palette button", has_text="陈丽").focus()
    page.keyboard.press("Enter")
    assert "陈丽" in page.locator("#board-says").text_content()
    page.keyboard.press("ArrowRight")
    assert "Tue" in page.locator("#board-says").text_content()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tuesday = next_week(ward, 1)
    shift = cell(page, "second", tuesday).locator("a.shift")
    shift.wait_for()
    assert local(house, ward.nurses["chen"], "second") == [f"{tuesday} 08:00 {tuesday:%d} 20:00"]
    shift.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.locator("#change legend", has_text="Change this shift").wait_for()
    assert local(house, ward.nurses["chen"], "second") == [f"{tuesday} 08:00 {tuesday:%d} 20:00"]
    assert page.faults == []


def test_without_a_script_the_form_does_all_of_it(browser: Any, house: House) -> None:
    ward, page = at_the_board(browser, house, script=False)
    monday = next_week(ward, 0)
    assert not page.locator("#palette").is_visible()
    page.select_option("#f-nurse", ward.nurses["chen"])
    page.fill("#f-from", f"{monday}T08:00")
    page.fill("#f-to", f"{monday}T20:00")
    page.click("#change button.primary")
    cell(page, "first", monday).locator("a.shift").click()
    page.select_option("#f-nurse", ward.nurses["zhou"])
    page.click("#change button.primary")
    assert local(house, ward.nurses["zhou"], "first") == [f"{monday} 08:00 {monday:%d} 20:00"]
    cell(page, "first", monday).locator("a.shift").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Do it all the same").click()
    assert local(house, ward.nurses["zhou"], "first") == []


def test_a_table_is_looked_at_and_taken(browser: Any, house: House, tmp_path: Path) -> None:
    ward, page = at_the_board(browser, house)
    monday, tuesday = next_week(ward, 0), next_week(ward, 1)
    file = tmp_path / "rota.csv"
    file.write_text(
        "nurse,rota,from,to\n"
        f"chen,first,{monday} 20:00,{tuesday} 08:00\n"
        f"nobody,first,{monday} 20:00,{tuesday} 08:00\n"
    )
    page.get_by_role("link", name="Bring in a table").click()
    page.set_input_files("#f-file", str(file))
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("Nobody in work has the login nobody.").wait_for()
    assert local(house, ward.nurses["chen"], "first") == []
    assert serious_faults(page) == []
    page.get_by_role("button", name="Put 1 shift on the rota").click()
    page.get_by_text("The table is on the rota.").wait_for()
    assert len(local(house, ward.nurses["chen"], "first")) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_nurse_finds_a_stand_in_and_the_charge_nurse_sees_both_names(
    browser: Any, house: House, language: str
) -> None:
    ward = a_ward(house, language=language)
    begins = house.parts.clock.now() + timedelta(days=3)
    night = Shift("shift-3", ward.nurses["chen"], "first", begins, begins + timedelta(hours=8))
    house.world.add(night)
    words = SWAP[language]
    giver, taker = (a_page(browser, language=language) for _ in range(2))
    signed_in(house, giver, "chen", at="/rota")
    giver.locator("li", has_text=words["first"]).get_by_role("button").last.click()
    giver.get_by_text(words["looks"]).wait_for()
    signed_in(house, taker, "zhou", at="/rota")
    taker.get_by_role("button", name=words["take"]).click()
    taker.get_by_text(words["stands"]).wait_for()
    assert house.world.get("shifts", "shift-3").ends_at == begins
    (given,) = house.world.rows("shifts", nurse_id=ward.nurses["zhou"], rota="first")
    assert (given.starts_at, given.ends_at) == (night.starts_at, night.ends_at)
    # The first nurse's page is stale: she can no longer withdraw it, and reads who has it.
    giver.get_by_role("button", name=words["withdraw"]).click()
    giver.get_by_text("周敏").first.wait_for()
    assert giver.faults == taker.faults == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_serious_fault_on_the_rota_pages(browser: Any, house: House, language: str) -> None:
    _, page = at_the_board(browser, house, language)
    for path in ("rota", "rota?shift=shift-2", "rota/now", "rota/table"):
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            page.goto(f"{house.url}/console/{path}")
            assert serious_faults(page) == [], path
            assert not sticks_out(page), (path, size)
    assert page.faults == []

"""A care team in a real browser: one writes, another signs, and a patient moves over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.patient import Episode
from bot.services.staff_accounts import make_account
from tests import builders as b
from tests.e2e.browser_house import (
    House,
    keep,
    needs_chromium,
    running_house,
    serious_faults,
    sticks_out,
)
from tests.e2e.ward_story import PASSWORD

pytestmark = [pytest.mark.browser, needs_chromium]

NAME = "hip_knee_replacement"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
T = {
    "en": {
        "edit": "Edit",
        "save": "Save and check",
        "review": "Ask a second person",
        "sign": "Sign and release",
        "in_force": "In force now for new patients.",
        "waits": "It waits for somebody who may approve it.",
        "move": "Move 1 patient",
        "moved": "Moved.",
        "try": "Answer",
        "pain": "8",
        "fever": "39.2",
    },
    "zh": {
        "edit": "编辑",
        "save": "保存并检查",
        "review": "请第二人审核",
        "sign": "签字发布",
        "in_force": "已对新患者生效。",
        "waits": "等待有权批准的人。",
        "move": "转移这 1 位患者",
        "moved": "已转移。",
        "try": "回答",
        "pain": "8",
        "fever": "39.2",
    },
}


@pytest.fixture
def house(tmp_path: Path, browser: Any) -> Iterator[House]:
    with running_house(tmp_path, released=True) as one:
        yield one
        for context in browser.contexts:
            context.close()


def a_team(house: House, language: str) -> None:
    """An author, an approver, and a patient on the version of before."""
    for login, name, role in (("mei", "梅医生", "author"), ("guo", "郭护士长", "approver")):
        make_account(
            house.parts,
            name=name,
            login=login,
            password=PASSWORD,
            role=role,
            ward="*",
            language=language,
        )
    version = house.parts.library.pathway(NAME).version
    episode = b.an_episode(
        pathway_id=NAME, pathway_version=version, procedure_code="knee_replacement"
    )
    house.world.add(b.a_patient(), b.a_contact(), episode)


def a_page(house: House, browser: Any, login: str, *, size: dict[str, int] = DESKTOP) -> Any:
    context = browser.new_context(viewport=size, timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(f"{house.url}/console")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/pathways")  # these two have no worklist
    return page


def episode(house: House) -> Episode:
    found: Episode = house.world.get("episodes", "episode-wang")
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_writes_another_signs_and_a_patient_moves(
    browser: Any, house: House, language: str
) -> None:
    a_team(house, language)
    t, before = T[language], house.parts.library.pathway(NAME).version
    mei = a_page(house, browser, "mei")
    keep(mei, f"pathways-{language}")
    mei.goto(f"{house.url}/console/pathways/{NAME}/leaflet")
    mei.emulate_media(media="print")
    keep(mei, f"leaflet-{language}")
    mei.emulate_media(media="screen")
    mei.goto(f"{house.url}/console/pathways/{NAME}")
    keep(mei, f"pathway-{language}")
    mei.get_by_role("button", name=t["edit"], exact=True).click()
    text = mei.locator("#f-text").input_value()
    # A mistake is said beside the text while she types, with its line.
    mei.fill("#f-text", text.replace("silence_level: same_day", "silence_level: soon", 1))
    mei.locator("#findings .error").first.wait_for()
    mei.locator("#findings .to-line").first.click()
    assert "soon" in mei.evaluate("getSelection().toString()")
    keep(mei, f"draft-{language}")
    mei.fill("#f-text", text.replace("remind_after: 4 h", "remind_after: 3 h", 1))
    mei.get_by_role("button", name=t["save"]).click()
    mei.get_by_text("4 h -> 3 h").first.wait_for()
    mei.get_by_role("button", name=t["review"]).click()
    mei.get_by_text(t["waits"]).wait_for()
    draft = mei.url.partition("?")[0]

    guo = a_page(house, browser, "guo")
    guo.goto(draft)
    keep(guo, f"review-{language}")
    assert serious_faults(guo) == []
    guo.get_by_role("button", name=t["sign"]).click()
    guo.get_by_text(t["in_force"]).wait_for()
    after = house.parts.library.pathway(NAME).version
    assert after != before
    assert episode(house).pathway_version == before
    guo.goto(f"{house.url}/console/pathways/{NAME}/move")
    keep(guo, f"move-{language}")
    assert "王秀英" not in guo.content()  # an approver sees no names
    guo.get_by_role("button", name=t["move"]).click()
    guo.get_by_text(t["moved"]).wait_for()
    assert episode(house).pathway_version == after
    assert mei.faults + guo.faults == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whoever_tries_a_pathway_sees_which_rule_fired(
    browser: Any, house: House, language: str
) -> None:
    a_team(house, language)
    page = a_page(house, browser, "mei")
    page.goto(f"{house.url}/console/pathways/{NAME}/try")
    for said in {"en": ("none of these", "39.2"), "zh": ("都没有", "39.2")}[language]:
        page.fill("#f-said", said)
        page.get_by_role("button", name=T[language]["try"], exact=True).click()
        page.locator(".bubble.hers", has_text=said).wait_for()
    page.get_by_text("temperature >= 38").first.wait_for()
    keep(page, f"try-{language}")
    assert serious_faults(page) == []
    assert house.world.rows("observations") == []
    assert page.faults == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("room", ["", f"/{NAME}", f"/{NAME}/leaflet", f"/{NAME}/try"])
def test_on_a_phone_nothing_sticks_out(
    browser: Any, house: House, room: str, language: str
) -> None:
    a_team(house, language)
    page = a_page(house, browser, "mei", size=PHONE)
    page.goto(f"{house.url}/console/pathways{room}")
    keep(page, f"phone{room.replace('/', '-')}-{language}")
    assert not sticks_out(page)
    assert serious_faults(page) == []

"""The programme page: who may open it, what stands beside a figure, and in whose words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import console_routes
from bot.console.texts import texts
from bot.core.programme.tables import SECTIONS
from bot.core.staff import StaffRole
from bot.storage.media import FileMedia
from tests import builders as b
from tests.fakes import a_world
from tests.programme_ward import NOW, the_pathway, the_ward
from tests.unit.console_desk import URL, Console, SecretIds

PAGE = "/console/programme"
MARCH = f"{PAGE}?from=2026-03&to=2026-03"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    world = a_world(tmp_path, pathway=the_pathway())
    world.clock.at = NOW
    parts = replace(world.parts, ids=SecretIds())
    world = replace(world, parts=parts)
    world.add(*the_ward())
    media = FileMedia(tmp_path / "media")
    app = Starlette(routes=console_routes(parts, media=media))
    return Console(world, TestClient(app, base_url=URL, follow_redirects=False), app, media)


def add_nurse(console: Console, name: str, **over: object) -> None:
    given = {"ward": "ortho", "conversation_id": None, **over}
    console.world.add(b.a_nurse(name, **given))


def test_the_page_shows_figures_with_what_they_rest_on(console: Console) -> None:
    console.sign_in("zhao")
    page = console.client.get(MARCH).text
    assert "Coverage" in page
    assert "50.0% <small>2/4</small>" in page
    assert "1 h 40 min <small>n=3</small>" in page, "the median time to an outcome"


def test_every_figure_has_its_definition_beside_it_in_both_languages(console: Console) -> None:
    add_nurse(console, "jie", role=StaffRole.DOCTOR, language="zh")
    for login, language in (("zhao", "en"), ("jie", "zh")):
        hers = console.another_browser()
        hers.sign_in(login)
        page = hers.client.get(MARCH).text.replace("&#39;", "'")
        for column in (one for columns in SECTIONS.values() for one in columns):
            assert texts(language)[f"programme_definition.{column}"] in page
            assert texts(language)[f"programme_column.{column}"] in page


def test_the_chinese_page_has_the_names_that_hospitals_use(console: Console) -> None:
    add_nurse(console, "jie", role=StaffRole.DOCTOR, language="zh")
    console.sign_in("jie")
    page = console.client.get(MARCH).text
    for name in (
        "随访覆盖率",
        "24 小时随访及时率",
        "随访完成率",
        "预警准确率",
        "满意度",
        "接手超时率",
    ):
        assert name in page
    assert "出院后第 1 天" in page


def test_so_few_are_marked_as_not_to_be_compared(console: Console) -> None:
    console.sign_in("zhao")
    page = console.client.get(MARCH).text
    assert '<td class="number few">50.0% <small>2/4</small>' in page


@pytest.mark.parametrize("role", list(StaffRole))
def test_only_those_who_may_find_it_in_the_navigation(console: Console, role: StaffRole) -> None:
    add_nurse(console, f"role-{role}", role=role)
    console.sign_in(f"role-{role}")
    may = role in (
        *(StaffRole.CHARGE_NURSE, StaffRole.DOCTOR),
        *(StaffRole.ADMINISTRATOR, StaffRole.AUDITOR),
    )
    assert (console.client.get(PAGE).status_code == 200) is may
    assert (f'href="{PAGE}"' in console.client.get("/console/pathways").text) is may


@pytest.mark.parametrize(
    "asked",
    ["from=2026-04&to=2026-03", "from=x", "to=2026-99", "by=patient", "from=1999-01&to=2026-03"],
)
def test_months_that_are_none_are_said_and_the_latest_are_shown(
    console: Console, asked: str
) -> None:
    console.sign_in("zhao")
    answer = console.client.get(f"{PAGE}?{asked}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Mar 2026" in answer.text


def test_what_is_asked_for_is_never_executed(console: Console) -> None:
    add_nurse(console, "root2", role=StaffRole.ADMINISTRATOR, ward="")
    console.sign_in("root2")
    page = console.client.get(PAGE, params={"ward": "<script>alert(1)</script>"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_no_patient_is_named_on_the_page(console: Console) -> None:
    console.sign_in("root")
    page = console.client.get(f"{MARCH}&by=ward").text
    assert "heart" in page
    for name in ("王秀英", "Li<", "Zhou", "Carter", "H-", "patient-", "episode-", "还行吧"):
        assert name not in page

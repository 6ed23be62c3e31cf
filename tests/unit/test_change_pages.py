"""The page on which a follow-up ends, goes on, or a patient goes to another ward."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.patient import END_REASONS, EpisodeState
from tests import builders as b
from tests.unit.console_desk import Console, a_case, a_cause, a_console

AT = "/console/patients/patient-wang"
WORDS = {"en": ("End the follow-up", "Please choose one."), "zh": ("结束随访", "请选择")}


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def console(tmp_path: Path, language: str) -> Console:
    made = a_console(tmp_path)
    made.world.add(b.a_nurse("mei", language=language, conversation_id=None))
    made.sign_in("mei")
    return made


def test_nothing_typed_is_lost_and_the_reason_stands_beside_its_field(
    console: Console, language: str
) -> None:
    answer = console.post(f"{AT}/end", reason="", words="<b>她想停</b>")
    title, choose = WORDS[language]
    assert answer.status_code == 422
    assert title in answer.text
    assert f'id="w-reason">{choose}' in answer.text
    assert "&lt;b&gt;她想停&lt;/b&gt;" in answer.text
    assert console.world.get("episodes", "episode-wang").state is EpisodeState.ACTIVE


def test_each_reason_has_its_words(console: Console) -> None:
    page = console.client.get(f"{AT}/change").text
    assert [one for one in END_REASONS if f'<option value="{one}"' not in page] == []


def test_the_follow_up_ends_and_goes_on_from_the_page(console: Console) -> None:
    assert console.post(f"{AT}/end", reason="wish").headers["location"].startswith(AT)
    page = console.client.get(f"{AT}/change").text
    assert f'action="{AT}/resume"' in page
    assert f'action="{AT}/end"' not in page
    assert console.post(f"{AT}/end", reason="wish").status_code == 409
    assert console.post(f"{AT}/resume").status_code == 303
    assert console.world.get("episodes", "episode-wang").state is EpisodeState.ACTIVE


def test_an_open_case_is_shown_with_its_way_to_be_closed(console: Console) -> None:
    console.world.add(a_case(), a_cause())
    answer = console.post(f"{AT}/end", reason="wish")
    assert answer.status_code == 422
    assert "/console/cases/case-1" in answer.text


def test_after_a_transfer_she_is_in_the_other_wards_list(console: Console) -> None:
    answer = console.post(f"{AT}/transfer", ward="cardio", words="房颤")
    assert answer.headers["location"] == "/console/patients?done=transferred"
    assert console.client.get(AT).status_code == 404
    away = console.another_browser()
    away.sign_in("away")
    assert "王秀英" in away.client.get(AT).text
    assert "房颤" in away.client.get("/console/worklist").text

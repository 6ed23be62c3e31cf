"""The pages on which two registrations of one person are compared, merged and read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.staff import StaffRole
from tests import builders as b
from tests.unit.console_desk import Console, a_console

AT = "/console/patients/patient-wang"
WORDS = {
    "en": ("The same person registered twice", "No other patient of your ward has this number."),
    "zh": ("同一人重复登记", "本病区没有其他患者使用这个住院号。"),
}


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def console(tmp_path: Path, language: str) -> Console:
    made = a_console(tmp_path)
    role = StaffRole.CHARGE_NURSE
    made.world.add(b.a_nurse("mei", role=role, language=language, conversation_id=None))
    double = replace(b.a_patient("double", birth_year=1949), name="王秀英<b>")
    made.world.add(double, b.a_contact("double"), b.an_episode("double"), b.a_chat("double"))
    made.sign_in("mei")
    return made


def typed(**over: str) -> dict[str, Any]:
    return {
        "number": "H-double",
        "stays": "patient-wang",
        "year-patient-wang": "1948",
        "year-patient-double": "1949",
        "compared": "yes",
        "keeps": "episode-wang",
        "words": "同一张身份证",
        **over,
    }


def test_both_records_stand_side_by_side_and_what_differs_is_marked(
    console: Console, language: str
) -> None:
    page = console.post(f"{AT}/merge/look", number="H-double").text
    assert WORDS[language][0] in page
    assert "<mark>王秀英&lt;b&gt;</mark>" in page
    assert page.count('type="radio" name="stays"') == 2
    assert console.world.rows("merges") == []


@pytest.mark.parametrize("number", ["H-nobody", "H-wang", ""])
def test_a_number_of_nobody_else_is_told_beside_its_field(
    console: Console, language: str, number: str
) -> None:
    answer = console.post(f"{AT}/merge/look", number=number)
    assert answer.status_code == 422
    assert f'id="w-number">{WORDS[language][1]}' in answer.text


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(console: Console) -> None:
    wrong = typed(**{"year-patient-double": "1948", "keeps": "", "compared": ""})
    answer = console.post(f"{AT}/merge", **wrong)
    assert answer.status_code == 422
    for name in ("w-year-patient-double", "w-keeps", "w-compared"):
        assert f'id="{name}"' in answer.text, name
    assert 'id="w-year-patient-wang"' not in answer.text
    assert "同一张身份证" in answer.text
    assert 'value="patient-wang" checked' in answer.text
    assert console.post(f"{AT}/merge", **typed(stays="")).status_code == 422
    assert console.post(f"{AT}/merge", **typed(stays="patient-x")).status_code == 422
    assert console.world.rows("merges") == []


def test_merged_it_leads_to_the_record_that_stays_and_can_be_read(console: Console) -> None:
    done = console.post(f"{AT}/merge", **typed())
    assert done.headers["location"] == f"{AT}?done=merged"
    old = console.client.get("/console/patients/patient-double")
    assert old.headers["location"] == AT
    (merge,) = console.world.rows("merges")
    assert f"/console/merges/{merge.id}" in console.client.get(AT).text
    page = console.client.get(f"/console/merges/{merge.id}").text
    for word in ("H-wang", "H-double", "1949", "同一张身份证", "Mei"):
        assert word in page, word
    assert console.post(f"{AT}/merge", **typed()).status_code == 409  # pressed twice


UNDONE = {
    "en": ("Make two records again", "Mei made two records of it again"),
    "zh": ("恢复成两条记录", "Mei在"),
}


def test_a_mistake_is_taken_back_from_its_page_with_a_reason(
    console: Console, language: str
) -> None:
    console.world.clock.advance(hours=1)
    console.sign_in("mei")
    console.post(f"{AT}/merge", **typed())
    (merge,) = console.world.rows("merges")
    at = f"/console/merges/{merge.id}"
    assert UNDONE[language][0] in console.client.get(at).text
    refused = console.post(f"{at}/undo", words=" ")
    assert refused.status_code == 422
    assert 'id="w-words"' in refused.text
    done = console.post(f"{at}/undo", words="<i>同名</i>")
    assert done.headers["location"] == f"{at}?done=merge_undone"
    page = console.client.get(at).text
    assert UNDONE[language][1] in page
    assert "&lt;i&gt;同名&lt;/i&gt;" in page
    assert console.post(f"{at}/undo", words="again").status_code == 409
    assert console.client.get("/console/patients/patient-double").status_code == 200


def test_what_cannot_be_taken_back_says_what_to_do_instead(console: Console, language: str) -> None:
    console.post(f"{AT}/merge", **typed())
    (merge,) = console.world.rows("merges")
    console.world.add(b.an_inbound("伤口红", conversation_id="chat-double"))
    at = f"/console/merges/{merge.id}"
    told = {"en": "Take over the chats of both people", "zh": "请马上接管两个人的对话"}
    assert told[language] in console.client.get(at).text
    answer = console.post(f"{at}/undo", words="one of two")
    assert answer.status_code == 422
    assert console.world.get("merges", merge.id).undone_at is None


def test_a_nurse_reads_who_can_take_a_merge_back_and_cannot(console: Console) -> None:
    console.world.clock.advance(hours=1)
    console.sign_in("mei")
    console.post(f"{AT}/merge", **typed())
    (merge,) = console.world.rows("merges")
    at = f"/console/merges/{merge.id}"
    hers = console.another_browser()
    hers.sign_in("chen")
    page = hers.client.get(at).text
    assert "A charge nurse or an administrator can do so." in page
    assert "/undo" not in page
    assert hers.post(f"{at}/undo", words="x").status_code == 403


def test_a_nurse_without_the_permission_is_not_offered_it(console: Console) -> None:
    hers = console.another_browser()
    hers.sign_in("chen")
    assert "/merge/look" not in hers.client.get(f"{AT}/change").text
    assert hers.post(f"{AT}/merge", **typed()).status_code == 403

"""Asking back through the trained engine: a sign that may be over, a question half understood."""

from __future__ import annotations

import pytest

from bot.core.check_in import CheckInState
from bot.core.message import Part
from bot.core.triage_level import TriageLevel
from tests.conversation.hospital import Hospital, Person
from tests.conversation.test_first_check_in import answer_the_rest


@pytest.fixture
def wang(hospital: Hospital) -> Person:
    """Mrs Wang between two check-ins, with a nurse on the rota."""
    hospital.nurse("chen", "first")
    wang = hospital.patient()
    answer_the_rest(wang, hospital)
    assert not hospital.rows("check_ins", state=CheckInState.OPEN)
    wang.unread()
    return wang


def test_a_sign_that_may_be_over_is_asked_about_and_a_nurse_looks_anyway(wang: Person) -> None:
    (asked,) = wang.says("刚才晕了一下，现在好了")
    assert "现在的情况吗" in asked
    assert wang.buttons() == ["现在就有", "以前有，现在没有", "是别人"]
    assert [one.kind for one in wang.hospital.rows("tasks")] == ["look"]
    assert wang.hospital.rows("escalations") == []


def test_now_is_as_grave_as_the_words_are(wang: Person) -> None:
    wang.says("刚才晕了一下，现在好了")
    wang.presses("现在就有")
    (case,) = wang.hospital.rows("escalations")
    assert case.level >= TriageLevel.SAME_DAY
    (cause,) = wang.hospital.rows("causes", escalation_id=case.id)
    assert "晕" in cause.words
    assert wang.hospital.rows("notifications"), "the nurse on the rota was told"


def test_over_leaves_it_on_the_nurses_list_and_says_when_to_write_again(wang: Person) -> None:
    wang.says("刚才晕了一下，现在好了")
    (said,) = wang.presses("以前有，现在没有")
    assert "变重" in said
    assert wang.hospital.rows("escalations") == []
    assert [one.kind for one in wang.hospital.rows("tasks")] == ["look"]


def test_pressing_now_twice_makes_one_case(wang: Person) -> None:
    wang.says("刚才晕了一下，现在好了")
    wang.presses("现在就有")
    wang.presses("现在就有")
    (case,) = wang.hospital.rows("escalations")
    assert case.level >= TriageLevel.SAME_DAY


def test_somebody_elses_sign_gets_the_number_and_a_nurse_looks_too(hospital: Hospital) -> None:
    hospital.nurse("chen", "first")
    wang = hospital.patient()
    wang.unread()
    said = " ".join(wang.says("隔壁邻居突然胸口疼得厉害，喘不上气"))
    assert "120" in said
    assert hospital.rows("escalations") == []
    assert "look" in [one.kind for one in hospital.rows("tasks")], "doubt goes up"


def half_understood(wang: Person) -> str:
    """Of these questions, the first that the model is not sure of."""
    for text in ("那个贴的怎么弄", "那个东西多久一次", "单子上那个怎么办", "那个还要不要紧着弄"):
        said = wang.says(text)
        if any("您是想问" in one for one in said):
            return text
    raise AssertionError("the model is sure of everything: take vaguer questions")


def open_questions(wang: Person) -> list[str]:
    return [one.text for one in wang.hospital.rows("tasks", kind="question", done_at=None)]


def test_a_question_half_understood_is_confirmed_before_it_is_answered(wang: Person) -> None:
    text = half_understood(wang)
    assert wang.buttons() == ["是的", "不是，别的"]
    assert text in open_questions(wang), "whoever does not tap has a nurse"
    (answer,) = wang.presses("是的")
    assert "护理团队的说明" in answer
    assert text not in open_questions(wang)


def test_something_else_leaves_the_first_words_with_a_nurse(wang: Person) -> None:
    text = half_understood(wang)
    (said,) = wang.presses("不是，别的")
    assert "转给护士" in said
    assert open_questions(wang).count(text) == 1


def test_a_button_of_another_chat_is_not_ours(wang: Person, hospital: Hospital) -> None:
    wang.says("刚才晕了一下，现在好了")
    now = next(one for row in wang.inbox[-1].buttons for one in row if one.title == "现在就有")
    stranger = Person(hospital, "stranger")
    hospital.take(stranger, part=Part.BUTTON, button=now.id)
    assert hospital.rows("escalations") == []

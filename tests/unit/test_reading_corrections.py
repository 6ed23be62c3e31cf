"""A correction counts only where a patient plainly takes back her own words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.core.reading import Outcome, Reading, read, read_many
from evaluation.answer_book import QUESTIONS, TODAY, answer_words


def of(question: str, text: str) -> Reading:
    return read(text, QUESTIONS[question], words=answer_words(), today=TODAY)


def among(text: str, asked: str, *answered: str) -> Mapping[str, Reading]:
    """`text` while `asked` is open and the others were answered, the latest last."""
    return read_many(
        text,
        asked=QUESTIONS[asked],
        others=[QUESTIONS[one] for one in answered],
        words=answer_words(),
        today=TODAY,
        answered=frozenset(answered),
    )


@pytest.mark.parametrize(
    ("asked", "earlier", "text"),
    [
        ("temperature", "calf", "all night long, the doctor was wrong, no"),
        ("temperature", "calf", "一晚上，医生说错了，没有"),
        ("temperature", "calf", "医生说错了，不疼"),
        ("temperature", "calf", "sorry, no"),
        ("temperature", "calf", "actually no"),
        ("temperature", "calf", "I got the thermometer, no"),
        ("wound", "calf", "体温计错了，没有"),
        ("temperature", "calf", "you got it wrong, no"),
        ("temperature", "calf", "你搞错了，没有"),
        ("pain_rest", "calf", "rather not, no"),
        ("pain_rest", "calf", "5，医生说小腿错了，没有"),
        ("pain_rest", "temperature", "the nurse got it wrong, 37"),
        ("pain_rest", "temperature", "医生搞错了，37"),
        ("calf", "thinner", "the doctor was wrong, I took it"),
        ("calf", "wound", "the surgeon was wrong, none of these"),
        ("calf", "missed_doses", "the pharmacist was wrong, none"),
    ],
)
def test_somebody_elses_error_changes_no_earlier_answer(
    asked: str, earlier: str, text: str
) -> None:
    got = among(text, asked, earlier)
    assert earlier not in got or not got[earlier].understood


@pytest.mark.parametrize(
    ("asked", "earlier", "text", "value"),
    [
        ("temperature", "calf", "说错了，没有", False),
        ("temperature", "calf", "my mistake, no", False),
        ("pain_rest", "calf", "5，小腿那个我说错了，没有", False),
        ("pain_rest", "calf", "3, and the calf was wrong, no", False),
        ("calf", "temperature", "体温量错了，36.5", 36.5),
        ("calf", "temperature", "no wait 38.5", 38.5),
        ("wound", "pain_rest", "scratch that, 8", 8.0),
        ("calf", "falls", "等等，不对，摔了两次", 2.0),
        ("calf", "wound", "伤口选错了，都没有", ("none",)),
    ],
)
def test_her_own_clear_correction_changes_the_answer_that_it_fits(
    asked: str, earlier: str, text: str, value: object
) -> None:
    found = among(text, asked, earlier)[earlier]
    assert (found.value, found.correction) == (value, True)


@pytest.mark.parametrize(
    ("asked", "earlier", "text"),
    [
        ("breath", "calf", "typo, no"),
        ("breath", "calf", "说错了，没有"),
        ("pain_walk", "pain_rest", "不对，是7"),
    ],
)
def test_a_correction_that_may_as_well_answer_the_question_is_asked_back(
    asked: str, earlier: str, text: str
) -> None:
    got = among(text, asked, earlier)
    assert {key: one.outcome for key, one in got.items()} == {asked: Outcome.ASK_BACK}


def test_only_the_latest_answer_is_taken_back_by_a_bare_no() -> None:
    got = among("说错了，没有", "pain_rest", "calf", "temperature")
    assert not any(one.understood for one in got.values())


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("calf", "all night long, the doctor was wrong, no"),
        ("calf", "医生说错了，没有"),
        ("breath", "the doctor was wrong, no chest pain"),
        ("wound", "none of these, the doctor was wrong"),
        ("pain_rest", "8, the doctor was wrong, 2"),
        ("pain_rest", "医生说错了，6分"),
        ("temperature", "护士记错了，36.5"),
        ("temperature", "38.5, the doctor was wrong, 37"),
        ("walking", "on my own, the physio was wrong"),
        ("thinner_use", "every day, the nurse was wrong"),
        ("stool_date", "the doctor was wrong, yesterday"),
    ],
)
def test_where_somebody_else_was_wrong_the_answer_is_asked_back(question: str, text: str) -> None:
    assert of(question, text).outcome is Outcome.ASK_BACK


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("wound", "渗液，医生说错了，都没有", ("leaking",)),
        ("calf", "疼，医生说错了", True),
    ],
)
def test_a_complaint_is_kept_whoever_was_wrong(question: str, text: str, value: object) -> None:
    assert of(question, text).value == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("pain_rest", "sorry meant 7 not 5", 7.0),
        ("pain_rest", "3 sorry 8", 8.0),
        ("pain_rest", "刚才按错了不是9是2", 2.0),
        ("pain_rest", "3，打错了，8", 8.0),
        ("temperature", "37.2，哦看错了，39.2", 39.2),
        ("temperature", "37.2 oops 39.2", 39.2),
        ("missed_doses", "once. no, twice", 2.0),
        ("weight", "70 no wait 90", 90.0),
        ("stool_date", "昨天，不对，前天", "2025-03-10"),
        ("stool_date", "yesterday no wait monday", "2025-03-10"),
    ],
)
def test_her_own_number_or_day_is_exchanged(question: str, text: str, value: object) -> None:
    found = of(question, text)
    assert (found.value, found.correction) == (value, True)


def test_a_number_taken_back_without_another_is_asked_back() -> None:
    assert of("pain_rest", "3分，不是，我说的是昨天").outcome is Outcome.ASK_BACK


COMFORTS = {
    "calf": ["没有", "不肿", "no", "not swollen"],
    "breath": ["不喘", "no"],
    "wound": ["都没有", "none of these"],
    "pain_rest": ["不疼", "0"],
    "missed_doses": ["没漏", "none"],
    "walking": ["自己走", "on my own"],
}
OTHERS_ERRORS = [
    "医生说错了，{}",
    "一整晚，护士弄错了，{}",
    "体温计错了，{}",
    "我老公说错了，{}",
    "医生不对，{}",
    "the doctor was wrong, {}",
    "all night long, the nurse got it wrong, {}",
    "the machine got mixed up, {}",
]


@pytest.mark.parametrize("frame", OTHERS_ERRORS)
def test_no_comfort_behind_somebody_elses_error_reaches_an_earlier_answer(frame: str) -> None:
    for earlier, said in COMFORTS.items():
        for asked in COMFORTS:
            for one in said if asked != earlier else ():
                got = among(frame.format(one), asked, earlier)
                assert earlier not in got or not got[earlier].understood, (asked, earlier, one)


def test_not_swollen_beside_another_question_takes_nothing_back() -> None:
    assert "calf" not in among("not swollen", "breath", "calf")
    assert among("the calf is not swollen", "breath", "calf")["calf"].value is False

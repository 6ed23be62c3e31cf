"""Medicines told by habit or lapse, how long a thing lasts, and what unsettles a calm answer."""

from __future__ import annotations

import pytest

from bot.core.question import Question
from bot.core.reading import AnswerWords, Outcome, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("有时候忘", "missed"),
        ("sometimes I forget", "missed"),
        ("wife gives me the jab each evening", "as_planned"),
        ("老婆每晚给我打", "as_planned"),
        ("my daughter does it every night", "as_planned"),
        ("the doctor told me to stop", "stopped"),
        ("礼拜天忘了，其他天都打了", "missed"),
    ],
)
def test_a_habit_or_a_lapse_tells_how_a_medicine_is_taken(
    text: str, value: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions["blood_thinner"], words=answer_words).value == value


@pytest.mark.parametrize(
    "text",
    [
        "不是每天都吃",
        "I mean to take it every day",
        "should I take it every day?",
        "what if I forget one",
        "paracetamol every day",
    ],
)
def test_a_doubtful_habit_is_never_taken_for_every_dose(
    text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions["blood_thinner"], words=answer_words).value != "as_planned"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("吐了六个小时了", True),
        ("since yesterday", True),
        ("about two hours", False),
        ("就吐了一次", False),
        ("吐了三次", None),  # says nothing of how long
        ("every 3 hours", None),
        ("2 hours ago", None),
    ],
)
def test_a_duration_answers_how_long_and_the_complaint_alone_does_not(
    text: str, value: bool | None, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions["vomiting_long"], words=answer_words).value is value


@pytest.mark.parametrize("text", ["I haven't taken any", "没吃止痛药"])
def test_a_painkiller_not_taken_says_nothing_of_whether_it_helps(
    text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert not read(text, questions["pain_relief"], words=answer_words).understood


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("vomiting", "felt sick but no vomiting", "nausea"),
        ("vomiting", "有点恶心，没吐", "nausea"),
        ("vomiting", "吃啥吐啥", "cannot_drink"),
        ("bowels", "屁倒是放了，大号还没有", "wind_only"),
        ("leg", "左腿比右腿粗", ("swelling",)),
        ("walking", "good, bit sore", "as_planned"),  # pain goes with any operation
    ],
)
def test_a_complaint_beside_the_denial_of_a_worse_one_is_read(
    name: str, text: str, value: object, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions[name], words=answer_words).value == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bowels", "拉了，纸上红红的"),
        ("mood", "up and down"),
        ("vomiting", "干哕，啥也没吐出来"),
        ("arm_exercises", "I do try"),
        ("helper", "保姆上周走了"),
        ("on_chemo", "finished in March"),
    ],
)
def test_a_calm_answer_with_something_that_unsettles_it_is_asked_back(
    name: str, text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    found = read(text, questions[name], words=answer_words)
    assert found.value in (None, False, "nausea", "bleeding")


@pytest.mark.parametrize(
    ("name", "text"), [("temperature", "家里没体温计"), ("weight", "no scales")]
)
def test_nobody_without_a_meter_is_asked_for_the_number_again(
    name: str, text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert read(text, questions[name], words=answer_words).outcome is Outcome.DONT_KNOW

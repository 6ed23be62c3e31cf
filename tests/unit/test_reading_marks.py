"""Numbers of another moment, position or person, and answers that were taken back."""

from __future__ import annotations

import pytest

from bot.core.reading import Outcome, Reading, read
from evaluation.answer_book import QUESTIONS, TODAY, answer_words


def of(question: str, text: str) -> Reading:
    return read(text, QUESTIONS[question], words=answer_words(), today=TODAY)


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("pain_rest", "周一8分，今天3分", 3.0),
        ("pain_rest", "it was 9 two days ago but 4 now", 4.0),
        ("glucose", "昨晚12.1，这会儿8.4", 8.4),
        ("weight", "83 last week, 81.5 today", 81.5),
        ("sats", "at first 88, now 96", 96.0),
    ],
)
def test_a_number_said_of_now_counts_before_one_said_of_before(
    question: str, text: str, value: float
) -> None:
    assert of(question, text).value == value


@pytest.mark.parametrize(
    "text", ["7 before lunch, 4", "7分，早上4分", "2 now but was 7 an hour ago"]
)
def test_the_worse_number_counts_when_no_moment_is_plainly_now(text: str) -> None:
    assert of("pain_rest", text).value == 7.0


def test_a_fever_of_last_night_is_not_replaced_by_a_low_number_of_now() -> None:
    assert of("temperature", "昨晚38.8，现在36.9").value == 38.8


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("pain_rest", "lying 2, up 6", 2.0),
        ("pain_walk", "lying 2, up 6", 6.0),
        ("pain_rest", "坐着3分，下床7分", 3.0),
        ("pain_walk", "躺着6分走路3分", 3.0),
        ("pain_walk", "5 at rest but only 4 on the stairs", 4.0),
    ],
)
def test_the_number_of_the_asked_position_counts(question: str, text: str, value: float) -> None:
    assert of(question, text).value == value


def test_a_number_of_another_position_alone_is_not_taken_for_less() -> None:
    assert of("pain_rest", "no pain when still but 6 when i turn over").value == 6.0


def test_the_number_of_somebody_else_is_left_out_or_asked_back() -> None:
    assert of("pain_rest", "my neighbour had an 8, mine is 3").value == 3.0
    assert of("pain_rest", "邻床说她8分").outcome is Outcome.ASK_BACK


@pytest.mark.parametrize("text", ["0, but it hurts a lot", "0分，还是疼", "0 only when it aches"])
def test_a_zero_beside_a_complaint_is_asked_back(text: str) -> None:
    assert of("pain_rest", text).outcome is Outcome.ASK_BACK


def test_a_zero_for_now_beside_a_complaint_of_before_or_of_walking_stands() -> None:
    assert of("pain_rest", "0, hurts when I walk").value == 0.0
    assert of("falls", "0, I fell before the op").value == 0.0


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("weight", "11 stone 4", 71.7),
        ("weight", "12st 7lb", 79.4),
        ("weight", "ten stone and 3 pounds", 64.9),
        ("sats", "SpO2 97", 97.0),
        ("pain_rest", "seven outta ten", 7.0),
        ("pain_rest", "3 晚上能睡", 3.0),
        ("pain_rest", "4 once I lie down, or five once I sit", 5.0),
        ("falls", "three times, twice in the bath and once outside", 3.0),
        ("missed_doses", "once. no, three times", 3.0),
    ],
)
def test_units_scales_and_sums_are_read_as_they_are_said(
    question: str, text: str, value: float
) -> None:
    assert of(question, text).value == value


@pytest.mark.parametrize(
    "text", ["昨天吃了", "took it yesterday", "吃了降压药", "took my antibiotic"]
)
def test_another_day_or_another_medicine_is_no_yes(text: str) -> None:
    assert not of("thinner", text).understood


def test_the_asked_medicine_beside_another_one_is_a_yes() -> None:
    assert of("thinner", "降压药和抗凝药都吃了").value is True


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("thinner", "没吃。说错了，吃了", True),
        ("thinner", "没吃 说错了 吃了", True),
        ("calf", "no, oh no, I misread it, yes swelling", True),
        ("walking", "in bed, no wait, alone", "alone"),
        ("wound", "渗液，哦不对，是红", ("redness",)),
    ],
)
def test_what_follows_a_clear_correction_counts_alone(
    question: str, text: str, value: object
) -> None:
    reading = of(question, text)
    assert reading.value == value
    assert reading.correction


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("wound", "渗液，哦不对，没有"),
        ("wound", "redness, sorry wrong, none"),
        ("wound", "yes a lot, no wait, none of these"),
        ("wound", "threw off the dressing, scratch that, none"),
        ("calf", "yes, oh no, I misread it, no swelling"),
        ("calf", "yes, no wait, no, sorry, typo, no"),
        ("calf", "有，说错了，没有"),
    ],
)
def test_a_complaint_that_is_taken_back_altogether_is_asked_back(question: str, text: str) -> None:
    assert of(question, text).outcome is Outcome.ASK_BACK


@pytest.mark.parametrize(
    "text",
    [
        "yes all night, the doctor was wrong, no fever",
        "yes, the doctor was wrong, no redness",
        "yes, more than there should have been, no blood though",
        "yes, the nurse got it wrong, none",
        "有，很多，上次护士弄错了，没有发烧",
        "红，护士弄错了，都没有",
    ],
)
@pytest.mark.parametrize("question", ["wound", "calf"])
def test_somebody_else_who_was_wrong_takes_no_complaint_back(question: str, text: str) -> None:
    assert of(question, text).value not in (False, ("none",))


def test_a_deed_or_an_option_is_not_exchanged_where_somebody_else_was_wrong() -> None:
    assert of("thinner", "没吃，上次护士弄错了，吃了").outcome is Outcome.ASK_BACK
    assert of("walking", "in bed, the nurse was wrong, alone").outcome is Outcome.ASK_BACK


@pytest.mark.parametrize(
    "text", ["刚才说错了，没有", "sorry typo, no", "no, oops, no", "没有，护士弄错了，没有"]
)
def test_a_no_beside_a_correction_stands_when_no_complaint_was_before_it(text: str) -> None:
    assert of("calf", text).value is False


def test_a_correction_that_is_not_understood_is_asked_back() -> None:
    assert of("wound", "Redness. My mistake, the iodine").outcome is Outcome.ASK_BACK


@pytest.mark.parametrize("text", ["明天", "tomorrow I hope", "后天吧"])
def test_the_last_time_is_never_in_the_future(text: str) -> None:
    assert of("stool_date", text).value is None


@pytest.mark.parametrize(
    "text", ["can I have a discharge letter", "能不能给我开点药", "could I bleed"]
)
def test_a_request_is_no_complaint(text: str) -> None:
    assert not of("calf", text).understood


def test_other_words_for_a_complaint_choose_its_option() -> None:
    assert of("wound", "weeping through the gauze, and a whiff").value == ("leaking", "smell")
    assert of("wound", "没有怪味").value != ("smell",)


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("pain_rest", "躺喺度有三分", 3.0),
        ("calf", "冇", False),
        ("calf", "有啲腫", True),
        ("stool_date", "琴日", "2025-03-11"),
    ],
)
def test_written_cantonese_is_read(question: str, text: str, value: object) -> None:
    assert of(question, text).value == value


def test_thinking_so_is_no_certainty_about_a_comfort() -> None:
    assert not of("calf", "I don't think so").understood
    assert not of("thinner", "I think so").understood
    assert of("calf", "I think so").value is True


def test_how_another_medicine_was_taken_chooses_nothing() -> None:
    assert not of("thinner_use", "took paracetamol every day").understood
    assert not of("thinner_use", "降压药天天吃").understood


def test_a_fever_before_the_tablets_is_not_lost_behind_the_number_after_them() -> None:
    assert of("temperature", "吃药前38.5吃药后37.2").value == 38.5


@pytest.mark.parametrize(
    ("text", "value"), [("昨天没吃，今天吃了", True), ("took it yesterday, missed it today", False)]
)
def test_the_deed_of_today_counts_beside_one_of_yesterday(text: str, value: bool) -> None:
    assert of("thinner", text).value is value


def test_a_yes_beside_another_day_is_asked_back() -> None:
    assert of("thinner", "yes, took it yesterday").outcome is Outcome.ASK_BACK


@pytest.mark.parametrize("text", ["swollen, i mean no big deal", "有点肿，我是说没有很大"])
def test_an_explanation_takes_no_complaint_back(text: str) -> None:
    assert of("calf", text).value is not False

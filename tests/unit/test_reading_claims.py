"""Only what a patient claims of herself, of now and in earnest is an answer."""

from __future__ import annotations

import pytest

from bot.core.reading import Outcome, Reading, read
from evaluation.answer_book import QUESTIONS, TODAY, answer_words, lines


def of(question: str, text: str) -> Reading:
    return read(text, QUESTIONS[question], words=answer_words(), today=TODAY)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("pain_rest", "要是0分就好了"),
        ("pain_rest", "wish it was 0"),
        ("pain_rest", "I'd love to say 0"),
        ("temperature", "如果到了38.5怎么办"),
        ("weight", "医生说要减到60公斤"),
        ("weight", "I want to be 60"),
        ("thinner_use", "希望能按时"),
        ("walking", "tomorrow by myself"),
        ("calf", "但愿不肿"),
        ("stool_date", "本来昨天该拉的"),
    ],
)
def test_a_wish_or_a_plan_is_no_answer(question: str, text: str) -> None:
    assert not of(question, text).understood


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("pain_rest", "0 if I take more"),
        ("falls", "no falls, unless you count the stairs"),
        ("wound", "dry if I don't move"),
        ("calf", "没有，除非走路"),
        ("thinner", "yes, when I remember"),
    ],
)
def test_a_comfort_under_a_condition_is_asked_back(question: str, text: str) -> None:
    assert not of(question, text).understood


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("pain_rest", "0分才怪"),
        ("pain_rest", "no pain, said nobody ever"),
        ("pain_rest", "0 (not)"),
        ("calf", "yes jk no"),
        ("calf", "有，骗你的，没有"),
        ("calf", "swollen... not"),
        ("mood", "没有才怪"),
        ("thinner", "吃了，骗你的"),
    ],
)
def test_a_joke_is_asked_back(question: str, text: str) -> None:
    assert not of(question, text).understood


@pytest.mark.parametrize("text", ["不骗你，真的肿", "肿，不是开玩笑"])
def test_an_assurance_is_no_joke(text: str) -> None:
    assert of("calf", text).value is True


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("pain_rest", "the doctor said 2"),
        ("calf", "医生说不肿"),
        ("walking", "医生说可以自己走了"),
        ("thinner_use", "医生让天天吃"),
        ("sats", "98 usually"),
        ("temperature", "正常人都是36.5"),
        ("temperature", "it's 37 degrees outside"),
        ("temperature", "37，体温计坏了"),
        ("weight", "出院时70公斤"),
        ("weight", "70 or 80"),
    ],
)
def test_an_opinion_or_another_measurement_is_asked_back(question: str, text: str) -> None:
    assert not of(question, text).understood


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("pain_rest", "医生说应该2分，可我觉得6分", 6.0),
        ("weight", "出院时70公斤，现在72", 72.0),
        ("pain_rest", "如果满分10分，我打7分", 7.0),
        ("pain_rest", "主要是疼，5分", 5.0),
        ("calf", "没有，医生说恢复得不错", False),
        ("calf", "我觉得肿，医生说没事", True),
    ],
)
def test_her_own_claim_beside_it_counts(question: str, text: str, value: object) -> None:
    assert of(question, text).value == value


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("calf", "没有一天不疼"),
        ("calf", "there's no day it doesn't hurt"),
        ("calf", "it's not that it isn't swollen"),
        ("calf", "no longer no"),
        ("missed_doses", "没有一天不漏"),
        ("mood", "没有一天不难受"),
        ("mood", "never happy"),
        ("pain_rest", "never 0"),
        ("pain_rest", "anything but 0"),
        ("stool_date", "昨天没拉"),
        ("stool_date", "not yesterday"),
        ("walking", "自己走不了"),
        ("walking", "I live alone"),
    ],
)
def test_a_denial_that_is_turned_round_is_no_comfort(question: str, text: str) -> None:
    assert not of(question, text).understood


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("wound", "no\nredness"),
        ("calf", "it was... not\nswollen"),
        ("calf", "I... had no\nswelling"),
        ("pain_rest", "I... had no\npain"),
        ("calf", "n/a"),
        ("calf", "no 😭"),
        ("calf", "👍"),
        ("calf", "有/没有"),
        ("pain_rest", ">6"),
        ("pain_rest", "&gt;6"),
        ("pain_rest", "0-10"),
        ("pain_rest", "on a scale of 0 to 10"),
        ("temperature", "38.5.1"),
    ],
)
def test_a_form_that_may_be_read_two_ways_is_asked_back(question: str, text: str) -> None:
    assert not of(question, text).understood


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("calf", "no&nbsp;swelling", False),
        ("calf", "no p\u0430in", False),
        ("pain_rest", "five<br>", 5.0),
        ("pain_rest", "❼", 7.0),
        ("pain_rest", "3…8", 8.0),
        ("temperature", "a fevér of 38.5", 38.5),
        ("calf", "（没有）", False),
        ("calf", "“没有”~", False),
        ("calf", "没有👌", False),
        ("calf", "no 👍", False),
    ],
)
def test_a_form_that_looks_plain_to_the_eye_is_read(
    question: str, text: str, value: object
) -> None:
    assert of(question, text).value == value


def test_a_yes_of_another_moment_speaks_against_a_no() -> None:
    assert of("calf", "现在没有，刚才有").outcome is Outcome.ASK_BACK


def test_a_worse_number_that_nobody_can_be_sure_of_is_asked_back() -> None:
    assert of("pain_rest", "2 on tablets 8 off").outcome is Outcome.ASK_BACK


FRAMES = {
    "zh": ["要是{}就好了", "医生说{}", "{}才怪", "谁说{}", "{}，骗你的", "假装{}", "{}，除非吃药"],
    "en": ["I wish {}", "the doctor said {}", "{}, just kidding", "who says {}", "{}... not"],
}
COMFORT = (False, 0.0, ("none",), "not_at_all", "alone", "as_planned")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_comfort_is_left_when_it_is_wished_doubted_or_joked_about(language: str) -> None:
    """A yes or no of its own behind a comma still counts: "希望嗯，不疼"."""
    told = [
        one
        for one in lines(language, "dev")
        if one.question != "thinner"  # where a no is no comfort
        and not one.expected.startswith("?")
        and of(one.question, one.text).value in COMFORT
    ][:80]
    framed = [(one.question, frame.format(one.text)) for one in told for frame in FRAMES[language]]
    stored = [pair for pair in framed if of(*pair).value in COMFORT]
    assert len(told) == 80
    assert len(stored) <= 0.02 * len(framed), stored

"""Reading one answer: what is understood, and what must never be."""

from __future__ import annotations

import pytest

from bot.core.question import Kind, Option, Question
from bot.core.reading import Outcome, Reading, parse_line, read
from bot.core.words import Words
from evaluation.answer_book import QUESTIONS, TODAY, answer_words


def of(question: str, text: str) -> Reading:
    return read(text, QUESTIONS[question], words=answer_words(), today=TODAY)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("大概五六分吧", 6.0),
        ("满分十分的话大概六分", 6.0),
        ("７／１０", 7.0),
        ("七分", 7.0),
        ("a 7 maybe 8", 8.0),
        ("not too bad, 3ish", 3.0),
        ("took 2 paracetamol, pain 6", 6.0),
        ("第三天，疼5分", 5.0),
    ],
)
def test_pain_in_digits_words_and_ranges_takes_the_higher_end(text: str, value: float) -> None:
    assert of("pain_rest", text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("38度2", 38.2),
        ("三十八度六", 38.6),
        ("38°2", 38.2),
        ("100.9 F", 38.3),
        ("101", 38.3),
        ("37.8℃", 37.8),
        ("thirty eight point five", 38.5),
    ],
)
def test_a_temperature_is_celsius_or_fahrenheit_by_unit_or_size(text: str, value: float) -> None:
    reading = of("temperature", text)
    assert (reading.value, reading.unit) == (value, "Cel")


@pytest.mark.parametrize("text", ["normal", "正常", "没发烧", "no fever", "fine"])
def test_a_normal_temperature_without_a_number_is_never_a_number(text: str) -> None:
    assert not of("temperature", text).understood


@pytest.mark.parametrize(("text", "meant"), [("385", 38.5), ("3.85", 38.5), ("83", 38.0)])
def test_an_impossible_temperature_is_asked_back_with_what_may_be_meant(
    text: str, meant: float
) -> None:
    reading = of("temperature", text)
    assert reading.outcome is Outcome.ASK_BACK
    assert meant in reading.candidates


def test_of_two_temperatures_the_worse_counts_and_both_are_shown() -> None:
    reading = of("temperature", "38.9 last night, 37.2 now")
    assert reading.value == 38.9
    assert reading.candidates == (38.9, 37.2)
    assert reading.span == "38.9"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("pain_rest", "体温37.2"),
        ("pain_rest", "took 2 paracetamol"),
        ("pain_rest", "day 3"),
        ("pain_rest", "吃了两片"),
        ("temperature", "疼5分"),
        ("temperature", "pulse 98"),
        ("missed_doses", "三十七度"),
        ("weight", "temp 36.8"),
        ("missed_doses", "I take 2 a day"),
        ("glucose", "心率80"),
    ],
)
def test_a_number_with_another_unit_or_subject_answers_nothing(question: str, text: str) -> None:
    assert not of(question, text).understood


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("不知道", Outcome.DONT_KNOW),
        ("not sure", Outcome.DONT_KNOW),
        ("晚点再说", Outcome.LATER),
        ("I'm busy", Outcome.LATER),
        ("问这个干嘛", Outcome.WHY),
        ("why do you ask?", Outcome.WHY),
        ("不想说", Outcome.REFUSED),
        ("I'd rather not say", Outcome.REFUSED),
    ],
)
@pytest.mark.parametrize("question", ["pain_rest", "calf", "wound", "temperature", "falls"])
def test_not_answering_is_heard_for_what_it_is(question: str, text: str, outcome: Outcome) -> None:
    reading = of(question, text)
    assert reading.outcome is outcome
    assert reading.value is None


@pytest.mark.parametrize(
    "text",
    [
        "是的没有",
        "yes and no",
        "no but it's numb",
        "没有，就是有点麻",
        "no feeling in my calf",
        "没知觉",
        "I'm not well",
        "not very",
        "fine",
        "还行",
        "no, wait, yes",
    ],
)
def test_a_no_with_a_but_or_a_double_meaning_is_never_a_no(text: str) -> None:
    assert of("calf", text).outcome in (Outcome.ASK_BACK, Outcome.NOT_UNDERSTOOD)


@pytest.mark.parametrize("text", ["有一点", "a little bit", "有点肿", "yeah a bit", "slightly"])
def test_a_little_is_yes(text: str) -> None:
    assert of("calf", text).value is True


def test_what_is_leaking_is_heard_behind_a_list_of_denials() -> None:
    assert of("wound", "不红不热, 就是有点渗液").value == ("leaking",)
    assert of("wound", "no redness but leaking").value == ("leaking",)


@pytest.mark.parametrize(
    "text",
    [
        "没有红肿，但是黄黄的",
        "no redness, but it itches",
        "not very red",
        "fine",
        "没看",
        "looks good but smells odd",
        "会不会裂开啊",
    ],
)
def test_none_of_these_needs_certainty(text: str) -> None:
    assert of("wound", text).value != ("none",)


@pytest.mark.parametrize("text", ["改一下，是38.5", "no wait 38.5", "sorry, 38.5 not 37.5"])
def test_a_correction_is_marked_and_the_new_value_counts(text: str) -> None:
    reading = of("temperature", text)
    assert reading.value == 38.5
    assert reading.correction


def test_painkillers_that_help_are_not_read_from_the_word_pain() -> None:
    question = Question(
        id="pain_relief",
        kind=Kind.YES_NO,
        ask=Words({"zh": "吃了药疼会减轻吗？", "en": "Do the tablets take the pain down?"}),
        code="pain_relief",
    )
    for text in ("疼", "it hurts", "还是很疼", "still painful"):
        assert read(text, question, words=answer_words()).value is not True


def test_a_tapped_button_is_an_exact_answer() -> None:
    assert of("wound", "Bad smell").value == ("smell",)
    assert of("walking", "下不了床").value == "bed"


def test_a_yes_button_with_its_own_words_is_heard() -> None:
    yes = Option("yes", Words({"zh": "会消", "en": "It goes down"}), {"zh": ("消了",)})
    no = Option("no", Words({"zh": "不消", "en": "It stays"}), {"en": ("still swollen",)})
    question = Question(
        id="leg_raised",
        kind=Kind.YES_NO,
        ask=Words({"zh": "抬高后肿会消吗？", "en": "Does the swelling go down?"}),
        code="leg_raised",
        options=(yes, no),
    )
    said = {"会消": True, "It stays": False, "still swollen": False, "没有消": None, "肿": None}
    for text, value in said.items():
        assert read(text, question, words=answer_words()).value is value


def test_a_story_is_no_answer() -> None:
    assert of("pain_rest", "5 " * 2000).outcome is Outcome.NOT_UNDERSTOOD


def test_own_words_are_kept_as_they_are() -> None:
    assert of("note", " 这两天睡不好 ").value == "这两天睡不好"


def test_the_span_is_cut_from_the_very_words() -> None:
    assert of("temperature", "護士您好，體溫３８．５度").span == "３８．５度"


def test_a_line_for_the_command_line_has_no_value_unless_understood() -> None:
    words = answer_words()
    assert parse_line("38度2", QUESTIONS["temperature"], words) == {
        "text": "38度2",
        "value": 38.2,
        "unit": "Cel",
        "understood": True,
    }
    assert parse_line("有点热", QUESTIONS["temperature"], words)["value"] is None
    assert parse_line("红肿", QUESTIONS["wound"], words)["value"] == ["redness", "swelling"]

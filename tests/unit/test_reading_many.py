"""Reading one message as answers to several questions, and corrections of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.core.reading import Outcome, Reading, read_many
from evaluation.answer_book import OUTCOMES, QUESTIONS, TODAY, answer_words, is_right, lines, many


def of(
    text: str, asked: str, *others: str, answered: str = "", language: str = "en"
) -> Mapping[str, Reading]:
    return read_many(
        text,
        asked=QUESTIONS[asked],
        others=[QUESTIONS[one] for one in others],
        words=answer_words(),
        language=language,
        today=TODAY,
        answered=frozenset(filter(None, answered.split(","))),
    )


@pytest.mark.parametrize("row", list(many("dev")), ids=lambda row: row["text"])
def test_every_message_of_the_dev_part_is_read_right(row: dict[str, str]) -> None:
    got = of(
        row["text"], row["asked"], *filter(None, row["others"].split(",")), answered=row["answered"]
    )
    wanted = dict(one.split("=", 1) for one in row["expected"].split(";"))
    assert {key for key, one in got.items() if one.outcome is not Outcome.NOT_UNDERSTOOD} == set(
        wanted
    )
    for key, expected in wanted.items():
        plain = expected.rstrip("!")
        assert is_right(got[key], plain, QUESTIONS[key].kind)
        assert got[key].correction or plain in OUTCOMES or plain == expected


def test_the_asked_question_is_left_out_when_the_message_was_about_another() -> None:
    assert set(of("体温38.5", "wound", "temperature")) == {"temperature"}


def test_nothing_understood_is_reported_for_the_asked_question_only() -> None:
    got = of("哈哈哈", "pain_rest", "temperature", "calf")
    assert {key: one.outcome for key, one in got.items()} == {"pain_rest": Outcome.NOT_UNDERSTOOD}


def test_a_new_value_for_an_answered_question_is_a_correction() -> None:
    got = of("5，体温其实38.2", "pain_rest", "temperature", answered="temperature")
    assert got["temperature"].correction
    assert got["temperature"].value == 38.2
    assert not got["pain_rest"].correction


def test_a_denial_of_one_sign_says_nothing_of_another_question() -> None:
    assert "wound" not in of("小腿不疼", "calf", "wound")


def test_a_plain_no_answers_only_what_was_asked() -> None:
    assert set(of("没有", "calf", "wound", "breath", "falls")) == {"calf"}


def test_each_span_holds_the_words_of_its_own_question() -> None:
    got = of("no calf pain but the wound is a bit wet", "calf", "wound")
    assert got["calf"].span == "no calf pain"
    assert "wet" in got["wound"].span
    assert "calf" not in got["wound"].span


@pytest.mark.parametrize("language", ["zh", "en"])
def test_questions_open_beside_it_never_spoil_the_answer_to_the_asked_one(language: str) -> None:
    everything = [one for one in QUESTIONS if one != "thinner_use"]
    for line in lines(language, "dev"):
        got = of(line.text, line.question, *everything, language=language)
        kind = QUESTIONS[line.question].kind
        mine = got.get(line.question)
        if mine is None:  # the message was about another question, and that one heard it
            assert any(one.understood for one in got.values())
        else:
            assert is_right(mine, line.expected, kind), line.text


def test_a_worry_that_no_question_takes_is_seen_by_the_asked_one() -> None:
    got = of("没有，不过走路有点瘸", "calf", "pain_walk")
    assert not got["calf"].understood


def test_a_bare_number_is_not_handed_to_a_question_nobody_asked() -> None:
    assert set(of("126", "glucose", "weight")) == {"glucose"}
    assert set(of("had 2 codeine", "pain_rest", "missed_doses")) == {"pain_rest"}

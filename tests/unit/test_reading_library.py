"""Jokes, wishes and turned denials at the questions that the library really asks."""

from __future__ import annotations

import pytest

from bot.core.question import Question
from bot.core.reading import AnswerWords, Reading, read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("danger", "医生说错了，没有"),
        ("danger", "但愿没有"),
        ("danger", "the doctor says none of these"),
        ("leg", "没有一天不肿"),
        ("leg", "none, unless I stand"),
        ("mood", "还不错才怪"),
        ("mood", "要是还不错就好了"),
        ("mood", "不能说还不错"),
        ("mood", "anything but good"),
        ("mood", "good grief"),
        ("vomiting", "没有东西可吐了"),
        ("vomiting", "没有胃口"),
        ("urine", "希望能尿出来"),
        ("urine", "wish it was fine"),
        ("waking", "说不清楚话"),
        ("waking", "clear as mud"),
        ("swallowing", "没有不呛的时候"),
        ("swallowing", "哪顿不呛"),
        ("brain_tablets", "应该按时吃了吧"),
        ("brain_tablets", "想按时吃可是吐了"),
        ("brain_tablets", "supposed to be on time"),
        ("dark_thoughts", "没有希望了"),
        ("dark_thoughts", "没有人在乎"),
        ("dark_thoughts", "no one would miss me"),
        ("dark_thoughts", "no point any more"),
        ("dark_thoughts", "不想说没有，开玩笑的"),
        ("heartbeat", "steady? no"),
        ("eye_pain", "怎么会不疼"),
        ("eating", "eating fine in my dreams"),
        ("arm_exercises", "应该做了吧"),
        ("adult_present", "要是有大人陪就好了"),
        ("fall", "fell asleep"),
    ],
)
def test_what_is_not_claimed_is_not_stored(
    name: str, text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> None:
    assert not _read(name, text, questions, answer_words).understood


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("danger", "没有胸痛，没有喘，没有发抖", ("none",)),
        ("danger", "没有，就是偶尔胸闷", ("chest_pain",)),
        ("danger", "昨晚胸痛，现在没有", ("chest_pain",)),
        ("mood", "挺好的，睡得香", "good"),
        ("mood", "not good", "low"),
        ("urine", "能尿出来", "fine"),
        ("waking", "clear", "clear"),
        ("dark_thoughts", "没有", "none"),
        ("brain_tablets", "taken on time", "as_planned"),
        ("helper", "没有", False),
        ("mouth", "一口没吃", False),
        ("fall", "no falls", False),
    ],
)
def test_what_is_claimed_is_stored(
    name: str,
    text: str,
    value: object,
    questions: dict[str, Question],
    answer_words: AnswerWords,
) -> None:
    assert _read(name, text, questions, answer_words).value == value


def _read(
    name: str, text: str, questions: dict[str, Question], answer_words: AnswerWords
) -> Reading:
    return read(text, questions[name], words=answer_words)

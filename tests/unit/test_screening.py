"""Screening: operation and day, fragments, whose words, and why it says so."""

from __future__ import annotations

import pytest

from bot.core.screening import Lexicons, screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return load_lexicons(corpus.LEXICON)


def test_look_alikes_and_others_are_not_even_asked_about(lexicons: Lexicons) -> None:
    asked = [
        phrase.text
        for phrase in corpus.phrases()
        if phrase.kind in ("none", "other") and screen(phrase.text, lexicons=lexicons).ask
    ]
    assert asked == []


def test_a_hard_positive_reaches_its_level(lexicons: Lexicons) -> None:
    for phrase in corpus.phrases():
        if phrase.kind == "hard":
            assert screen(phrase.text, lexicons=lexicons).level >= phrase.level, phrase.text


def test_a_red_flag_explains_itself_with_the_very_words(lexicons: Lexicons) -> None:
    found = screen("Hi! My CALF is swollen and hot, is that normal?", lexicons=lexicons)
    flag = next(flag for flag in found.red_flags if flag.code == "calf_dvt")
    assert flag.span == "CALF is swollen"
    assert "now, not denied" in flag.why.say("en")
    assert "WEISS" in flag.why.say("en")


def test_reasons_are_there_for_readers_of_either_language(lexicons: Lexicons) -> None:
    why = screen("my calf is swollen and hot", lexicons=lexicons).red_flags[0].why
    assert "小腿" in why.say("zh")
    assert "calf" in why.say("en")


def test_another_persons_emergency_keeps_its_sign(lexicons: Lexicons) -> None:
    found = screen("my husband says he has chest pain right now", lexicons=lexicons)
    assert found.another_person
    assert found.level is TriageLevel.ROUTINE
    assert not found.ask
    assert "chest_pain" in [flag.code for flag in found.red_flags]


@pytest.mark.parametrize(
    ("text", "procedure", "day", "level"),
    [
        ("一丝鲜血，有血", "tonsillectomy_child", 5, "emergency"),
        ("吐了一口血丝", "tonsillectomy_child", 6, "same_day"),
        ("视力模糊", "cataract", 2, "emergency"),
        ("视力模糊", "hip_knee_replacement", 2, "same_day"),
        ("no stool for 3 days", "appendectomy_hernia", 3, "within_48_hours"),
        ("gained 3 lb in two days", "cardiac_surgery_cabg", 8, "same_day"),
        ("眼睛有点磨", "cataract", 2, "self_care"),
        ("眼睛有点磨", "cataract", 6, "same_day"),
        ("the puncture site is bleeding", "pci", 1, "emergency"),
        ("伤口有黄色渗液", "spine_surgery", 6, "same_day"),
        ("severe headache", "caesarean", 6, "emergency"),
        ("脖子越来越紧", "thyroidectomy", 1, "emergency"),
    ],
)
def test_the_level_depends_on_the_operation_and_the_day(
    text: str, procedure: str, day: int, level: str, lexicons: Lexicons
) -> None:
    found = screen(text, lexicons=lexicons, procedure=procedure, day=day)
    assert found.level.word == level


@pytest.mark.parametrize(
    ("recent", "text", "level"),
    [
        (("小腿肿", "两天多"), "39.2度", "same_day"),
        (("小腿肿",), "喘不上气", "emergency"),
        (("胸口",), "很疼", "emergency"),
        (("my calf",), "swollen and hot", "same_day"),
        (("发烧39度",), "人迷迷糊糊的", "emergency"),
    ],
)
def test_fragments_combine_with_the_messages_before(
    recent: tuple[str, ...], text: str, level: str, lexicons: Lexicons
) -> None:
    assert screen(text, lexicons=lexicons, recent=recent).level.word == level


def test_an_old_red_flag_is_not_raised_again_by_the_next_message(lexicons: Lexicons) -> None:
    found = screen("好的，谢谢", lexicons=lexicons, recent=("我喘不上气",))
    assert found.level is TriageLevel.ROUTINE
    assert not found.red_flags


def test_suicidal_talk_always_reaches_a_human(lexicons: Lexicons) -> None:
    for text in (
        "what if someone feels suicidal, who do they call?",
        "after the diagnosis last year I thought about ending it, I'm better now",
        "去年确诊时想过死,现在想开了",
        "要是有人想自杀该打哪个电话",
    ):
        found = screen(text, lexicons=lexicons)
        assert found.level.needs_nurse or found.ask, text


@pytest.mark.parametrize("text", ["疼5分", "38.2", "没有", "3", "about four", "36.6", "吃了", "no"])
def test_a_bare_answer_is_not_taken_for_an_emergency(text: str, lexicons: Lexicons) -> None:
    assert screen(text, lexicons=lexicons).level < TriageLevel.EMERGENCY


def test_the_same_message_gives_the_same_screening(lexicons: Lexicons) -> None:
    text = "刀口渗血，头晕，38.6度"
    again = load_lexicons(corpus.LEXICON)
    assert screen(text, lexicons=lexicons) == screen(text, lexicons=again)

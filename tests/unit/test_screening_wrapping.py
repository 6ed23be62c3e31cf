"""Screening and what is wrapped around a message: courtesies, line breaks, dots, disguises."""

from __future__ import annotations

import pytest

from bot.core.screening import screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus
from evaluation.corpus import Message

LEXICONS = load_lexicons(corpus.LEXICON)
EVERY = 37  # of the messages of others, so many apart: enough to tell, and quick
BEFORE = {
    "zh": (
        "您好，",
        "护士您好，不好意思打扰了。",
        "大夫您好，我想问一下您，",
        "早上好！",
        "我老婆说，",
    ),
    "en": (
        "Hello, ",
        "Hi nurse, sorry to bother you. ",
        "Good morning. Hope you are well. ",
        "Dear nurse, thank you for your message. ",
    ),
}
AFTER = {
    "zh": ("。谢谢您的帮助！", "，麻烦您了", "。祝您工作顺利"),
    "en": (". Thank you so much", ". Many thanks, kind regards", ". Have a lovely day"),
}
EMERGENCIES = [
    one
    for one in corpus.phrases("positive", "hard")
    if one.level is TriageLevel.EMERGENCY or one.kind == "hard"
]


def _level(text: str) -> TriageLevel:
    return screen(text, lexicons=LEXICONS).level


def _some(language: str, label: str) -> list[Message]:
    told = corpus.screening(language, "train", "dev", first=False)
    return [one for one in told if one.label == label][::EVERY]


@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_courtesies_lower_no_emergency_of_any_hand(language: str) -> None:
    for one in _some(language, "emergency"):
        if _level(one.text) is not TriageLevel.EMERGENCY:
            continue
        for before in BEFORE[language]:
            assert _level(before + one.text) is TriageLevel.EMERGENCY, before + one.text
        for after in AFTER[language]:
            text = one.text.rstrip("。.!！?？ ") + after
            assert _level(text) is TriageLevel.EMERGENCY, text


@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_courtesies_make_no_routine_message_an_emergency(language: str) -> None:
    for one in _some(language, "routine"):
        if _level(one.text) is TriageLevel.EMERGENCY:
            continue
        wrapped = [before + one.text for before in BEFORE[language] if "老婆" not in before]
        wrapped += [one.text + after for after in AFTER[language]]
        for text in wrapped:
            assert _level(text) is not TriageLevel.EMERGENCY, text


@pytest.mark.parametrize(
    "text",
    [
        "我老婆说今天中午吃的面条很好吃",
        "我老婆说阳台上的花开了",
        "my wife says the roses are out now",
    ],
)
def test_who_passes_it_on_is_no_danger(text: str) -> None:
    assert not _level(text).needs_nurse


@pytest.mark.parametrize(
    "text", ["就是指夹血氧84", "您好，就是指夹血氧84，谢谢", "Hi, sats 84, thanks"]
)
def test_a_low_oxygen_is_seen_behind_little_words(text: str) -> None:
    assert _level(text) is TriageLevel.EMERGENCY


def test_a_calm_story_does_not_outweigh_a_dangerous_sentence() -> None:
    calm = {
        "zh": "。今天天气很好，我们下午去公园走了走，晚上包了饺子，孙子也来了，大家都很开心",
        "en": ". The sun was out today, we sat in the garden and my grandson read me his book",
    }
    for language in corpus.LANGUAGES:
        told = [one for one in _some(language, "emergency") if len(one.text) > 40]
        whole = [one for one in told if _level(one.text) is TriageLevel.EMERGENCY]
        kept = [_level(one.text + calm[language]) is TriageLevel.EMERGENCY for one in whole]
        assert sum(kept) / len(kept) >= 0.97


BROKEN = [
    "I... cannot... breathe",
    "I can't\nbreathe",
    "I can't.\nBreathe.",
    "I. can't. breathe.",
    "i cannot\n\nbreathe",
    "I cant - breathe",
    "I can't 😭 breathe",
    "won't\nstop\nbleeding",
    "the bleeding... won't... stop",
    "chest\npain",
    "胸口……疼",
    "我喘\n不上\n气",
    "血...止不住",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_sentence_broken_over_lines_and_dots_is_read_as_one(text: str) -> None:
    assert _level(text) is TriageLevel.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "没有发烧\n胸口不疼\n伤口挺好",
        "No fever.\nNo chest pain.\nWound dry.",
        "疼3分\n没发烧\n睡得好",
    ],
)
def test_a_list_of_denials_over_lines_stays_denied(text: str) -> None:
    assert not _level(text).needs_nurse


DISGUISED = [
    "I can&#39;t breathe",
    "I can&amp;rsquo;t breathe",
    "I&nbsp;can't&nbsp;breathe",
    "<p>chest <b>pain</b></p>",
    "I can't<br/>breathe",
    "chest\u200bpain",
    "c\u200bh\u200be\u200bst pain",
    "сhеst pаin",  # Cyrillic letters
    "Ι сan't brеаthе",
    "chést páin",
    "ｃｈｅｓｔ　ｐａｉｎ",
    "𝐈 𝐜𝐚𝐧'𝐭 𝐛𝐫𝐞𝐚𝐭𝐡𝐞",
    "can't breeeeathe",
    "cheeeest pain",
    "I c a n ' t b r e a t h e",
    "c h e s t   p a i n",
    "c.h.e.s.t p.a.i.n",
    'I can"t breathe',
    "I can t breathe",
    "胸&nbsp;口&nbsp;疼",
    "<div>喘不上<i>气</i></div>",
]


@pytest.mark.parametrize("text", DISGUISED)
def test_a_disguised_emergency_is_an_emergency(text: str) -> None:
    found = screen(text, lexicons=LEXICONS)
    assert found.level is TriageLevel.EMERGENCY
    assert found.text == text


@pytest.mark.parametrize(
    ("name", "wrap"),
    [
        ("dots", lambda text: text.replace(" ", "... ") if " " in text else text),
        ("entities", lambda text: text.replace("'", "&#39;").replace(" ", "&nbsp;")),
        ("tags", lambda text: f"<p>{text}</p>"),
        ("spaces that are not seen", lambda text: "\u200b".join(text)),
        (
            "full width",
            lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_wrapping_lowers_an_emergency_of_the_clinical_facts(name: str, wrap: object) -> None:
    assert callable(wrap)
    kept = [_level(wrap(one.text)) >= _level(one.text) for one in EMERGENCIES]
    # Dots between all words break phrases that only a whole clause makes.
    assert sum(kept) / len(kept) >= (0.9 if name == "dots" else 0.99), name

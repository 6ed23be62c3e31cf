"""Screening of other people's signs, other tongues, and of what no program should choke on."""

from __future__ import annotations

import io
import json
import time
from types import SimpleNamespace

import pytest

from bot.commands import language
from bot.core.screening import screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus

LEXICONS = load_lexicons(corpus.LEXICON)


@pytest.mark.parametrize(
    "text",
    [
        "我老公胸口疼",
        "我老婆喘不上气",
        "my husband has chest pain",
        "my wife has chest pain",
        "I'm fine, it's my driver, he has collapsed at the wheel",
        "My own op went well, this is not about me: my toddler is fitting",
        "我自己术后挺好，是我公公嘴歪了",
        "我没事，旁边的顾客没呼吸了",
        "不是我，隔壁的老人倒在地上叫不醒，他不是你们的病人",
    ],
)
def test_somebody_elses_sign_is_not_the_patients(text: str) -> None:
    found = screen(text, lexicons=LEXICONS)
    assert found.another_person
    assert not found.level.needs_nurse


@pytest.mark.parametrize(
    "text",
    [
        "my dad had his hip done here, he can't breathe",
        "my husband had his bypass on Monday and now he has chest pain",
        "uncle collapsed at home, angioplasty last week",
        "我老公上周在你们科做的手术，现在胸口疼",
        "透析瘘是我叔叔上周做的，刚才血喷出来",
        "妈妈叫不醒了",
        "I'm fine apart from my wound bursting open",
        "I'm okay but my wife says I look grey and I can't breathe",
        "我自己挺好的，就是喘不上气",
        "看见墙上有人，说胡话",
    ],
)
def test_whoever_writes_for_the_patient_is_heard(text: str) -> None:
    assert screen(text, lexicons=LEXICONS).level is TriageLevel.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "หายใจไม่ออก",
        "no puedo respirar",
        "me duele mucho el pecho",
        "ayuda",
        "wo xiong tong",
        "wo chuan bu shang qi",
        "لا أستطيع التنفس",
        "не могу дышать",
        "息ができない",
        "숨을 못 쉬겠어요",
        "je ne peux pas respirer",
        "ich bekomme keine Luft",
        "唔舒服呀",
        "我心口翳住翳住，瞓唔着",
    ],
)
def test_a_message_in_another_tongue_has_a_nurses_look(text: str) -> None:
    found = screen(text, lexicons=LEXICONS)
    assert found.ask or found.level.needs_nurse
    assert found.red_flags


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, Siobhan",
        "ok 👍",
        "(｡･ω･｡) 谢谢",
        "CT和B超都做了",
        "see you on the ward tomorrow",
    ],
)
def test_a_name_or_a_smiley_is_no_other_tongue(text: str) -> None:
    assert not screen(text, lexicons=LEXICONS).ask


def test_real_messages_are_seldom_taken_for_another_tongue() -> None:
    told = [one.text for one in corpus.screening("en", "dev", first=False)][::5]
    taken = [
        any(flag.code == "other_language" for flag in screen(one, lexicons=LEXICONS).red_flags)
        for one in told
    ]
    assert sum(taken) / len(taken) < 0.01


HARD_TO_READ = {
    "numbers": " ".join(str(35 + n % 80) for n in range(1100))[:4000],
    "temperatures": "，".join(f"体温{35 + n % 60 / 10}" for n in range(450))[:4000],
    "one letter": "血" * 100_000,
    "one complaint": "胸口疼，" * 25_000,
    "line breaks": "I can't\n" * 12_000,
    "broken HTML": "<b &#39" * 14_000,
    "brackets": "(" * 100_000,
    "accents": "a\u0301\u0301" * 30_000,
    "spaced letters": "c h e s t " * 10_000,
}


@pytest.mark.parametrize("name", HARD_TO_READ)
def test_no_message_takes_long(name: str) -> None:
    started = time.process_time()
    screen(HARD_TO_READ[name], lexicons=LEXICONS)
    assert time.process_time() - started < 1.0


def test_a_long_garbled_message_is_read_without_an_error() -> None:
    text = "".join(chr(1 + number * 7_919 % 0x2FFFF) for number in range(4_000))
    assert screen(text, lexicons=LEXICONS).text == text


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"text": null}', "text"),
        ("{}", "text"),
        ('{"text": ["胸口疼"]}', "text"),
        ('{"text": "hi", "procedure": 3}', "procedure"),
        ('{"text": "hi", "day": "3"}', "day"),
        ('{"text": "hi", "day": true}', "day"),
        ('{"text": "hi", "recent": "hello"}', "recent"),
    ],
)
def test_a_wrong_json_line_is_told_what_is_wrong(
    line: str, wrong: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = f"{line}\n我喘不上气\n".encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(lines)))
    language.screen()
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["error"].startswith(wrong)
    assert "level" not in first
    assert second["level"] == "emergency"


@pytest.mark.parametrize("lang", corpus.LANGUAGES)
def test_what_only_sounds_urgent_is_shown_as_a_part_of_the_message(lang: str) -> None:
    shown = [
        (one.text, flag)
        for one in list(corpus.screening(lang, "dev", first=False))[::4]
        for flag in screen(one.text, lexicons=LEXICONS).red_flags
        if flag.code == "sounds_urgent"
    ]
    assert len(shown) > 5
    assert all(flag.span and flag.span in text for text, flag in shown)
    words = "护士" if lang == "zh" else "nurse"
    assert all(words in flag.why.say(lang) for _, flag in shown)

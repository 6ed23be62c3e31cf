"""Screening of sentences that testers found: too low once, or called an emergency for nothing."""

from __future__ import annotations

import pytest

from bot.core.screening import screen
from bot.core.screening.numbers import find_numbers
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus

LEXICONS = load_lexicons(corpus.LEXICON)

EMERGENCIES = """
clip on my finger reads 83
the thing on my finger says 82
my finger sensor shows eighty five
手指夹的那个夹子显示83
夹手指的那个仪器显示82
black skin spreading around my wound
the skin round my wound is turning black and spreading
伤口旁边的皮肤发黑，越来越大
刀口边上的皮黑了，还在扩散
my leg has lost its pulse
can't find a pulse in my foot
my leg has gone white and cold
腿白了，冰凉
脚上摸不到脉了
腿上的脉搏没有了
cannot see out of left eye
can not see out of my left eye
my right eye has gone blind
左眼看不见了
一只眼睛什么都看不见
药我都数好了 今晚就吃
刀就搁手腕上
说话突然舌头捋不直
刚才上厕所 人一下没知觉了
屎拉裤里自己都不晓得
剖完第六天 血顺腿流
产后八天大出血怎么办
"""
SAME_DAY = """
temp one hundred and three
fever of one hundred and two
temp a hundred and one point five
temperature one oh two
my temperature is thirty eight point five
filled my stoma bag eight times today
emptied my pouch nine times today
造口袋今天满了八次
造口袋一天倒了九回
造口没出东西，肚子疼
nothing from my stoma and cramps
no output from my stoma, tummy pain
haven't taken my blood thinner for 3 days
blood thinner not taken for 3 days
haven't taken my apixaban for three days
抗凝药三天没吃了
利伐沙班三天没吃
阿司匹林漏了三天
小便刺痛，发冷
尿的时候火辣辣的，还怕冷发抖
burns when I pee and I have chills
it hurts to pee and I'm shivery and cold
"""
HARMLESS = """
我家狗狗喘得厉害
我家猫吐血了
狗狗今天吐了两次
the dog can't breathe properly
my cat collapsed
the dog's wound has opened up
昨晚梦见伤口裂开了
做梦梦到自己喘不上气
I dreamt my wound burst open
had a dream that I couldn't breathe
the stool you lent me is black and very sturdy
the black stool in the shower is handy
bowels opened this morning
out of breath from laughing
laughed till I couldn't breathe
笑到喘不过气来
I'm dying for a proper cup of tea
笑死我了
累死了
昨天看电影，主角胸口疼死了
in the film the hero had a heart attack
the book is about a man who can't breathe
"""
STILL_EMERGENCIES = """
I thought it was a dream but I can't breathe
以为在做梦，可我真的喘不上气
做了个梦醒来喘不上气
woke from a dream and I can't breathe
I had a nightmare and I can't breathe
the dog woke me and I can't breathe
狗在叫，我胸口疼
遛狗的时候突然喘不上气
狗扑了我一下，伤口裂开了
my dog knocked me and my wound burst open
laughing made my wound burst open
看电影的时候突然胸口疼
I was watching a film and now I have chest pain
"""


def lines(told: str) -> list[str]:
    return told.strip().splitlines()


def _level(text: str) -> TriageLevel:
    return screen(text, lexicons=LEXICONS).level


@pytest.mark.parametrize("text", [*lines(EMERGENCIES), *lines(STILL_EMERGENCIES)])
def test_it_is_an_emergency(text: str) -> None:
    assert _level(text) is TriageLevel.EMERGENCY


@pytest.mark.parametrize("text", lines(SAME_DAY))
def test_it_needs_a_nurse_today(text: str) -> None:
    assert _level(text) >= TriageLevel.SAME_DAY


@pytest.mark.parametrize("text", lines(HARMLESS))
def test_it_needs_no_nurse(text: str) -> None:
    found = screen(text, lexicons=LEXICONS)
    assert not found.level.needs_nurse
    assert not found.ask


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("temp one hundred and three", 103),
        ("a hundred and one point five", 101.5),
        ("one oh two", 102),
        ("thirty-eight point five", 38.5),
        ("eighty four", 84),
        ("seventeen", 17),
    ],
)
def test_numbers_in_english_words_are_read(text: str, value: float) -> None:
    assert [one.high for one in find_numbers(text.replace("-", " "))] == [value]

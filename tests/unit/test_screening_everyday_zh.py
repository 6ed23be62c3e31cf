"""Screening: everyday Chinese that sounds like danger, and danger that sounds like it."""

from __future__ import annotations

import pytest

from bot.core.screening import Lexicons, screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus


@pytest.fixture(scope="module")
def rules() -> Lexicons:
    return load_lexicons(corpus.LEXICON, learned=False)


@pytest.mark.parametrize(
    "text",
    [
        "看到账单我差点晕过去",  # an idiom about money
        "这次住院大出血花了好几万",
        "忙得喘不过气来，请问复查挂哪个科",
        "终于出院了能喘口气了",
        "吃了麻辣烫嘴巴麻麻的",  # food
        "吃了桑葚，今天大便黑黑的",
        "昨晚吃火龙果，早上马桶里红红的",
        "问卷里写着胸痛、气短，要打钩吗",  # quoted
        "看了那部剧，主角大出血",
        "老公问我胸口疼不疼",
        "医生问有没有半夜憋醒、有没有黑便，我都说没有",
        "割完扁桃体要是半夜出血怎么办",
        "拔尿管疼不疼",
        "对面床老太太半夜胡说认不得人",  # another patient
        "拔智齿第二天脸有点肿",  # expected
        "马桶坐久了两腿发麻，站起来一会就好",
    ],
)
def test_everyday_talk_is_no_emergency(text: str, rules: Lexicons) -> None:
    assert screen(text, lexicons=rules).level < TriageLevel.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "甲状腺手术后嘴歪了，像吃了花椒",
        "吃了麻辣火锅，嘴歪了说话不清",
        "吃了西瓜，刚吐血了",
        "吃了头孢脸肿起来了",
        "拔智齿以后舌头肿起来，喘不上气",
        "医生问有没有胸痛，我说有，现在胸口压得疼",
        "他自己把尿管拔了，乱拔尿管，认不得人",
        "割完扁桃体半夜出血，一直吐血",
        "我也跟剧里一样，伤口裂开了",
        "我老婆说肠子流出来了",  # she tells of the writer
        "遗书写好了",
        "我走了大家都轻松",
        "每口气都得使劲才吸得进来",
        "右胳膊不听我的",
    ],
)
def test_danger_beside_everyday_talk_stays_an_emergency(text: str, rules: Lexicons) -> None:
    assert screen(text, lexicons=rules).level is TriageLevel.EMERGENCY

"""The answer corpus: its questions, its lines, and what counts as read right."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.core.question import Kind, Option, Question
from bot.core.reading import AnswerWords, Outcome, Reading, Value
from bot.core.words import Words
from bot.pathfiles.answer_words import load_answer_words

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "eval" / "answers"
LISTS = ROOT / "pathways" / "shared" / "answer_words"
TODAY = date(2025, 3, 12)
NONE = "none"
OUTCOMES = {
    "?dk": Outcome.DONT_KNOW,
    "?later": Outcome.LATER,
    "?refused": Outcome.REFUSED,
    "?why": Outcome.WHY,
    "?weary": Outcome.WEARY,
}


@dataclass(frozen=True)
class Line:
    """One answer of the corpus."""

    split: str
    language: str
    question: str
    text: str
    expected: str


@lru_cache(maxsize=1)
def answer_words() -> AnswerWords:
    """The lists as the care team keeps them, loaded once."""
    return load_answer_words(LISTS)


def words(zh: str, en: str) -> Words:
    return Words({"zh": zh, "en": en})


def option(value: str, zh: str, en: str, also_zh: str = "", also_en: str = "") -> Option:
    """An option whose other phrases are given as comma lists."""
    also = {"zh": _phrases(also_zh), "en": _phrases(also_en)}
    return Option(value=value, words=words(zh, en), also=also)


def _phrases(listed: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in listed.split(",") if part.strip())


def topics(zh: str, en: str) -> Mapping[str, tuple[str, ...]]:
    return {"zh": _phrases(zh), "en": _phrases(en)}


def scale(name: str, ask: Words, about: Mapping[str, tuple[str, ...]]) -> Question:
    """A 0-10 pain scale, whose 0 also has words."""
    zero = option(
        "0",
        "不疼",
        "No pain",
        "不疼,不痛,一点都不疼,不觉得疼,无痛,没有疼痛",
        "no pain,pain free,doesn't hurt,not hurting,not sore,no hurt",
    )
    return Question(
        id=name,
        kind=Kind.SCALE,
        ask=ask,
        code=name,
        unit="{score}",
        minimum=0,
        maximum=10,
        options=(zero,),
        topics=about,
    )


WOUND = Question(
    id="wound",
    kind=Kind.CHOICES,
    ask=words("伤口有下面这些情况吗？可以选多个。", "Is there any of this at your wound?"),
    code="wound",
    options=(
        option("redness", "发红", "Redness", "红", "red,pink,reddish"),
        option("swelling", "肿", "Swelling", "肿,鼓起来", "swollen,puffy"),
        option(
            "leaking",
            "渗液",
            "Leaking",
            "渗,流水,流脓,湿,流液,化脓,渗水",
            "wet,weeping,oozing,pus,discharge,damp,leaks,leak,seeping",
        ),
        option(
            "smell", "有异味", "Bad smell", "臭,味道,异味,难闻", "smelly,stinks,smells,odour,stink"
        ),
        option("open", "裂开", "Opened up", "裂开,裂了,开裂,张开", "open,gaping,split,come apart"),
        option(
            "none",
            "都没有",
            "None of these",
            "正常,干干的,干干净净,长得挺好",
            "dry,clean,looks good,healing well,normal",
        ),
    ),
    topics=topics("伤口,刀口,切口,纱布", "wound,incision,cut,dressing,scar"),
)
WALKING = Question(
    id="walking",
    kind=Kind.CHOICE,
    ask=words("您现在怎么走路？", "How do you get about now?"),
    code="walking",
    options=(
        option(
            "alone",
            "自己走",
            "On my own",
            "自己能走,不用人扶,自己走路,独立行走",
            "by myself,alone,unaided,on my own,just me",
        ),
        option(
            "aid",
            "拄拐或助行器",
            "With a frame or crutches",
            "拄拐,拐杖,助行器,拐",
            "crutches,crutch,walker,frame,stick,cane,walking frame",
        ),
        option(
            "person",
            "要人扶",
            "With someone's help",
            "扶着,人扶,搀着,要人帮",
            "helps me,someone helps,need help,with help,holding on to someone",
        ),
        option(
            "bed",
            "下不了床",
            "Cannot get up",
            "下不了床,躺着,不能走,起不来,走不了",
            "can't walk,cannot walk,can't get up,can't get out of bed,bedbound,in bed",
        ),
    ),
    topics=topics("走路,行走,下地", "walk,walking,get about,mobility"),
)
MOOD = Question(
    id="mood",
    kind=Kind.CHOICE,
    ask=words(
        "过去两周，情绪低落的日子有多少？", "Over the last two weeks, how often have you felt down?"
    ),
    code="mood",
    options=(
        option(
            "not_at_all", "完全没有", "Not at all", "没有,一点没有,从来没有", "never,none,not once"
        ),
        option(
            "several_days",
            "有几天",
            "Several days",
            "有几天,几天,有时候,偶尔",
            "a few days,some days,sometimes,now and then",
        ),
        option(
            "more_than_half",
            "一半以上的日子",
            "More than half the days",
            "一半以上,超过一半,大半",
            "more than half,over half",
        ),
        option(
            "nearly_every_day",
            "几乎每天",
            "Nearly every day",
            "每天,天天,老是,一直",
            "every day,most days,all the time,always,daily",
        ),
    ),
    topics=topics("情绪,心情", "mood,feeling down"),
)

THINNER_USE = Question(
    id="thinner_use",
    kind=Kind.CHOICE,
    ask=words(
        "最近 7 天，抗凝药按时用了吗？", "In the last 7 days, did you take your blood thinner?"
    ),
    code="thinner_use",
    options=(
        option(
            "as_planned",
            "都按时用了",
            "Every dose",
            "按时,每天都吃,天天吃,没漏,都吃了",
            "every day,all of them,never missed,well",
        ),
        option("missed", "漏了", "I missed some", "漏了,忘了,没按时", "missed,forgot,skipped"),
        option("stopped", "停了", "I stopped", "停了,不吃了", "stopped,ran out"),
    ),
    topics=topics("抗凝药", "blood thinner"),
)


def _measure(
    name: str, unit: str, low: float, high: float, ask: Words, about: Mapping[str, tuple[str, ...]]
) -> Question:
    return Question(
        id=name,
        kind=Kind.MEASURE,
        ask=ask,
        code=name,
        unit=unit,
        minimum=low,
        maximum=high,
        topics=about,
    )


def _yes_no(name: str, ask: Words, about: Mapping[str, tuple[str, ...]]) -> Question:
    return Question(id=name, kind=Kind.YES_NO, ask=ask, code=name, topics=about)


def _count(name: str, unit: str, ask: Words, about: Mapping[str, tuple[str, ...]]) -> Question:
    return Question(
        id=name, kind=Kind.COUNT, ask=ask, code=name, unit=unit, minimum=0, maximum=20, topics=about
    )


_ALL = (
    scale(
        "pain_rest",
        words(
            "躺着不动的时候，疼几分？0 不疼，10 最疼。",
            "Lying still, how bad is the pain, 0 to 10?",
        ),
        topics("休息,躺着,不动,坐着,疼,痛", "rest,resting,sitting,lying,still,pain,hurts,sore"),
    ),
    scale(
        "pain_walk",
        words(
            "走路的时候，疼几分？0 不疼，10 最疼。", "When you walk, how bad is the pain, 0 to 10?"
        ),
        topics("走路,活动,下地,走动", "walk,walking,moving,on the move"),
    ),
    _measure(
        "temperature",
        "Cel",
        34,
        43,
        words("今天体温多少？", "What is your temperature today?"),
        topics("体温,发烧,烧", "temperature,temp,fever"),
    ),
    _count(
        "missed_doses",
        "{dose}",
        words("这几天抗凝药漏了几次？", "How many doses of your blood thinner have you missed?"),
        topics("药,漏,漏服", "dose,doses,tablet,pill,pills,missed"),
    ),
    _count(
        "falls",
        "{fall}",
        words("出院以后摔倒过几次？", "How many times have you fallen since you came home?"),
        topics("摔,摔倒,跌", "fall,falls,fell,fallen"),
    ),
    _measure(
        "weight",
        "kg",
        25,
        250,
        words("今天体重多少公斤？", "What do you weigh today?"),
        topics("体重,称", "weight,weigh"),
    ),
    _yes_no(
        "calf",
        words("小腿有没有肿或者疼？", "Is your calf swollen or painful?"),
        topics("小腿,肿,胀", "calf,swollen,swelling,leg"),
    ),
    _yes_no(
        "breath",
        words("有没有胸痛或者气喘？", "Do you have any chest pain or shortness of breath?"),
        topics("胸,喘,气短,呼吸", "chest,breath,breathing,breathless,short of breath"),
    ),
    _yes_no(
        "thinner",
        words("今天的抗凝药吃了吗？", "Have you taken your blood thinner today?"),
        topics("抗凝药,药", "blood thinner,tablet,pill"),
    ),
    WOUND,
    WALKING,
    MOOD,
    THINNER_USE,
    Question(
        id="stool_date",
        kind=Kind.DATE,
        ask=words("上一次大便是哪天？", "When did you last open your bowels?"),
        code="stool_date",
        topics=topics("大便,拉", "bowels,stool,poo"),
    ),
    _measure(
        "glucose",
        "mmol/L",
        1,
        40,
        words("今天血糖多少？", "What was your blood sugar today?"),
        topics("血糖", "sugar,glucose"),
    ),
    _measure(
        "sats",
        "%",
        50,
        100,
        words("血氧多少？", "What does your oxygen meter show?"),
        topics("血氧", "oxygen,sats"),
    ),
    Question(
        id="note",
        kind=Kind.TEXT,
        ask=words("还有什么想告诉我们的？", "Anything else you want to tell us?"),
        code="note",
    ),
)
QUESTIONS: dict[str, Question] = {one.id: one for one in _ALL}


def lines(language: str, split: str | None = None) -> Iterator[Line]:
    """The corpus lines of one language, all of them or one part."""
    for row in _rows(FOLDER / f"{language}.tsv"):
        if split in (None, row["split"]):
            yield Line(row["split"], language, row["question"], row["text"], row["expected"])


def many(split: str | None = None) -> Iterator[dict[str, str]]:
    """Messages that answer several questions: rows as written."""
    for row in _rows(FOLDER / "many.tsv"):
        if split in (None, row["split"]):
            yield row


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def as_value(expected: str, kind: Kind) -> Value:
    """An expected value as its question's kind stores it."""
    if kind is Kind.YES_NO:
        return expected == "true"
    if kind is Kind.CHOICES:
        return tuple(expected.split(","))
    if kind in (Kind.SCALE, Kind.COUNT, Kind.MEASURE):
        return float(expected)
    return expected


def is_right(reading: Reading, expected: str, kind: Kind) -> bool:
    """Whether a reading is what the corpus line asks for."""
    if expected == "?":
        return reading.outcome in (Outcome.ASK_BACK, Outcome.NOT_UNDERSTOOD, Outcome.WEARY)
    if expected.startswith("?ask:"):
        wanted = {as_value(one, kind) for one in expected[5:].split(",")}
        return reading.outcome is Outcome.ASK_BACK and wanted <= set(reading.candidates)
    if expected in OUTCOMES:
        return reading.outcome is OUTCOMES[expected]
    value = as_value(expected, kind)
    if kind is Kind.CHOICES and isinstance(reading.value, tuple) and isinstance(value, tuple):
        return reading.understood and set(reading.value) == set(value)
    return reading.understood and reading.value == value


def is_wrongly_stored(reading: Reading, expected: str, kind: Kind) -> bool:
    """Whether a value was stored that the person did not give."""
    return reading.understood and not is_right(reading, expected, kind)


def is_false_comfort(reading: Reading, expected: str, kind: Kind) -> bool:
    """Whether a value was stored that is better than, or not, what the person said."""
    if not is_wrongly_stored(reading, expected, kind):
        return False
    if expected.startswith("?"):
        return reading.value in (0.0, False, (NONE,), "not_at_all", "alone", "as_planned")
    value = as_value(expected, kind)
    if isinstance(reading.value, float) and isinstance(value, float):
        return reading.value < value
    return reading.value in (False, (NONE,), "not_at_all", "alone", "as_planned")

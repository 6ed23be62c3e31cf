"""Beside numbers: the unit behind a number, its bound, and whether it is a number at all."""

from __future__ import annotations

import re

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.mentions import Mention

NEAR = 24  # characters before a number that can change its meaning
HALVED = ("{score}", "kg", "{jin}", "{degree}", "{time}")  # 六分半, 六十二公斤半
HARMLESS = frozenset(
    ("filler", "fine", "degree", "yes", "no", "dont_know", "correction", "a_little", "but", "only")
)
CJK = re.compile(r"[\u3400-\u9fff]")
NUMERAL = re.compile(r"\d|[零一二两三四五六七八九十]")
FELL_OVER = re.compile(r"(?:fell|fall|tripped|trip) over ?$")
ARTICLE = re.compile(r"(?<![a-z])(?:an?|the) $")
PRONOUN_ONE = re.compile(
    r"(?<![a-z])(?:left|right|this|that|the|other|no|any|each|every|which|good|bad|big|small|new|single|"
    r"old|last|first|some) $"
)
NO_UNIT = re.compile("晚上|晚饭|下午|下地|下床|下楼|天气|日常")  # words that begin like a unit
TEN_OR_VERY = "吧啊呀呢了左的哦嘛啦制满里,，。到至或是也那这"


def unit_of(text: str, mention: Mention, words: AnswerWords) -> tuple[str | None, int, bool]:
    """The unit right after the number: (unit, where it ends, whether doubtful)."""
    if mention.written == "times":
        return "{time}", mention.end, False
    place = mention.end
    while text[place : place + 1] in (" ", "-") and place < mention.end + 2:
        place += 1
    hit = words.unit_book.at(text, place)
    if hit is not None and NO_UNIT.match(text, place):
        hit = None
    unit = words.unit_of[hit.phrase] if hit else None
    if mention.degrees:
        if hit and unit in ("Cel", "[degF]"):
            return unit, hit.end, False
        return "{degree}", mention.end, False
    if hit is None or unit is None:
        return None, mention.end, False
    if unit == "{clock}" and hit.phrase in ("am", "pm") and mention.value != int(mention.value):
        return None, mention.end, False  # "38.2 pm" is no time of day
    first = mention.value % 10 == 1 and mention.value != 11
    if hit.phrase == "st" and (place > mention.end or not first):
        unit = "[stone_av]"  # "11 st" and "12st" weigh, "1st" counts
    end = hit.end
    if unit in HALVED and text[end : end + 1] == "半":
        end += 1
    return unit, end, False


def may_stand(
    text: str, mention: Mention, end: int, words: AnswerWords, topics: frozenset[str]
) -> bool:
    """Whether a bare number may be an answer, given what follows it."""
    rest = text[end:]
    if rest[:3].strip() == "ish" or rest[:4].strip() == "-ish":
        return True
    after = rest.lstrip(" ")
    parted = rest[:1] == " " or mention.value % 1
    if parted and CJK.match(after) and mention.written == "digits":
        return True  # 37.2吃药后: a decimal; and a space in Chinese is a comma
    if rest[:1] == " " and mention.value % 1 and mention.written == "digits":
        return True  # "97.7 on the old one": nobody has a part of a thing
    if not after or not (CJK.match(after) or "a" <= after[0] <= "z"):
        return True
    place = len(text) - len(after)
    if words.subject_book.at(text, place) or after.startswith(tuple(topics)):
        return mention.value != 1 or mention.written != "chinese"
    if mention.value == 1 and mention.written == "chinese":
        return False  # 一走就疼, 一直
    if mention.value == 1 and mention.written == "english" and after.startswith(("of", "and")):
        return False
    if words.book("after_number").at(text, place) is not None or NUMERAL.match(after):
        return True
    hit = words.talk.at(text, place)
    return hit is not None and bool(words.kinds_of(hit.phrase) & HARMLESS)


def is_idiom(text: str, mention: Mention, unit: str | None, end: int) -> bool:
    """十分难受, 一下, 周一, 万一, "the left one": no numbers at all."""
    before, after = text[max(0, mention.start - NEAR) : mention.start], text[end : end + 1]
    said = text[mention.start : mention.end]
    if mention.written == "english" and mention.value == 1 and PRONOUN_ONE.search(before):
        return True
    if mention.written != "chinese":
        return False
    if said == "十" and unit == "{score}":
        return bool(CJK.match(after)) and after not in TEN_OR_VERY
    if len(said) == 1 and before.endswith(
        ("周", "星期", "礼拜", "万", "唯", "统", "同", "不", "进")
    ):
        return True
    return said == "一" and (unit in ("{clock}", "{piece_of}") or text[end - 1] == "下")


def bound_of(text: str, mention: Mention, end: int, words: AnswerWords) -> tuple[str, int]:
    """Whether the number is one-sided: 不到三分, over 102, 37度多."""
    before = text[max(0, mention.start - NEAR) : mention.start]
    article = ARTICLE.search(before)
    place = mention.start - (len(article.group()) if article else 0)
    fell = FELL_OVER.search(before)
    for name in ("under", "over"):
        if words.book(name).ends_at(text, place) and not fell:
            return name, end
    place = end + 1 if text[end : end + 1] == " " else end
    for name in ("under_after", "over_after"):
        if (hit := words.book(name).at(text, place)) is not None:
            return ("vague" if hit.phrase == "多" else name.removesuffix("_after")), hit.end
    return ("vague" if mention.vague else ""), end

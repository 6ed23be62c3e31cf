"""Quantities: numbers with their unit and the part they play.

A number that stands with another unit, a day, a dose or a clock time keeps that
unit here, and so can never answer a question about something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.mentions import Mention, mentions

OTHER = "{other}"
NEAR = 24  # characters before a number that can change its meaning
HALVED = ("{score}", "kg", "{jin}", "{degree}", "{time}")  # 六分半, 六十二公斤半
HARMLESS = frozenset(
    ("filler", "fine", "degree", "yes", "no", "dont_know", "correction", "a_little", "but", "only")
)
DENIED = re.compile(
    r"(?<![a-z])(?:not|isnt|wasnt|and not|never|anything but|far from|nowhere near|not yet|"
    r"no longer|not quite)(?: a| an)? ?$|不是 ?$|不是说 ?$|从没到 ?$|没有$"
)
COMPARED = re.compile(r" *(?:分|度|次)?[高低多少大小强重轻好差]")  # 比5低, 比0多一点
NEGATIVE = re.compile(r"(?:负|零下|minus|(?:^|[\s:])-) ?$")
CJK = re.compile(r"[\u3400-\u9fff]")
NUMERAL = re.compile(r"\d|[零一二两三四五六七八九十]")
RATE = re.compile(r" ?(?:a|per|each|every) (?:day|week|night|hour)|/day|/天|每天|一天")
SHORT_WORD = re.compile(r"(?<![a-z])[a-z]{1,2}$")
FELL_OVER = re.compile(r"(?:fell|fall|tripped|trip) over ?$")
ARTICLE = re.compile(r"(?<![a-z])(?:an?|the) $")
PRONOUN_ONE = re.compile(
    r"(?<![a-z])(?:left|right|this|that|the|other|no|any|each|every|which|good|bad|big|small|new|single|"
    r"old|last|first|some) $"
)
LAPSED = re.compile(
    r"[漏忘少没](?:记|服|吃|打|喝|用)?(?:了|过)? ?$"
    r"|(?:missed|not|havent|didnt|forgot|skipped)[a-z ]{0,12}$"
)
AS_SOON_AS = re.compile(r" (?:i|im|ive|id|he|she|hes|shes|we|you|youre|the|my|its|it|up)(?![a-z])")
NO_UNIT = re.compile("晚上|晚饭|下午|下地|下床|下楼|天气|日常")  # words that begin like a unit
TEN_OR_VERY = "吧啊呀呢了左的哦嘛啦制满里,，。到至或是也那这"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it measures. `value` is the higher end of a range.

    `loose` numbers stand beside a word that may be their unit ("2 elephants").
    `bound` is "over" or "under" for one-sided statements, "vague" for 37度多.
    `half` holds both numbers of a/b that is neither a range nor "out of".
    """

    value: float
    low: float
    start: int
    end: int
    unit: str | None = None
    loose: bool = False
    bound: str = ""
    denied: bool = False
    half: tuple[float, float] | None = None


def single_quantities(text: str, words: AnswerWords, topics: frozenset[str]) -> list[Quantity]:
    """Every number from left to right, ranges not yet joined.

    `topics` are folded words that may follow a number without being its unit.
    """
    found = [_quantity(text, one, words, topics) for one in _with_times(text, words)]
    return [one for one in found if one is not None]


def _with_times(text: str, words: AnswerWords) -> list[Mention]:
    """Numbers, and counting words such as "twice"."""
    table = words.table("times")
    names = list(words.subject_book.hits(text))  # "spo2" holds no 2
    found = [
        one
        for one in mentions(text, words)
        if not any(hit.start < one.start and one.end <= hit.end for hit in names)
    ]
    for hit in words.table_books["times"].hits(text):
        if hit.phrase == "once" and AS_SOON_AS.match(text, hit.end):
            continue
        value = float(table[hit.phrase])
        found = [one for one in found if one.end <= hit.start or one.start >= hit.end]
        found.append(Mention(value, value, hit.start, hit.end, "times"))
    return sorted(found, key=lambda one: one.start)


def _quantity(
    text: str, mention: Mention, words: AnswerWords, topics: frozenset[str]
) -> Quantity | None:
    unit, end, loose = _unit(text, mention, words)
    before = text[max(0, mention.start - NEAR) : mention.start]
    if unit is None and not loose and not _may_stand(text, mention, end, words, topics):
        if mention.written != "digits":
            return None
        loose = True
    if _is_idiom(text, mention, unit, end):
        return None
    if mention.written == "digits" and before and SHORT_WORD.search(before):
        return None  # B12, T3
    if unit != "{clock}" and words.book("before_other").ends_at(text, mention.start):
        if words.book("at_level").ends_at(text, mention.start):
            pass  # "sitting at 5", no time of day
        elif before.rstrip().endswith("at"):
            loose = loose or unit is None
        elif not LAPSED.search(before):
            unit = OTHER
    if RATE.match(text, end):
        unit = OTHER
    bound, end = _bound(text, mention, end, words)
    half = 0.5 if unit in HALVED and end > mention.end and text[end - 1] == "半" else 0.0
    return Quantity(
        mention.value + half,
        mention.low + half,
        mention.start,
        end,
        unit,
        loose or bool(NEGATIVE.search(before)) or _compared(text, mention),
        bound,
        bool(DENIED.search(before)),
    )


def _compared(text: str, mention: Mention) -> bool:
    """比5分低一点: the number is what something is compared with."""
    compared = text[: mention.start].endswith("比")
    return compared and (mention.vague or COMPARED.match(text, mention.end) is not None)


def _unit(text: str, mention: Mention, words: AnswerWords) -> tuple[str | None, int, bool]:
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


def _may_stand(
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


def _is_idiom(text: str, mention: Mention, unit: str | None, end: int) -> bool:
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


def _bound(text: str, mention: Mention, end: int, words: AnswerWords) -> tuple[str, int]:
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

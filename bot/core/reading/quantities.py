"""Quantities: numbers with their unit, their subject and the part they play.

A number that stands with another unit, a day, a dose or a clock time keeps that
unit here, and so can never answer a question about something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.mentions import Mention, mentions

OTHER = "{other}"
OUT_OF = re.compile(r" ?(?:/|out of|of) ?(?:a )?(\d+|ten)(?![\d.])")
IN_ZH = re.compile(r"分之")
DENIED = re.compile(r"(?<![a-z])(?:not|isnt|wasnt|and not)(?: a| an)? ?$|不是 ?$|不是说 ?$")
CONNECT = re.compile(
    r"[ ,、]*(?:-|~|to|or|or maybe|maybe|possibly|perhaps|could be|到|至|或|或者|或是|也许|可能|/|and|就)"
    r"?[ ,]*(?:an? )?"
)
CJK = re.compile(r"[\u3400-\u9fff]")
PRONOUN_ONE = re.compile(
    r"(?<![a-z])(?:left|right|this|that|the|other|no|any|each|every|which|good|bad|big|small|new|"
    r"old|last|first|only the|a|some|every) $"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it measures. `value` is the higher end of a range.

    `loose` numbers stand beside a word that may be their unit ("2 elephants").
    `bound` is "over" or "under" for one-sided statements, "vague" for 37度多.
    """

    value: float
    low: float
    start: int
    end: int
    unit: str | None = None
    loose: bool = False
    bound: str = ""
    denied: bool = False
    half: tuple[float, float] | None = None  # a/b that is neither a range nor "out of"


def quantities(text: str, words: AnswerWords, topics: frozenset[str]) -> list[Quantity]:
    """Every quantity from left to right, ranges joined. `topics` are folded words
    that may follow a number without being its unit."""
    found: list[Quantity] = []
    for mention in _with_times(text, words):
        one = _fraction(text, found, mention) or _quantity(text, mention, words, topics)
        if one is not None:
            found.append(one)
    return _joined(text, _out_of(text, found, words))


def _with_times(text: str, words: AnswerWords) -> list[Mention]:
    """Numbers, and counting words such as "twice"."""
    table = words.table("times")
    found = mentions(text, words)
    for hit in words.table_books["times"].hits(text):
        value = float(table[hit.phrase])
        found = [one for one in found if one.end <= hit.start or one.start >= hit.end]
        found.append(Mention(value, value, hit.start, hit.end, "times"))
    return sorted(found, key=lambda one: one.start)


def _quantity(
    text: str, mention: Mention, words: AnswerWords, topics: frozenset[str]
) -> Quantity | None:
    unit, end, loose = _unit(text, mention, words)
    if unit is None and not loose:
        if not _may_stand(text, mention, end, words, topics):
            if mention.written != "digits":
                return None
            loose = True
    if _is_idiom(text, mention, unit, end):
        return None
    before = text[: mention.start]
    if unit != "{clock}" and words.book("before_other").ends_at(text, mention.start):
        if before.rstrip().endswith("at") or before.rstrip().endswith("around"):
            loose = loose or unit is None
        elif not _lapsed(before):
            unit = OTHER
    if mention.start and "a" <= before[-1] <= "z" and mention.written == "digits":
        if re.search(r"(?<![a-z])[a-z]{1,2}$", before):
            return None  # B12, T3
    bound, end = _bound(text, mention, end, words)
    denied = bool(DENIED.search(before))
    half = 0.5 if text[end - 1] == "半" and unit and end > mention.end else 0.0
    return Quantity(
        mention.value + half,
        mention.low + half,
        mention.start,
        end,
        unit,
        loose,
        bound,
        denied,
    )


def _unit(text: str, mention: Mention, words: AnswerWords) -> tuple[str | None, int, bool]:
    """The unit right after the number: (unit, where it ends, whether doubtful)."""
    if mention.written == "times":
        return "{time}", mention.end, False
    place = mention.end
    while text[place : place + 1] in (" ", "-") and place < mention.end + 2:
        place += 1
    if mention.degrees:
        hit = words.unit_book.at(text, place)
        if hit and words.unit_of[hit.phrase] in ("Cel", "[degF]"):
            return words.unit_of[hit.phrase], hit.end, False
        return "{degree}", mention.end, False
    hit = words.unit_book.at(text, place)
    if hit is None:
        return None, mention.end, False
    unit, end = words.unit_of[hit.phrase], hit.end
    if unit in ("{score}", "kg", "{jin}", "{degree}", "{time}") and text[end : end + 1] == "半":
        end += 1
    return unit, end, False


def _may_stand(
    text: str, mention: Mention, end: int, words: AnswerWords, topics: frozenset[str]
) -> bool:
    """Whether a bare number may be an answer, given what follows it."""
    rest = text[end:]
    if rest[:3].strip() == "ish" or rest[:4].strip() == "-ish":
        return True
    stripped = rest.lstrip(" ")
    if not stripped or not (CJK.match(stripped) or "a" <= stripped[0] <= "z"):
        return True
    place = len(text) - len(stripped)
    if words.subject_book.at(text, place) or any(stripped.startswith(one) for one in topics):
        return mention.value != 1 or mention.written != "chinese"
    if mention.written == "chinese" and mention.value == 1:
        return False  # 一走就疼, 一直
    if mention.written == "english" and mention.value == 1 and stripped.startswith(("of", "and")):
        return False
    if CJK.match(stripped) or mention.written == "chinese":
        return words.book("after_number").at(text, place) is not None or _number_at(text, place)
    return words.book("after_number").at(text, place) is not None or _number_at(text, place)


def _number_at(text: str, place: int) -> bool:
    return bool(re.match(r"\d|[零一二两三四五六七八九十]", text[place:]))


def _is_idiom(text: str, mention: Mention, unit: str | None, end: int) -> bool:
    """十分难受, 一下, 周一, 万一, "the left one": no numbers at all."""
    before, said, after = (
        text[: mention.start],
        text[mention.start : mention.end],
        text[end : end + 1],
    )
    if mention.written == "english" and mention.value == 1 and PRONOUN_ONE.search(before):
        return True
    if mention.written != "chinese":
        return False
    if said == "十" and unit == "{score}":
        return bool(CJK.match(after)) and after not in "吧啊呀呢了左的哦嘛啦制满里,到至或是也那这"
    if (
        before.endswith(("周", "星期", "礼拜", "万", "唯", "统", "同", "不", "进"))
        and len(said) == 1
    ):
        return True
    return said == "一" and unit in ("{clock}", "{piece_of}") or text[mention.start :][:2] == "一下"


def _lapsed(before: str) -> bool:
    """漏吃了2片 counts what was missed, 吃了2片 what was taken."""
    return bool(re.search(r"[漏忘少没](?:记|服|吃|打|喝|用)?(?:了|过)? ?$", before)) or bool(
        re.search(r"(?:missed|not|havent|didnt|forgot|skipped)[a-z ]{0,12}$", before)
    )


def _bound(text: str, mention: Mention, end: int, words: AnswerWords) -> tuple[str, int]:
    """Whether the number is one-sided: 不到三分, over 102, 37度多."""
    for name in ("under", "over"):
        if words.book(name).ends_at(text, mention.start):
            return name, end
    place = end + 1 if text[end : end + 1] == " " else end
    for name in ("under_after", "over_after"):
        if (hit := words.book(name).at(text, place)) is not None:
            return ("vague" if hit.phrase == "多" else name.removesuffix("_after")), hit.end
    return ("vague" if mention.vague else ""), end


def _fraction(text: str, found: list[Quantity], mention: Mention) -> Quantity | None:
    """十分之四 is 4 of 10; 百分之九十五 is 95 %."""
    if not text[: mention.start].endswith("分之"):
        return None
    whole = text[: mention.start - 2]
    if whole.endswith("百"):
        start, unit = mention.start - 3, "%"
    elif whole.endswith(("十", "10")):
        start, unit = mention.start - (3 if whole.endswith("十") else 4), "{score}"
    else:
        start, unit = mention.start, OTHER
    while found and found[-1].end > start:
        found.pop()
    return Quantity(mention.value, mention.low, start, mention.end, unit)


def _out_of(text: str, found: list[Quantity], words: AnswerWords) -> list[Quantity]:
    """Drop the ends of scales: 7/10, 满分十分, 10分制, "scale of 0 to 10"."""
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        between = text[last.end : one.start].strip() if last else ""
        if one.value == 10 and last and between in ("/", "out of", "of", "out of a"):
            kept[-1] = replace(last, unit="{score}", end=one.end)
        elif one.value >= 40 and last and between == "/" and last.value >= 60:
            kept[-1] = replace(last, unit="mm[Hg]", end=one.end)
        elif words.book("scale_end").ends_at(text, one.start) or _names_scale(text, one):
            continue
        else:
            kept.append(one)
    return kept


def _names_scale(text: str, one: Quantity) -> bool:
    return one.value in (5, 10, 100) and text[one.end :].lstrip(" ").startswith(
        ("制", "满分", "为满分", "里面", "里", "最疼", "是最疼", "的话", "的量表", "being worst")
    )


def _joined(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """Join "5 to 6", "a 7 maybe 8", 6、7分 into one quantity, the higher end counting."""
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        if last is not None and not one.denied and _is_range(text, last, one):
            between = text[last.end : one.start].strip()
            split = between == "/" and one.value != last.value + 1
            kept[-1] = replace(
                last,
                value=max(last.value, one.value),
                low=min(last.low, one.low),
                end=one.end,
                unit=one.unit or last.unit,
                loose=last.loose and one.loose,
                bound=last.bound or one.bound,
                half=(last.value, one.value) if split else None,
            )
        else:
            kept.append(one)
    return kept


def _is_range(text: str, last: Quantity, one: Quantity) -> bool:
    between = text[last.end : one.start]
    if len(between) > 16 or not CONNECT.fullmatch(between):
        return False
    units = {last.unit, one.unit} - {None, "{degree}"}
    if len(units) > 1 or OTHER in units:
        return False
    plain = between.strip()
    if plain in ("", "、"):
        return one.value == last.value + 1 and one.value < 20
    if plain == ",":
        return False
    if plain == "and":
        return "between" in text[max(0, last.start - 12) : last.start]
    return plain != "就"

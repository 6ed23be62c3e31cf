"""Ranges: "5 to 6", 7/10, 满分十分, 十分之四: numbers that belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.quantities import OTHER, Quantity, single_quantities

CONNECT = re.compile(
    r"[ ,、]*(?:-|~|to|or|/|and|到|至|或|或者|或是)?"
    r" ?(?:maybe|possibly|perhaps|even|could be|也许|可能)?[ ,]*(?:an? )?"
)
SCALES = (5, 10, 100)
PRESSURES = ("/", "over", "on")  # 132/84, "132 over 84"
OUT_OF = ("out of", "out of a", "outta", "outa")
SCALE_AFTER = (
    *("制", "满分", "为满分", "里面", "里", "最疼", "是最疼", "的话", "的量表"),
    "being worst",
)
JOINED = ("-", "~", "to", "or", "到", "至", "或")
POUNDS = 14  # in a stone
FARTHEST = 16  # characters between the two ends of a range


def quantities(text: str, words: AnswerWords, topics: frozenset[str]) -> list[Quantity]:
    """Every quantity from left to right, ranges joined and ends of scales dropped."""
    singles: list[Quantity] = []
    for one in single_quantities(text, words, topics):
        _add(text, singles, one)
    return _joined(text, _with_pounds(text, _without_scales(text, singles, words)))


def _add(text: str, found: list[Quantity], one: Quantity) -> None:
    """Append a number; 十分之四 is 4 of 10, 百分之九十五 is 95 %."""
    if text[: one.start].endswith("分之"):
        whole = text[: one.start - 2]
        ten = whole.endswith(("十", "10"))
        unit = "%" if whole.endswith("百") else "{score}" if ten else OTHER
        start = one.start - (4 if whole.endswith("10") else 3)
        while found and found[-1].end > start:
            found.pop()
        one = replace(one, start=start, unit=unit)
    found.append(one)


def _without_scales(text: str, found: Sequence[Quantity], words: AnswerWords) -> list[Quantity]:
    """Drop the ends of scales: 7/10, 满分十分, 10分制, "scale of 0 to 10"."""
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        between = text[last.end : one.start].strip() if last else ""
        if one.value == 10 and last and between in ("/", *OUT_OF, "of"):
            kept[-1] = replace(last, unit="{score}", end=one.end, whole=one.value)
        elif last and between in OUT_OF and one.unit is None and last.value <= one.value:
            kept[-1] = replace(last, end=one.end, whole=one.value)
        elif one.value >= 40 and last and between in PRESSURES and last.value >= 60:
            kept[-1] = replace(last, unit="mm[Hg]", end=one.end, loose=False)
        elif one.value not in SCALES or not _names_scale(text, one, words):
            kept.append(one)
        elif last and last.value <= 1 and between in ("to", "-"):
            kept.pop()  # "on a scale of 0 to 10"
    return kept


def _names_scale(text: str, one: Quantity, words: AnswerWords) -> bool:
    after = text[one.end :].lstrip(" ")
    return words.book("scale_end").ends_at(text, one.start) or after.startswith(SCALE_AFTER)


def _with_pounds(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """ "11 stone 4" and "12st 7lb" are one weight, in pounds."""
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        beside = last is not None and text[last.end : one.start].strip(" ,-") in ("", "and")
        pounds = one.unit in (None, "[lb_av]") and one.value < POUNDS
        if last is None or last.unit != "[stone_av]" or not beside or not pounds:
            kept.append(one)
            continue
        weight = last.value * POUNDS + one.value
        kept[-1] = replace(last, value=weight, low=weight, end=one.end, unit="[lb_av]")
    return kept


def _joined(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """Join the two ends of a range into one quantity, the higher end counting."""
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        if last is None or one.denied or not _is_range(text, last, one):
            if last is not None and last.unit is None and _shares_unit(text, last, one):
                kept[-1] = replace(last, unit=one.unit)
            kept.append(one)
            continue
        divided = text[last.end : one.start].strip() == "/" and one.value != last.value + 1
        kept[-1] = replace(
            last,
            value=max(last.value, one.value),
            low=min(last.low, one.low),
            end=one.end,
            unit=one.unit or last.unit,
            loose=(last.loose and one.loose) or (last.low <= 1 and one.value == SCALES[1]),
            bound=last.bound or one.bound,
            half=(last.value, one.value) if divided else None,
        )
    return kept


def _shares_unit(text: str, last: Quantity, one: Quantity) -> bool:
    """ "2-3 days a week": the unit behind the second number is the first one's too."""
    return one.unit is not None and text[last.end : one.start].strip() in JOINED


def _is_range(text: str, last: Quantity, one: Quantity) -> bool:
    between = text[last.end : one.start]
    if len(between) > FARTHEST or not CONNECT.fullmatch(between):
        return False
    units = {last.unit, one.unit} - {None, "{degree}"}
    if len(units) > 1 or OTHER in units:
        return False
    plain = between.strip()
    if plain in ("", "、"):
        return one.value == last.value + 1 and one.value < 20
    if plain == "and":
        return "between" in text[max(0, last.start - 12) : last.start]
    return plain not in (",", "，")

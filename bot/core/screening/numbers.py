"""Numbers: digits, Chinese numerals and English number words, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ZH_DIGITS: Final = dict(
    zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, *range(3, 10)), strict=True)
)
ZH_UNITS: Final = {"十": 10, "百": 100, "千": 1000}


def _counted(words: str, *, start: int, step: int = 1) -> dict[str, int]:
    return {word: start + step * place for place, word in enumerate(words.split())}


EN_UNITS: Final = _counted("one two three four five six seven eight nine", start=1)
EN_TEENS: Final = _counted(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", start=10
)
EN_TENS: Final = _counted(
    "twenty thirty forty fifty sixty seventy eighty ninety", start=20, step=10
)
EN_WORDS: Final = {"zero": 0, "couple": 2, "dozen": 12, "twice": 2} | EN_UNITS | EN_TEENS | EN_TENS


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


UNDER_HUNDRED: Final = rf"(?:(?:{_any(EN_TENS)})(?: (?:{_any(EN_UNITS)}))?|{_any(EN_WORDS)})"
NUMBER: Final = re.compile(
    r"(?P<digits>\d+(?:\.\d+)?)"
    r"|(?P<han>[零〇一二两三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+)?|几十|十几|几)"
    rf"|\b(?P<word>(?:(?:a|one|two) hundred(?: (?:and )?{UNDER_HUNDRED})?"
    rf"|one (?:oh|o) (?:{_any(EN_UNITS)})|{UNDER_HUNDRED})"
    rf"(?: point (?:{_any((*EN_UNITS, 'zero', 'oh'))}))?)\b"
)
RANGE: Final = re.compile(r"\s*(?:-|~|到|至|to|or|或)\s*")
SEVERAL: Final = 4  # what 几 and "a few" are taken for: more than three
LONGEST: Final = 12  # digits; longer ones are telephone numbers and the like


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a range, and where it stands."""

    start: int
    end: int
    low: float
    high: float
    text: str

    @property
    def is_decimal(self) -> bool:
        return "." in self.text or "点" in self.text or " point " in self.text


def find_numbers(text: str) -> list[Number]:
    """All numbers of a text, ranges joined (`86-88`, 三到五)."""
    numbers: list[Number] = []
    for found in NUMBER.finditer(text):
        if len(found[0]) > LONGEST and not found["word"]:
            continue
        low, high = _value(found)
        one = Number(found.start(), found.end(), low, high, found[0])
        if numbers and RANGE.fullmatch(text, numbers[-1].end, one.start):
            before = numbers.pop()
            one = Number(
                before.start,
                one.end,
                min(before.low, low),
                max(before.high, high),
                f"{before.text}-{one.text}",
            )
        numbers.append(one)
    return numbers


def _value(found: re.Match[str]) -> tuple[float, float]:
    if found["digits"]:
        value = float(found["digits"])
        return value, value
    if found["word"]:
        value = en_value(found["word"])
        return value, value
    return han_value(found["han"])


def en_value(text: str) -> float:
    """`a hundred and one point five` -> 101.5; `thirty eight` -> 38; `one oh two` -> 102."""
    whole, _, tenths = text.partition(" point ")
    hundreds, says_hundred, rest = whole.partition(" hundred")
    total = 100 * EN_UNITS.get(hundreds, 1) if says_hundred else 0
    words = rest.split() if says_hundred else whole.split()
    if len(words) > 1 and words[1] in ("oh", "o"):
        words, total = words[2:], 100
    return total + sum(EN_WORDS.get(word, 0) for word in words) + EN_UNITS.get(tenths, 0) / 10


def han_value(text: str) -> tuple[float, float]:
    """三十八点六 -> 38.6; 十几 -> 11 to 19; 五六 -> 5 to 6."""
    if "几" in text:
        return {"几": (SEVERAL, SEVERAL), "十几": (11, 19), "几十": (20, 90)}[text]
    whole, _, decimals = text.partition("点")
    if len(whole) > 1 and not set(whole) & set(ZH_UNITS):
        digits = [ZH_DIGITS[char] for char in whole]
        if len(digits) == 2 and digits[1] == digits[0] + 1:
            return float(digits[0]), float(digits[1])
        value = float("".join(map(str, digits)))
    else:
        value = _with_units(whole)
    if decimals:
        value += float("0." + "".join(str(ZH_DIGITS[char]) for char in decimals))
    return value, value


def _with_units(text: str) -> float:
    total, digit, last = 0, 0, 1
    for char in text:
        if char in ZH_UNITS:
            last = ZH_UNITS[char]
            total += (digit or (1 if not total else 0)) * last
            digit = 0
        else:
            digit = ZH_DIGITS[char]
    # 一百四 is 140, 三百五 is 350: a last digit after 百 counts in tens.
    if digit and last >= 100 and not text.endswith("零") and "零" not in text:
        return float(total + digit * last // 10)
    return float(total + digit)

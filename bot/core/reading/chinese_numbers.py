"""Chinese numbers: a run of numerals as one value, or as the two ends of a range."""

from __future__ import annotations

from bot.core.reading.answer_words import AnswerWords


def chinese_number(chunk: str, words: AnswerWords) -> tuple[float, float] | None:
    """A run of Chinese numerals as (low, high); None when it is no number."""
    table = words.table("number")
    if not any(char in "十百" for char in chunk):
        return _digits_only([table[char] for char in chunk])
    if chunk.count("百") > 1 or chunk.count("十") > 1 or chunk.strip("百") == "":
        return None
    hundreds, _, rest = chunk.rpartition("百")
    base = 100.0 * (table.get(hundreds, 1) if hundreds else 1) if "百" in chunk else 0.0
    if "百" in chunk and len(rest) == 1 and rest not in "十零〇":
        return base + 10 * table[rest], base + 10 * table[rest]  # 一百二 is 120
    if "百" in chunk and len(rest) == 2 and not set(rest) & set("十零〇"):
        if table[rest[1]] == table[rest[0]] + 1:
            return base + 10 * table[rest[0]], base + 10 * table[rest[1]]  # 一百四五: 140 to 150
        return None
    tens, ten, ones = rest.lstrip("零〇").rpartition("十")
    low_tens = high_tens = 0.0
    if ten:
        pair = _digits_only([table[char] for char in tens]) if tens else (1.0, 1.0)
        if pair is None or pair[1] > 9:
            return None
        low_tens, high_tens = pair[0] * 10, pair[1] * 10
    pair = _digits_only([table[char] for char in ones]) if ones else (0.0, 0.0)
    if pair is None or pair[1] > 9:
        return None
    return base + low_tens + pair[0], base + high_tens + pair[1]


def _digits_only(digits: list[int]) -> tuple[float, float] | None:
    """五 is 5, 五六 is 5 to 6, 三八 is 38 as people dictate it."""
    if len(digits) == 2 and (digits == [3, 5] or 0 < digits[0] == digits[1] - 1):
        return float(digits[0]), float(digits[1])
    if not digits or len(digits) > 5:
        return None
    value = float("".join(map(str, digits)))
    return value, value

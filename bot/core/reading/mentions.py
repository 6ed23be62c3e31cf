"""Mentions: every number in a folded text, in digits, Chinese or English words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.chinese_numbers import chinese_number
from bot.core.reading.english_numbers import english_numbers

LONGEST_NUMBER = 9  # characters; longer ones are phone or record numbers
DIGITS = re.compile(
    r"(?<!\d)(?<!\d\.)(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:[.。]{1,2}\d+|,\d{1,2}(?!\d))?|(?<!\.)\.\d+)(?!\d)"
)
TAIL_POINT = re.compile(r"(?:点| point )(\d{1,2}|[零〇一二三四五六七八九]{1,2})(?![\d十百])")
TAIL_DEGREE = re.compile(
    r" ?(?:度|°|℃) ?(\d{1,2}|[零〇一二三四五六七八九]{1,2}|半)(?![\d十百.分天次个片粒小日周回])"
)
HALF = re.compile(r"点?半| and a half")
CHINESE = re.compile(r"[零〇一二两俩三仨四五六七八九十百壹贰叁肆伍陆柒捌玖]+")
MASKED = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[:：]\d{2}"
    r"|(?<![\d.])0\d{3}(?![\d.])"  # 0900
    r"|(?<!\d)(?:1?\d|2[0-4])点(?!3[4-9]|4[0-3])\d{2}(?![\d.])|\d{1,2}/\d{1,2}/\d{2,4}|\d{6,}|\d+(?:\.\d+){2,}"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number as said. `low` differs from `value` when two were said in one: 五六.

    `degrees` is true when the number already swallowed its 度 (38度2), `vague`
    when something uncertain follows (37度多, 十几), `spelled` when it was read out as on
    a display ("three eight point five").
    """

    value: float
    low: float
    start: int
    end: int
    written: str
    degrees: bool = False
    vague: bool = False
    spelled: bool = False


def mentions(text: str, words: AnswerWords) -> list[Mention]:
    """All numbers from left to right; dates, clock times and idioms are left out."""
    masked = [match.span() for match in MASKED.finditer(text)]
    masked += [(hit.start, hit.end) for hit in words.book("number_idiom").hits(text)]
    found = [*_in_digits(text), *_in_chinese(text, words), *_in_english(text, words)]
    free = [one for one in found if not any(a < one.end and one.start < b for a, b in masked)]
    kept: list[Mention] = []
    for one in sorted(free, key=lambda some: (some.start, -some.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _in_digits(text: str) -> Iterator[Mention]:
    for match in DIGITS.finditer(text):
        written = match.group().replace("。", ".").replace("..", ".")
        if len(written) > LONGEST_NUMBER:
            continue
        if re.fullmatch(r"\d{1,3}(,\d{3})+", written):
            written = written.replace(",", "")
        value = float(written.replace(",", "."))
        yield _with_tail(text, match.start(), match.end(), value, value, "digits")


def _in_chinese(text: str, words: AnswerWords) -> Iterator[Mention]:
    for match in CHINESE.finditer(text):
        pair = chinese_number(match.group(), words)
        if pair is not None:
            yield _with_tail(text, match.start(), match.end(), pair[1], pair[0], "chinese")


def _in_english(text: str, words: AnswerWords) -> Iterator[Mention]:
    for start, end, value, spelled in english_numbers(text, words):
        found = _with_tail(text, start, end, value, value, "english")
        yield replace(found, spelled=spelled)


def _with_tail(text: str, start: int, end: int, value: float, low: float, written: str) -> Mention:
    """Take in what belongs to the number after its digits: 点五, 度2, 半, 多."""
    degrees = vague = False
    whole = value == int(value)
    if whole and (match := TAIL_POINT.match(text, end)) and not _is_clock(value, match.group(1)):
        low, value = _add(value, match.group(1))
        end = match.end()
    elif whole and (match := TAIL_DEGREE.match(text, end)):
        low, value = _add(value, match.group(1))
        end, degrees = match.end(), True
        if (more := re.compile(r"、(\d)(?![\d.])").match(text, end)) is not None:
            value, end = _add(float(int(value)), more.group(1))[1], more.end()
    elif whole and (match := HALF.match(text, end)):
        value = low = value + 0.5
        end = match.end()
    if text[end : end + 1] in ("几", "多", "来") and text[end : end + 1]:
        end, vague = end + 1, True
    return Mention(value, low, start, end, written, degrees, vague)


def _is_clock(value: float, tail: str) -> bool:
    """8点30 is a time of day, 37点5 and 三点五 are decimals."""
    return value <= 24 and tail.isdigit() and tail.isascii() and len(tail) == 2


def _add(value: float, tail: str) -> tuple[float, float]:
    """The number with its decimals, as (low, high): 37度七八 is 37.7 to 37.8."""
    if tail == "半":
        return value + 0.5, value + 0.5
    digits = [char if char.isascii() else str("零一二三四五六七八九".find(char)) for char in tail]
    digits = ["0" if one == "-1" else one for one in digits]
    if len(digits) == 2 and not tail.isascii() and int(digits[1]) == int(digits[0]) + 1:
        return round(value + int(digits[0]) / 10, 3), round(value + int(digits[1]) / 10, 3)
    exact = round(value + float("0." + "".join(digits)), 3)
    return exact, exact

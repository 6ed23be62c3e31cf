"""Days: every day that a text names, in digits, by name or counted back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.core.reading.dates.calendar import day_of, days_near, last_such_day
from bot.core.reading.own_words import OwnWords
from bot.core.reading.ranges import quantities

NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
FULL = re.compile(r"(\d{4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,2})[日号]?")
MONTH_DAY = re.compile(rf"(上个?月|这个?月|本月|({NUMBER})月(?:份)?) ?({NUMBER})[日号]?")
DAY_ONLY = re.compile(rf"(?<![\d月第])({NUMBER})(?:号|日)(?!床|楼)")
ENGLISH_DAY = re.compile(
    r"(?:(?<![a-z\d])(?:the|on)|^|[,;:.，\n]) ?(?:the )?(\d{1,2})(?:st|nd|rd|th)(?![a-z])"
)
DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})(?![a-z])")
MONTH_FIRST = re.compile(r"(?<![a-z])([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?![\d:])")
SLASHED = re.compile(r"(?<![\d/])(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?(?![\d/])")
AGO = re.compile(r" ?(?:ago|back|before|前|之前|以前)")
Found = tuple[int, int, tuple[date, ...]]  # start, end, the days it may be


def all_dates(
    text: str, own: OwnWords, today: date | None, language: str | None
) -> Iterator[Found]:
    taken: list[tuple[int, int]] = []
    sources = [_written(text, today, language)]
    if today is not None:
        sources += [_relative(text, own, today), _named(text, own, today)]
    for source in sources:
        for start, end, days in source:
            if days and not any(a < end and start < b for a, b in taken):
                taken.append((start, end))
                yield start, end, days


def _written(text: str, today: date | None, language: str | None) -> Iterator[Found]:
    for match in FULL.finditer(text):
        yield *match.span(), day_of(*map(int, match.groups()))
    for match in SLASHED.finditer(text):
        one, two, year = match.groups()
        years = [int(year) + (2000 if len(year) == 2 else 0)] if year else []
        first, second = int(one), int(two)
        month_first = days_near(today, first, second, years)
        day_first = () if language == "zh" else days_near(today, second, first, years)
        yield *match.span(), tuple(dict.fromkeys((*month_first, *day_first)))


def _named(text: str, own: OwnWords, today: date) -> Iterator[Found]:
    """3月8号, 5号, "march 8", "8th of March", "the 5th", weekdays."""
    months = own.words.table("month")
    for match in MONTH_DAY.finditer(text):
        word, number, day = match.groups()
        month = (
            _whole(number, own) if number else (today.month if word[0] != "上" else today.month - 1)
        )
        yield *match.span(), days_near(today, month or 12, _whole(day, own), [])
    for pattern, order in ((DAY_FIRST, (2, 1)), (MONTH_FIRST, (1, 2))):
        for match in pattern.finditer(text):
            if (name := match.group(order[0])) in months:
                yield *match.span(), days_near(today, months[name], int(match.group(order[1])), [])
    for match in (*DAY_ONLY.finditer(text), *ENGLISH_DAY.finditer(text)):
        yield *match.span(), last_such_day(today, _whole(match.group(1), own))
    weekdays = own.words.table("weekday")
    for hit in own.words.table_books["weekday"].hits(text):
        back = (today.weekday() - weekdays[hit.phrase]) % 7
        before = text[max(0, hit.start - 5) : hit.start]
        if before.endswith(("上", "上个")):
            back = today.weekday() + 7 - weekdays[hit.phrase]
        elif "next" in before or before.endswith("下"):
            back -= 7
        elif "last" in before:
            back = back or 7
        elif back == 0:
            continue  # "Wednesday" on a Wednesday: today or a week ago?
        yield hit.start, hit.end, (today - timedelta(days=back),)


def _relative(text: str, own: OwnWords, today: date) -> Iterator[Found]:
    """昨天, "2 days ago", 三天前."""
    table = own.words.table("day")
    for hit in own.words.table_books["day"].hits(text):
        yield hit.start, hit.end, (today + timedelta(days=table[hit.phrase]),)
    for one in quantities(text, own.words, frozenset()):
        match = AGO.match(text, one.end)
        said = text[one.start : one.end]
        step = 7 if any(word in said for word in ("week", "wk", "周", "星期", "礼拜")) else 1
        known = step == 7 or any(word in said for word in ("day", "天", "日"))
        if match and known and one.value == one.low and not one.bound:
            days = timedelta(days=step * int(one.value))
            yield one.start, match.end(), (today - days,)
    for match in re.finditer(r"(?<![a-z])a week ago", text):
        yield *match.span(), (today - timedelta(days=7),)


def _whole(written: str, own: OwnWords) -> int:
    if written.isdigit():
        return int(written)
    table = own.words.table("number")
    tens, ten, ones = written.rpartition("十")
    base = 10 * (table.get(tens, 1) if tens else 1) if ten else 0
    return base + table.get(ones, 0)

"""Measures: temperatures, pulses and other numbers that mean something by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.core.screening.lexicon import Lexicons, Measure
from bot.core.screening.match import Found, Piece, width
from bot.core.screening.numbers import ZH_DIGITS, Number
from bot.core.screening.page import Page
from bot.core.screening.scan import Hit

REACH: Final = 12  # Chinese characters between the name of a measure and its number
TENTHS: Final = re.compile(
    r"\s?(?:°|度|点|,|:|·)\s?([0-9零一二三四五六七八九半])(?![0-9%零一二三四五六七八九十])"
)
DEGREES: Final = re.compile(
    r"\s?(?:(?P<c>°?c(?![a-z])|摄氏度?|celsius|degrees? c(?![a-z])|deg c(?![a-z]))"
    r"|(?P<f>°?f(?![a-z])|华氏度?|fahrenheit|degrees? f(?![a-z])|deg f(?![a-z]))"
    r"|(?P<any>度|°|degrees?|deg(?![a-z])))"
)
OTHER_UNIT: Final = re.compile(
    r"\s?(?:kg|cm|mm|mg|ml|mcg|iu|g(?![a-z])|l(?![a-z])|%|/|岁|天|斤|公斤|周|个|次|分|点|月|号|日|年|"
    r"元|块|片|粒|颗|针|支|厘米|毫米|毫升|毫克|小时|mmol|umol|years?|yrs?|yo(?![a-z])|weeks?|wks?|"
    r"days?|months?|hours?|hrs?|mins?|am|pm|lbs?|st(?![a-z])|miles?|k(?![a-z])|pounds?|kilos?|"
    r"stone|percent|inch|x )"
)
CELSIUS: Final = (34.0, 43.4)
FAHRENHEIT: Final = (93.0, 110.0)
NORMAL: Final = 37.3  # a later reading below it ends an earlier fever


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value with its place."""

    name: str
    clause: int
    value: float
    high: float
    start: int
    end: int


def measured(page: Page, lexicons: Lexicons) -> list[Reading]:
    """All values of all measures in the message, in reading order."""
    readings: list[Reading] = []
    for name, measure in lexicons.measures.items():
        if name == "temperature":
            readings += temperatures(page, measure)
        else:
            readings += _named_values(page, measure)
    return sorted(readings, key=lambda reading: (reading.start, reading.name))


def signs_of(readings: list[Reading], lexicons: Lexicons) -> list[Found]:
    """The signs whose thresholds these values cross; the strictest of each measure."""
    found: list[Found] = []
    for reading in readings:
        for threshold in lexicons.measures[reading.name].thresholds:
            if threshold.holds(reading.value) or threshold.holds(reading.high):
                piece = Piece(reading.start, reading.end)
                found.append(Found(threshold.sign, reading.clause, (piece,)))
                break  # thresholds stand from the most to the least urgent
    return found


def ended_fevers(readings: list[Reading]) -> frozenset[int]:
    """Where the temperatures stand after which a normal one was measured."""
    told = [reading for reading in readings if reading.name == "temperature"]
    last = max((one.start for one in told if one.high < NORMAL), default=-1)
    return frozenset(one.start for one in told if one.start < last)


def disproved(readings: list[Reading], lexicons: Lexicons) -> frozenset[str]:
    """Codes of signs of which numbers of the same message say otherwise: a "fever" of 36.9.

    Asked once a message: a page of numbers has hundreds of signs and of readings.
    """
    codes: set[str] = set()
    for name, measure in lexicons.measures.items():
        mine = [reading for reading in readings if reading.name == name]
        crossed = any(
            threshold.holds(reading.value) or threshold.holds(reading.high)
            for reading in mine
            for threshold in measure.thresholds
        )
        if mine and not crossed:
            codes |= {lexicons.signs[threshold.sign].code for threshold in measure.thresholds}
    return frozenset(codes)


def temperatures(page: Page, measure: Measure) -> Iterator[Reading]:
    """Body temperatures in Celsius, however they are written."""
    for clause in page.clauses:
        if measure.not_with is not None and page.has(clause.number, measure.not_with):
            continue
        named = _named_near(page, clause.number, measure.called)
        for number in page.numbers[clause.number]:
            reading = _temperature(page, clause.number, number, named, measure)
            if reading is not None:
                yield reading


def _named_near(page: Page, clause: int, called: int) -> bool:
    around = range(max(0, clause - 2), min(len(page.clauses), clause + 2))
    return any(page.has(one, called) for one in around)


def _temperature(
    page: Page, clause: int, number: Number, named: bool, measure: Measure
) -> Reading | None:
    text = page.plain.text
    value, end = _with_tenths(text, number)
    unit = DEGREES.match(text, end)
    if unit is None and OTHER_UNIT.match(text, end):
        return None
    exact = number.is_decimal or end > number.end
    kind = unit.lastgroup if unit else None
    is_celsius = CELSIUS[0] <= value <= CELSIUS[1] and kind != "f"
    is_fahrenheit = FAHRENHEIT[0] <= value <= FAHRENHEIT[1] and kind != "c"
    if not is_celsius and not is_fahrenheit:
        return None
    close = _close_to_name(page, clause, number, measure.called)
    if is_celsius and not (kind or exact or close):
        return None
    if is_fahrenheit and not (
        kind == "f" or close or (named and (exact or kind)) or (number.is_decimal and value >= 99.0)
    ):
        return None
    celsius = value if is_celsius else round((value - 32) * 5 / 9, 1)
    return Reading(
        "temperature", clause, celsius, celsius, number.start, unit.end() if unit else end
    )


def _with_tenths(text: str, number: Number) -> tuple[float, int]:
    """38度2, 38°2, 三十八度六, 38,5."""
    if number.is_decimal or number.high >= 100:
        return number.high, number.end
    tenths = TENTHS.match(text, number.end)
    if tenths is None or not CELSIUS[0] <= number.high <= CELSIUS[1]:
        return number.high, number.end
    digit = tenths[1]
    tenth = 5 if digit == "半" else ZH_DIGITS.get(digit, None)
    return number.high + (int(digit) if tenth is None else tenth) / 10, tenths.end()


def _close_to_name(page: Page, clause: int, number: Number, called: int) -> bool:
    return any(_between(page, hit, number) <= REACH for hit in page.of(clause, called))


def _between(page: Page, hit: Hit, number: Number) -> float:
    text = page.plain.text
    if hit.end <= number.start:
        return width(text[hit.end : number.start])
    return width(text[number.end : hit.start])


def _named_values(page: Page, measure: Measure) -> Iterator[Reading]:
    """Numbers that stand after the name of their measure, or before its unit."""
    text = page.plain.text
    for clause in page.clauses:
        if measure.not_with is not None and page.has(clause.number, measure.not_with):
            continue
        for number in page.numbers[clause.number]:
            if not measure.lowest <= number.high <= measure.highest:
                continue
            named = [
                hit
                for hit in page.of(clause.number, measure.called)
                if number.start - hit.end >= 0
                and _between(page, hit, number) <= REACH
                and not _number_between(page, clause.number, hit, number)
            ]
            units = page.of(clause.number, measure.unit) if measure.unit is not None else ()
            has_unit = any(
                hit.start - number.end >= 0 and not text[number.end : hit.start].strip(" 多")
                for hit in units
            )
            if named or has_unit:
                yield Reading(
                    measure.name, clause.number, number.low, number.high, number.start, number.end
                )


def _number_between(page: Page, clause: int, hit: Hit, number: Number) -> bool:
    return any(
        hit.end <= other.start and other.end <= number.start for other in page.numbers[clause]
    )

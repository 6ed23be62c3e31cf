"""Enrolment: one row of facts about a new patient, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from bot.core.patient import RiskTier
from bot.core.words import LANGUAGES, Words

COLUMNS = (
    "name",
    "hospital_id",
    "birth_year",
    "procedure_code",
    "surgery_date",
    "discharge_date",
    "language",
    "time_zone",
    "risk_tier",
    "channel",
)
OPTIONAL_COLUMNS = ("caregiver", "caregiver_language", "ward", "phone", "medicines", "history")
CHANNELS = ("telegram", "webchat")
LONGEST_EXTRA = 120
LONGEST_HISTORY = 1000
# A spreadsheet runs a cell that begins like this when lists are exported.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
MOST_DAYS_IN_HOSPITAL = 366
OLDEST_BIRTH_YEAR = 1900
YEAR_DIGITS = 4


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field, in words for the person who typed it."""

    column: str
    reason: Words


@dataclass(frozen=True)
class NewEnrolment:
    """A patient to enrol, every field checked. `caregiver` is a name or empty."""

    name: str
    hospital_id: str
    birth_year: int
    procedure_code: str
    surgery_on: date
    discharge_on: date
    language: str
    time_zone: str
    risk_tier: RiskTier
    channel: str
    caregiver: str = ""
    caregiver_language: str = ""
    ward: str = ""
    phone: str = ""
    medicines: str = ""
    history: str = ""


def read_enrolment(
    row: Mapping[str, str], *, procedures: frozenset[str], today: date
) -> NewEnrolment | tuple[Fault, ...]:
    """Check one row of text; either the enrolment or every fault in it."""
    reader = _Reader({key: (value or "").strip() for key, value in row.items()}, today)
    fields = {
        "name": reader.filled("name", longest=120),
        "hospital_id": reader.filled("hospital_id", longest=60),
        "birth_year": reader.birth_year(),
        "procedure_code": reader.one_of("procedure_code", sorted(procedures)),
        "surgery_on": reader.day("surgery_date"),
        "discharge_on": reader.day("discharge_date"),
        "language": reader.one_of("language", LANGUAGES),
        "time_zone": reader.zone(),
        "risk_tier": reader.one_of("risk_tier", tuple(RiskTier)),
        "channel": reader.one_of("channel", CHANNELS),
    }
    reader.order_of_days(fields["surgery_on"], fields["discharge_on"])
    if reader.row.get("caregiver_language"):
        reader.one_of("caregiver_language", LANGUAGES)
    for column in ("caregiver", "ward", "phone"):
        reader.plain(column, longest=LONGEST_EXTRA, number=column == "phone")
    for column in ("medicines", "history"):
        reader.plain(column, longest=LONGEST_HISTORY, lines=True)
    reader.born_before(fields["birth_year"], fields["surgery_on"])
    if reader.faults:
        return tuple(reader.faults)
    fields["risk_tier"] = RiskTier(str(fields["risk_tier"]))
    extra = {key: reader.row.get(key, "") for key in OPTIONAL_COLUMNS}
    return NewEnrolment(**fields, **extra)  # type: ignore[arg-type]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class _Reader:
    """Reads fields one by one and collects what is wrong with them."""

    def __init__(self, row: Mapping[str, str], today: date) -> None:
        self.row, self.today = row, today
        self.faults: list[Fault] = []

    def _fault(self, column: str, zh: str, en: str) -> None:
        self.faults.append(Fault(column, Words({"zh": zh, "en": en})))

    def filled(self, column: str, *, longest: int) -> str:
        if not self.row.get(column):
            self._fault(column, "不能为空", "must not be empty")
        return self.plain(column, longest=longest)

    def plain(self, column: str, *, longest: int, number: bool = False, lines: bool = False) -> str:
        """Text a person can read and no spreadsheet runs; a phone number may begin with +.

        `lines` allows line breaks, as in a list of medicines.
        """
        text = self.row.get(column, "")
        shown = re.sub(r"\r?\n|\t", " ", text) if lines else text
        if len(text) > longest:
            self._fault(column, f"最多 {longest} 个字", f"at most {longest} characters")
        elif not shown.isprintable():
            self._fault(column, "含有不可见字符", "contains control characters")
        elif text.startswith(FORMULA_STARTS) and not number:
            self._fault(column, "不能以 = + - @ 开头", "must not begin with = + - or @")
        return text

    def born_before(self, year: object, surgery: object) -> None:
        if isinstance(surgery, date) and isinstance(year, int) and surgery.year < year:
            self._fault("surgery_date", "早于出生年份", "is before the year of birth")

    def one_of(self, column: str, known: tuple[str, ...] | list[str]) -> str:
        text = self.row.get(column, "")
        if text not in known:
            names = ", ".join(known)
            self._fault(column, f"应为以下之一：{names}", f"must be one of: {names}")
        return text

    def birth_year(self) -> int:
        text = self.row.get("birth_year", "")
        latest = self.today.year
        four = len(text) == YEAR_DIGITS and text.isascii() and text.isdigit()
        if not (four and OLDEST_BIRTH_YEAR <= int(text) <= latest):
            self._fault(
                "birth_year",
                f"应为 {OLDEST_BIRTH_YEAR} 到 {latest} 之间的四位年份",
                f"must be a year between {OLDEST_BIRTH_YEAR} and {latest}",
            )
            return 0
        return int(text)

    def day(self, column: str) -> date | None:
        try:
            return date.fromisoformat(self.row.get(column, ""))
        except ValueError:
            self._fault(column, "日期应写成 2026-11-22", "must be a date written like 2026-11-22")
            return None

    def zone(self) -> str:
        text = self.row.get("time_zone", "")
        if text not in _zones():
            self._fault(
                "time_zone",
                "应为 IANA 时区，例如 Asia/Shanghai",
                "must be an IANA time zone such as Asia/Shanghai",
            )
        return text

    def order_of_days(self, surgery: object, discharge: object) -> None:
        if not (isinstance(surgery, date) and isinstance(discharge, date)):
            return
        if discharge < surgery:
            self._fault("discharge_date", "出院日期早于手术日期", "is before the surgery date")
        elif (discharge - surgery).days > MOST_DAYS_IN_HOSPITAL:
            self._fault(
                "discharge_date",
                "距手术超过一年，请核对",
                "is more than a year after surgery; please check",
            )
        if (surgery - self.today).days > MOST_DAYS_IN_HOSPITAL:
            self._fault(
                "surgery_date",
                "在一年以后，请核对",
                "is more than a year away; please check",
            )

"""Rota table: a whole rota as CSV, looked at row by row before it is taken, and written out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.permissions import Permission
from bot.core.rota import Gap, Overlap, find_overlaps
from bot.core.schedule import utc_of
from bot.core.staff import Nurse, Shift
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.rota import RotaRefused, allowed_to_change, checked, put_on
from bot.services.rota_gaps import LOOK_AHEAD, gaps_between, shifts_between

COLUMNS: Final = ("nurse", "rota", "from", "to", "zone")
NEEDED: Final = COLUMNS[:-1]  # without a zone the house's own counts
MOST_BYTES: Final = 300_000
MOST_ROWS: Final = 2_000
FORMATS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M")
FIRST_YEAR, LAST_YEAR = 2000, 2100  # what lies outside is a slip of the pen


@dataclass(frozen=True)
class Fault:
    """What is wrong in a table, and where. Line 1 is the heading; `why` is a key.

    Beside the reasons of RotaRefused: too_large, too_many, no_table, heading, empty, zone,
    moment. `value` is what stood there.
    """

    line: int
    column: str
    why: str
    value: str = ""


@dataclass(frozen=True)
class Line:
    """One good row: its line, the shift, and whether it is there already."""

    line: int
    shift: Shift
    known: bool


@dataclass(frozen=True)
class TableRead:
    """What a table would change. `gaps` and `overlaps` are those of the next 14 days then."""

    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()
    gaps: tuple[Gap, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> tuple[Line, ...]:
        return tuple(one for one in self.lines if not one.known)


def as_text(raw: bytes) -> str | None:
    """The text of a file as programs for tables write it; None when it is no text."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        known: tuple[str, ...] = ("utf-16",)
    else:
        known = ("utf-8-sig", "gb18030")
    for encoding in known:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def look_at_table(parts: Parts, text: str, *, by: str) -> TableRead:
    """Read a table (nurse login, rota, from, to, zone) row by row and change nothing.

    Times are local times of the row's zone. A row that is there already changes nothing.
    """
    with parts.record.reading() as tx:
        allowed_to_change(tx, by)
        return _look(tx, parts, text)


def take_table(parts: Parts, text: str, *, by: str) -> TableRead:
    """Read it again and put its good rows on the rota, all of them or none."""
    with parts.record.transaction() as tx:
        allowed_to_change(tx, by)
        read = _look(tx, parts, text)
        for line in read.new:
            put_on(tx, parts, line.shift, by)
        return read


def write_table(parts: Parts, nurse: Nurse, *, start: datetime, end: datetime) -> str:
    """The shifts of a stretch of time as the same table, on the house's clock."""
    require(nurse, Permission.SEE_ROTA)
    zone = parts.house.default_time_zone
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    with parts.record.reading() as tx:
        logins = {one.id: one.login for one in tx.nurses.find()}
        shifts = shifts_between(tx, start, end)
    for one in shifts:
        if one.ends_at > one.starts_at:
            moments = (
                f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
                for at in (one.starts_at, one.ends_at)
            )
            table.writerow((logins.get(one.nurse_id, ""), one.rota, *moments, zone))
    return out.getvalue()


def _look(tx: Transaction, parts: Parts, text: str) -> TableRead:
    if len(text.encode()) > MOST_BYTES:
        return TableRead(faults=(Fault(0, "", "too_large", f"{MOST_BYTES // 1000}"),))
    nurses = {one.login: one for one in tx.nurses.find()}
    lines, faults = _lines(text, nurses, parts.house.default_time_zone)
    if lines:
        start = min(one.shift.starts_at for one in lines)
        end = max(one.shift.ends_at for one in lines)
        there = {_key(one) for one in shifts_between(tx, start, end)}
        lines = [_marked(one, there) for one in lines]
    now = parts.clock.now()
    new = [one.shift for one in lines if not one.known]
    return TableRead(
        lines=tuple(lines),
        faults=tuple(faults),
        gaps=gaps_between(tx, parts, now, now + LOOK_AHEAD, more=new),
        overlaps=find_overlaps(_ahead([*shifts_between(tx, now, now + LOOK_AHEAD), *new], now)),
        names={one.id: one.name for one in nurses.values()},
    )


def _marked(line: Line, there: set[tuple[object, ...]]) -> Line:
    """Known when the shift is on the rota, or in a row before this one."""
    key = _key(line.shift)
    known = key in there
    there.add(key)
    return Line(line.line, line.shift, known)


def _key(shift: Shift) -> tuple[object, ...]:
    return (shift.nurse_id, shift.rota, shift.starts_at, shift.ends_at)


def _ahead(shifts: Iterable[Shift], now: datetime) -> list[Shift]:
    return [one for one in shifts if one.ends_at > now and one.starts_at < now + LOOK_AHEAD]


def _lines(text: str, nurses: Mapping[str, Nurse], zone: str) -> tuple[list[Line], list[Fault]]:
    lines: list[Line] = []
    faults: list[Fault] = []
    text = text.lstrip("\ufeff")
    # A program for tables writes what its country uses between the cells.
    between = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="more", delimiter=between)
    try:
        heading = [(one or "").strip().lower() for one in reader.fieldnames or ()]
        missing = [one for one in NEEDED if one not in heading]
        if missing:
            return [], [Fault(1, missing[0], "heading", ", ".join(missing))]
        reader.fieldnames = heading
        for row in reader:
            if len(lines) + len(faults) >= MOST_ROWS:
                faults.append(Fault(reader.line_num, "", "too_many", f"{MOST_ROWS}"))
                break
            try:
                lines.append(Line(reader.line_num, _read_row(row, nurses, zone), known=False))
            except RotaRefused as fault:
                faults.append(Fault(reader.line_num, fault.column, fault.why, fault.value))
    except csv.Error:
        faults.append(Fault(reader.line_num, "", "no_table"))
    return lines, faults


def _read_row(row: Mapping[str, str | None], nurses: Mapping[str, Nurse], house: str) -> Shift:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not cells[name]:
            raise RotaRefused(name, "empty")
    try:
        zone = ZoneInfo(cells["zone"] or house)
    except (LookupError, ValueError, OSError):
        raise RotaRefused("zone", "zone", cells["zone"][:40]) from None
    starts_at = _moment("from", cells["from"], zone)
    ends_at = _moment("to", cells["to"], zone)
    nurse = nurses.get(cells["nurse"].lower())
    if nurse is None:
        raise RotaRefused("nurse", "nobody", cells["nurse"][:40])
    return checked(nurse, cells["rota"].lower(), starts_at, ends_at)


def _moment(column: str, text: str, zone: ZoneInfo) -> datetime:
    """A local time of the row's zone in UTC; `utc_of` knows the hours that clocks change."""
    for form in FORMATS if len(text) <= 30 else ():
        try:
            local = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if FIRST_YEAR <= local.year <= LAST_YEAR:
            return utc_of(local.date(), local.time().replace(tzinfo=None), zone)
    raise RotaRefused(column, "moment", text[:40])

"""Rota: add and remove shifts, bring them in from a table, and say where nobody is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.errors import AftercareError, NotFound
from bot.core.permissions import Permission
from bot.core.rota import Gap, Overlap, find_gaps, find_overlaps
from bot.core.schedule import utc_of
from bot.core.staff import ROTAS, Nurse, Shift
from bot.services.audit import note
from bot.services.nurse_tasks import make_task
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction

LOOK_AHEAD: Final = timedelta(days=14)
LONGEST_SHIFT: Final = timedelta(days=31)
COLUMNS: Final = ("nurse", "rota", "from", "to", "zone")
MOST_BYTES: Final = 1_000_000
FORMATS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a table, and where. Line 1 is the heading."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """What became of a table: shifts that are new, rows that were there, rows refused."""

    added: int
    repeated: int
    faults: tuple[Fault, ...]


class RotaRefused(AftercareError):
    """A shift cannot be kept; `column` says which part of it is wrong."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(f"{column}: {reason}")


def add_shift(
    parts: Parts,
    *,
    nurse_id: str,
    rota: str,
    starts_at: datetime,
    ends_at: datetime,
    by: str,
) -> Shift:
    """Put a nurse on a rota. Raises RotaRefused, NotAllowed; the same again changes nothing."""
    with parts.record.transaction() as tx:
        _allowed(tx, by)
        nurse = tx.nurses.get(nurse_id)
        return _add(tx, parts, _checked(nurse, rota, starts_at, ends_at), by)[0]


def remove_shift(parts: Parts, *, shift_id: str, by: str) -> None:
    """Take a shift off the rota from now on. What she was told of stays hers to answer.

    A shift that is over stays as it was; a running one ends now.
    """
    with parts.record.transaction() as tx:
        _allowed(tx, by)
        shift, now = tx.shifts.get(shift_id, lock=True), parts.clock.now()
        if shift is None or shift.ends_at <= shift.starts_at:
            raise NotFound(f"no shift {shift_id}")
        if shift.ends_at <= now:
            raise RotaRefused("to", "this shift is over already")
        ended = max(shift.starts_at, now)
        tx.shifts.swap(shift, replace(shift, ends_at=ended))
        note(tx, parts, who=by, action="rota.remove", about=shift_id)


def import_rota(parts: Parts, text: str, *, by: str) -> Imported:
    """Bring in a table (nurse login, rota, from, to, zone). Good rows are kept.

    Each refused row is named with line, column and reason; a repeated row
    changes nothing. Times are local times of the row's zone.
    """
    if len(text.encode()) > MOST_BYTES:
        return Imported(0, 0, (Fault(0, "", "the file is too large"),))
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), restkey="more")
    missing = [one for one in COLUMNS if one not in (reader.fieldnames or ())]
    if missing:
        reason = f"the heading lacks: {', '.join(missing)}"
        return Imported(0, 0, (Fault(1, missing[0], reason),))
    added, repeated, faults = 0, 0, []
    with parts.record.transaction() as tx:
        _allowed(tx, by)
        try:
            for row in reader:
                try:
                    new = _add(tx, parts, _read_row(tx, row), by)[1]
                    added, repeated = added + new, repeated + (not new)
                except RotaRefused as fault:
                    faults.append(Fault(reader.line_num, fault.column, fault.reason))
        except csv.Error as fault:
            faults.append(Fault(reader.line_num, "", f"not a table: {fault}"))
    return Imported(added, repeated, tuple(faults))


def rota_gaps(parts: Parts) -> tuple[Gap, ...]:
    """Where nobody is on a rota that some chain needs, in the next 14 days."""
    with parts.record.reading() as tx:
        return _gaps(tx, parts)


def rota_overlaps(parts: Parts) -> tuple[Overlap, ...]:
    """Where one nurse stands twice in the next 14 days."""
    with parts.record.reading() as tx:
        now = parts.clock.now()
        return find_overlaps(_shifts(tx, now, now + LOOK_AHEAD))


def announce_gaps(parts: Parts) -> tuple[Gap, ...]:
    """Make a nurse task of every gap in the next 14 days, once each. Call it every day."""
    with parts.record.transaction() as tx:
        now = parts.clock.now()
        gaps = _gaps(tx, parts)
        for gap in gaps:
            text = f"{gap.rota}: {_plain(gap.starts_at, parts)} - {_plain(gap.ends_at, parts)}"
            if make_task(tx, parts, kind="rota_gap", key=_gap_key(gap, now), text=text):
                note(tx, parts, who="system", action="rota.gap", about=gap.rota, details=text)
        return gaps


def _gap_key(gap: Gap, now: datetime) -> str:
    """What stays the same of a gap from day to day: an end that is only the edge of our
    view moves with the clock. One without any end is announced again every week."""
    start = "" if gap.starts_at == now else gap.starts_at.isoformat()
    end = "" if gap.ends_at == now + LOOK_AHEAD else gap.ends_at.isoformat()
    year, week, _ = now.isocalendar()
    mark = f"{start}/{end}" if start or end else f"{year}-{week}"
    return f"rota_gap:{gap.rota}:{mark}"


def _gaps(tx: Transaction, parts: Parts) -> tuple[Gap, ...]:
    now = parts.clock.now()
    shifts = _shifts(tx, now, now + LOOK_AHEAD)
    active = {one.id for one in tx.nurses.find(active=True)}
    there = [one for one in shifts if one.nurse_id in active]
    return tuple(
        gap
        for rota in known_rotas(parts)
        for gap in find_gaps(there, rota, start=now, end=now + LOOK_AHEAD)
    )


def known_rotas(parts: Parts) -> tuple[str, ...]:
    """Every rota that some level's chain tells, in the order of the chain."""
    levels = sorted(parts.library.shared.levels.values(), key=lambda one: -one.level)
    return tuple(dict.fromkeys(rota for policy in levels for rota in policy.rotas))


def _shifts(tx: Transaction, start: datetime, end: datetime) -> list[Shift]:
    return tx.shifts.find(starts_at__lt=end, ends_at__gt=start)


def _plain(moment: datetime, parts: Parts) -> str:
    zone = ZoneInfo(parts.house.default_time_zone)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _allowed(tx: Transaction, by: str) -> None:
    """The command line ("system") may change the rota, and those whose role says so."""
    if by == "system":
        return
    nurse = tx.nurses.get(by)
    if nurse is None:
        raise NotFound(f"no nurse {by}")
    require(nurse, Permission.CHANGE_ROTA)


def _checked(nurse: Nurse | None, rota: str, starts_at: datetime, ends_at: datetime) -> Shift:
    """A shift without an id yet. Raises RotaRefused."""
    if nurse is None or not nurse.active:
        raise RotaRefused("nurse", "nobody in work has this login")
    if rota not in ROTAS:
        raise RotaRefused("rota", f"no rota '{rota}'; known: {', '.join(ROTAS)}")
    if ends_at <= starts_at:
        raise RotaRefused("to", "the shift ends before it begins")
    if ends_at - starts_at > LONGEST_SHIFT:
        raise RotaRefused("to", f"a shift of more than {LONGEST_SHIFT.days} days")
    return Shift(id="", nurse_id=nurse.id, rota=rota, starts_at=starts_at, ends_at=ends_at)


def _add(tx: Transaction, parts: Parts, shift: Shift, by: str) -> tuple[Shift, bool]:
    same = tx.shifts.one(
        nurse_id=shift.nurse_id,
        rota=shift.rota,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )
    if same is not None:
        return same, False
    new = replace(shift, id=parts.ids.new())
    tx.shifts.add(new)
    note(tx, parts, who=by, action="rota.add", about=new.id, details=shift.rota)
    return new, True


def _read_row(tx: Transaction, row: dict[str, str | None]) -> Shift:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name, value in cells.items():
        if not value:
            raise RotaRefused(name, "is empty")
    try:
        zone = ZoneInfo(cells["zone"])
    except (LookupError, ValueError, OSError):
        raise RotaRefused("zone", f"no time zone '{cells['zone'][:40]}'") from None
    starts_at = _moment("from", cells["from"], zone)
    ends_at = _moment("to", cells["to"], zone)
    nurse = tx.nurses.one(login=cells["nurse"].lower())
    return _checked(nurse, cells["rota"].lower(), starts_at, ends_at)


def _moment(column: str, text: str, zone: ZoneInfo) -> datetime:
    """A local time of the row's zone in UTC; `utc_of` knows the hours that clocks change."""
    for form in _forms(text):
        try:
            local = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return utc_of(local.date(), local.time().replace(tzinfo=None), zone)
    raise RotaRefused(column, f"'{text[:40]}' is not a time such as 2026-03-10 08:00")


def _forms(text: str) -> Iterable[str]:
    return FORMATS if len(text) <= 30 else ()

"""Show the rota: one week as a board, who is on now, who comes next, and where nobody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.permissions import Permission
from bot.core.rota import Gap, Overlap, find_gaps, handover, on_rota
from bot.core.schedule import utc_of
from bot.core.staff import Nurse, Shift, ShiftOffer
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.rota_gaps import (
    LOOK_AHEAD,
    able_shifts,
    can_stand,
    known_rotas,
    rota_gaps,
    rota_overlaps,
    shifts_between,
)
from bot.services.step_escalation import can_be_paged

ONE_DAY = timedelta(days=1)
SEEN_AHEAD = timedelta(days=31)  # where a shift that runs now may end at the latest
SEEN_BACK = timedelta(days=120)  # an offer may be made so long before its shift


@dataclass(frozen=True)
class OnDuty:
    """Somebody who is on now. `paged`: her chat works; else she sees cases in the console."""

    name: str
    until: datetime
    paged: bool


@dataclass(frozen=True)
class RotaNow:
    """One rota at this moment, and the hand-over that comes next.

    `at` is None when no change is known; with `at` and without `later` a gap begins then.
    """

    rota: str
    people: tuple[OnDuty, ...]
    at: datetime | None
    later: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """One rota on one day of the house: what begins here, what runs on, where nobody is."""

    day: date
    begins: tuple[Shift, ...]
    runs_on: tuple[Shift, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Day:
    """A day of the board. `hours` is 24, but for the two days a year when clocks change."""

    day: date
    hours: float


@dataclass(frozen=True)
class Swap:
    """A shift that is offered, or was taken by another; `taker` is "" while it is open."""

    offer: ShiftOffer
    shift: Shift
    giver: str
    taker: str


@dataclass(frozen=True)
class RotaView:
    """A week as a board; `gaps` and `overlaps` look 14 days ahead from now.

    `swaps` are those of the last 14 days and what is open; `hers` the reader's own shifts.
    """

    days: tuple[Day, ...]
    board: tuple[tuple[str, tuple[Cell, ...]], ...]
    on_now: tuple[RotaNow, ...]
    gaps: tuple[Gap, ...]
    overlaps: tuple[Overlap, ...]
    nurses: tuple[Nurse, ...]
    names: dict[str, str]
    picked: Shift | None
    now: datetime
    swaps: tuple[Swap, ...] = ()
    hers: tuple[Shift, ...] = ()


def show_rota(
    parts: Parts, nurse: Nurse, *, week_of: date | None = None, shift_id: str = ""
) -> RotaView:
    """The week of a day (today's without one); `shift_id` is the shift to be changed."""
    require(nurse, Permission.SEE_ROTA)
    now, zone = parts.clock.now(), ZoneInfo(parts.house.default_time_zone)
    day = week_of or now.astimezone(zone).date()
    monday = day - day.weekday() * ONE_DAY
    days = [monday + number * ONE_DAY for number in range(8)]
    edges = [utc_of(one, time(0), zone) for one in days]
    with parts.record.reading() as tx:
        shifts = _lasting(shifts_between(tx, edges[0], edges[-1]))
        able = able_shifts(tx, edges[0], edges[-1])
        nurses = tx.nurses.find(order_by="name")
        picked = tx.shifts.get(shift_id) if shift_id else None
        on_now = _on_now(tx, parts, now)
        names = {one.id: one.name for one in nurses}
        swaps = _swaps(tx, names, now)
        hers = tx.shifts.find(nurse_id=nurse.id, ends_at__gt=now, order_by="starts_at", limit=40)
    board = tuple(
        (
            rota,
            tuple(
                _cell(rota, days[number], shifts, able, edges[number], edges[number + 1], now)
                for number in range(7)
            ),
        )
        for rota in known_rotas(parts)
    )
    changeable = picked is not None and picked.ends_at > max(now, picked.starts_at)
    return RotaView(
        days=tuple(
            Day(days[number], (edges[number + 1] - edges[number]) / timedelta(hours=1))
            for number in range(7)
        ),
        board=board,
        on_now=on_now,
        gaps=rota_gaps(parts),
        overlaps=rota_overlaps(parts),
        nurses=tuple(one for one in nurses if can_stand(one)),
        names=names,
        picked=picked if changeable else None,
        now=now,
        swaps=swaps,
        hers=tuple(_lasting(hers)),
    )


def who_is_on(parts: Parts, nurse: Nurse) -> tuple[RotaNow, ...]:
    """Who is on each rota at this moment, in the order in which they are told."""
    require(nurse, Permission.SEE_ROTA)
    with parts.record.reading() as tx:
        return _on_now(tx, parts, parts.clock.now())


def _on_now(tx: Transaction, parts: Parts, now: datetime) -> tuple[RotaNow, ...]:
    shifts = able_shifts(tx, now, now + SEEN_AHEAD)
    wanted = sorted({one.nurse_id for one in shifts})
    nurses = {one.id: one for one in tx.nurses.find(id__in=wanted)} if wanted else {}
    found = []
    for rota in known_rotas(parts):
        hers = [one for one in shifts if one.rota == rota]
        change = handover(hers, rota, now)
        people = tuple(
            OnDuty(nurses[id].name, _until(hers, id, now), can_be_paged(tx, nurses[id]))
            for id in on_rota(hers, rota, now)
        )
        later = tuple(nurses[id].name for id in change[1]) if change else ()
        found.append(RotaNow(rota, people, change[0] if change else None, later))
    return tuple(found)


def _swaps(tx: Transaction, names: dict[str, str], now: datetime) -> tuple[Swap, ...]:
    """Open ones first, then those that were taken; what was changed meanwhile is left out."""
    found = []
    for offer in tx.shift_offers.find(withdrawn_at=None, offered_at__gte=now - SEEN_BACK):
        shift = tx.shifts.get(offer.given_shift_id or offer.shift_id)
        if shift is None or shift.ends_at <= max(shift.starts_at, now - LOOK_AHEAD):
            continue
        if offer.is_open and shift.ends_at <= now:
            continue  # nobody took it, and she went herself
        giver, taker = names.get(offer.offered_by, ""), names.get(offer.taken_by or "", "")
        found.append(Swap(offer, shift, giver, taker))
    return tuple(sorted(found, key=lambda one: (not one.offer.is_open, one.shift.starts_at)))


def _until(shifts: list[Shift], nurse_id: str, now: datetime) -> datetime:
    """When she goes: shifts of hers that touch are one."""
    until = now
    for one in shifts:  # in the order in which they begin
        if one.nurse_id == nurse_id and one.starts_at <= until < one.ends_at:
            until = one.ends_at
    return until


def _cell(
    rota: str,
    day: date,
    shifts: list[Shift],
    able: list[Shift],
    start: datetime,
    end: datetime,
    now: datetime,
) -> Cell:
    here = [one for one in shifts if one.rota == rota and one.starts_at < end]
    here = [one for one in here if one.ends_at > start]
    return Cell(
        day=day,
        begins=tuple(one for one in here if one.starts_at >= start),
        runs_on=tuple(one for one in here if one.starts_at < start),
        gaps=_to_come(find_gaps(able, rota, start=max(start, min(now, end)), end=end), now),
    )


def _to_come(gaps: tuple[Gap, ...], now: datetime) -> tuple[Gap, ...]:
    """What is shown as missing: nothing that is past, nothing that nobody plans yet."""
    return tuple(one for one in gaps if one.starts_at < now + LOOK_AHEAD and one.ends_at > now)


def _lasting(shifts: list[Shift]) -> list[Shift]:
    return [one for one in shifts if one.ends_at > one.starts_at]

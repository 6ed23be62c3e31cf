"""Rota: who is on call now, where nobody is, and where a name stands twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.staff import Shift


@dataclass(frozen=True)
class Gap:
    """A stretch of time in which nobody is on this rota."""

    rota: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Overlap:
    """Two shifts of one nurse at the same time, on one rota or on two."""

    nurse_id: str
    first: Shift
    second: Shift


def on_rota(shifts: Iterable[Shift], rota: str, now: datetime) -> tuple[str, ...]:
    """The nurses on this rota at this moment, whoever came on first before the others.

    A shift counts from its first moment up to, but not including, its last.
    """
    there = [one for one in shifts if one.rota == rota and one.starts_at <= now < one.ends_at]
    there.sort(key=lambda one: (one.starts_at, one.nurse_id))
    return tuple(dict.fromkeys(one.nurse_id for one in there))


def handover(
    shifts: Sequence[Shift], rota: str, now: datetime
) -> tuple[datetime, tuple[str, ...]] | None:
    """When others come on this rota next, and who is on it then; None: no change is known.

    Nobody at all is an answer too: then the names are empty and the moment begins a gap.
    """
    there = set(on_rota(shifts, rota, now))
    moments = {moment for one in shifts for moment in (one.starts_at, one.ends_at) if moment > now}
    for moment in sorted(moments):
        later = on_rota(shifts, rota, moment)
        if set(later) != there:
            return moment, later
    return None


def find_gaps(
    shifts: Iterable[Shift], rota: str, *, start: datetime, end: datetime
) -> tuple[Gap, ...]:
    """Every stretch between `start` and `end` in which nobody is on this rota."""
    gaps, covered = [], start
    for shift in sorted(_within(shifts, rota, start, end), key=lambda one: one.starts_at):
        if shift.starts_at > covered:
            gaps.append(Gap(rota, covered, shift.starts_at))
        covered = max(covered, shift.ends_at)
    if covered < end:
        gaps.append(Gap(rota, covered, end))
    return tuple(gaps)


def find_overlaps(shifts: Iterable[Shift]) -> tuple[Overlap, ...]:
    """Where one nurse stands twice: she cannot be the second step after herself."""
    found = []
    for nurse_id, hers in _by_nurse(shifts).items():
        hers.sort(key=lambda one: (one.starts_at, one.ends_at))
        longest = hers[0]
        for shift in hers[1:]:
            if shift.starts_at < longest.ends_at:
                found.append(Overlap(nurse_id, longest, shift))
            longest = max(longest, shift, key=lambda one: one.ends_at)
    return tuple(found)


def _within(shifts: Iterable[Shift], rota: str, start: datetime, end: datetime) -> Sequence[Shift]:
    return [
        one
        for one in filter(_lasts, shifts)
        if one.rota == rota and one.ends_at > start and one.starts_at < end
    ]


def _by_nurse(shifts: Iterable[Shift]) -> dict[str, list[Shift]]:
    hers: dict[str, list[Shift]] = {}
    for one in filter(_lasts, shifts):
        hers.setdefault(one.nurse_id, []).append(one)
    return hers


def _lasts(shift: Shift) -> bool:
    """A shift that was taken off the rota is kept without any length."""
    return shift.ends_at > shift.starts_at

"""Rota: add, change and remove shifts. Nothing leaves a gap without saying so first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.errors import AftercareError, NotFound
from bot.core.permissions import Permission
from bot.core.rota import Gap
from bot.core.staff import ROTAS, Nurse, Shift
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.rota_gaps import can_stand, left_alone

LONGEST_SHIFT: Final = timedelta(days=31)


class RotaRefused(AftercareError):
    """A shift cannot be kept: `column` says which part of it, `why` is the key of the reason.

    The reasons are nobody, cannot_stand, rota, backwards, too_long and over; a table knows
    some more (`bot.services.rota_table`). `value` is what stood there.
    """

    def __init__(self, column: str, why: str, value: str = "") -> None:
        self.column, self.why, self.value = column, why, value
        super().__init__(f"{column}: {why}")


class LeavesGap(AftercareError):
    """Nobody would be on the rota then. Nothing was changed; ask, and say `sure`."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        self.gaps = gaps
        super().__init__(f"{len(gaps)} gaps")


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
        allowed_to_change(tx, by)
        nurse = tx.nurses.get(nurse_id)
        return put_on(tx, parts, checked(nurse, rota, starts_at, ends_at), by)


def remove_shift(parts: Parts, *, shift_id: str, by: str, sure: bool = False) -> None:
    """Take a shift off the rota from now on. What she was told of stays hers to answer.

    A shift that is over stays as it was; a running one ends now. Raises LeavesGap unless
    somebody else is there all the while, or `sure`.
    """
    with parts.record.transaction() as tx:
        allowed_to_change(tx, by)
        shift = running_or_coming(tx, parts, shift_id)
        take_off(tx, parts, shift)
        note(tx, parts, who=by, action="rota.remove", about=shift_id)
        _ask_unless(sure, left_alone(tx, parts, shift.rota, shift.starts_at, shift.ends_at))


def change_shift(
    parts: Parts,
    *,
    shift_id: str,
    nurse_id: str,
    rota: str,
    starts_at: datetime,
    ends_at: datetime,
    by: str,
    sure: bool = False,
) -> Shift:
    """Give a shift another nurse, rota or time, from now on. What is past stays as it was.

    Raises RotaRefused; LeavesGap when the old time would have nobody, unless `sure`.
    """
    with parts.record.transaction() as tx:
        allowed_to_change(tx, by)
        old = running_or_coming(tx, parts, shift_id)
        new = checked(tx.nurses.get(nurse_id), rota, starts_at, ends_at)
        if (new.nurse_id, new.rota, new.starts_at, new.ends_at) == (
            *(old.nurse_id, old.rota),
            *(old.starts_at, old.ends_at),
        ):
            return old
        now = parts.clock.now()
        if new.ends_at <= now:
            raise RotaRefused("to", "over")
        take_off(tx, parts, old)
        note(tx, parts, who=by, action="rota.remove", about=old.id)
        kept = put_on(tx, parts, replace(new, starts_at=max(new.starts_at, now)), by)
        _ask_unless(sure, left_alone(tx, parts, old.rota, old.starts_at, old.ends_at))
        return kept


def _ask_unless(sure: bool, gaps: tuple[Gap, ...]) -> None:
    """Raised inside the transaction, so that nothing of it stays."""
    if gaps and not sure:
        raise LeavesGap(gaps)


def running_or_coming(tx: Transaction, parts: Parts, shift_id: str) -> Shift:
    """The shift, locked. Raises NotFound, RotaRefused when it is over."""
    shift = tx.shifts.get(shift_id, lock=True)
    if shift is None or shift.ends_at <= shift.starts_at:
        raise NotFound(f"no shift {shift_id}")
    if shift.ends_at <= parts.clock.now():
        raise RotaRefused("to", "over")
    return shift


def take_off(tx: Transaction, parts: Parts, shift: Shift) -> None:
    """End it now; one that has not begun is kept without any length."""
    tx.shifts.swap(shift, replace(shift, ends_at=max(shift.starts_at, parts.clock.now())))


def put_on(tx: Transaction, parts: Parts, shift: Shift, by: str) -> Shift:
    """Keep a checked shift and note who put it there; the one that is there already if so."""
    same = tx.shifts.one(
        nurse_id=shift.nurse_id,
        rota=shift.rota,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )
    if same is not None:
        return same
    new = replace(shift, id=parts.ids.new())
    tx.shifts.add(new)
    note(tx, parts, who=by, action="rota.add", about=new.id, details=shift.rota)
    return new


def allowed_to_change(tx: Transaction, by: str) -> None:
    """The command line ("system") may change the rota, and those whose role says so."""
    if by == "system":
        return
    nurse = tx.nurses.get(by)
    if nurse is None:
        raise NotFound(f"no nurse {by}")
    require(nurse, Permission.CHANGE_ROTA)


def checked(nurse: Nurse | None, rota: str, starts_at: datetime, ends_at: datetime) -> Shift:
    """A shift without an id yet. Raises RotaRefused."""
    if nurse is None or not nurse.active:
        raise RotaRefused("nurse", "nobody")
    if not can_stand(nurse):
        raise RotaRefused("nurse", "cannot_stand", nurse.name)
    if rota not in ROTAS:
        raise RotaRefused("rota", "rota", rota[:40])
    if ends_at <= starts_at:
        raise RotaRefused("to", "backwards")
    if ends_at - starts_at > LONGEST_SHIFT:
        raise RotaRefused("to", "too_long")
    return Shift(id="", nurse_id=nurse.id, rota=rota, starts_at=starts_at, ends_at=ends_at)

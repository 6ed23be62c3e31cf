"""Swap a shift: a nurse offers hers, another takes it. Until then it stays hers.

So there is never a moment without anybody: both changes are one transaction.
"""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.permissions import Permission, allows, sees_every_ward
from bot.core.staff import Nurse, Shift, ShiftOffer, StaffRole
from bot.services.audit import note
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.rota import RotaRefused, checked, put_on, running_or_coming, take_off
from bot.services.step_escalation import can_be_paged


def offer_shift(parts: Parts, *, shift_id: str, by: str) -> ShiftOffer:
    """Say that somebody else may have this shift. Raises NotAllowed for another's shift,
    RotaRefused when it is over; offered twice it is offered once."""
    with parts.record.transaction() as tx:
        nurse = _who(tx, by)
        shift = running_or_coming(tx, parts, shift_id)
        if not _may_speak_for(nurse, shift.nurse_id):
            raise NotAllowed(f"{by} may not offer a shift of {shift.nurse_id}")
        for one in tx.shift_offers.find(shift_id=shift_id):
            if one.is_open:
                return one
        made = ShiftOffer(parts.ids.new(), shift_id, shift.nurse_id, parts.clock.now())
        tx.shift_offers.add(made)
        note(tx, parts, who=by, action="rota.offer", about=shift_id)
        return made


def withdraw_offer(parts: Parts, *, offer_id: str, by: str) -> None:
    """She goes herself after all. Raises AlreadyDone with the name of who took it."""
    with parts.record.transaction() as tx:
        nurse, offer = _who(tx, by), _offer(tx, offer_id)
        if not _may_speak_for(nurse, offer.offered_by):
            raise NotAllowed(f"{by} may not withdraw an offer of {offer.offered_by}")
        if offer.taken_by is not None:
            raise AlreadyDone(_name(tx, offer.taken_by))
        if offer.withdrawn_at is None:
            tx.shift_offers.swap(offer, replace(offer, withdrawn_at=parts.clock.now()))
            note(tx, parts, who=by, action="rota.withdraw", about=offer.shift_id)


def take_offer(parts: Parts, *, offer_id: str, by: str) -> Shift:
    """Take the shift, or what is left of it. The first wins.

    Raises AlreadyDone, NotFound when it was withdrawn or the shift is gone, and RotaRefused
    with why: yourself, other_ward, no_phone, there_already or cannot_stand.
    """
    with parts.record.transaction() as tx:
        nurse, offer = _who(tx, by), _offer(tx, offer_id)
        if offer.taken_by == by and offer.given_shift_id:
            return tx.shifts.get(offer.given_shift_id) or _gone(offer)
        if offer.taken_by is not None:
            raise AlreadyDone(_name(tx, offer.taken_by))
        if not offer.is_open:
            _gone(offer)
        old = running_or_coming(tx, parts, offer.shift_id)
        giver = tx.nurses.get(old.nurse_id)
        now = parts.clock.now()
        new = checked(nurse, old.rota, max(old.starts_at, now), old.ends_at)
        _fits(tx, nurse, giver, new)
        take_off(tx, parts, old)
        kept = put_on(tx, parts, new, by)
        taken = replace(offer, taken_by=by, taken_at=now, given_shift_id=kept.id)
        tx.shift_offers.swap(offer, taken)
        details = f"{old.id} of {old.nurse_id}"
        note(tx, parts, who=by, action="rota.take", about=kept.id, details=details)
        _tell(tx, parts, taken, giver, nurse, kept)
        return kept


def _fits(tx: Transaction, nurse: Nurse, giver: Nurse | None, shift: Shift) -> None:
    """Nothing may be worse than before: who is told, whom she may see, who comes after her."""
    if giver is None or giver.id == nurse.id:
        raise RotaRefused("nurse", "yourself")
    if giver.ward != nurse.ward and not sees_every_ward(nurse):
        raise RotaRefused("nurse", "other_ward")
    if can_be_paged(tx, giver) and not can_be_paged(tx, nurse):
        raise RotaRefused("nurse", "no_phone")
    hers = tx.shifts.find(
        nurse_id=nurse.id, starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at
    )
    if any(one.ends_at > one.starts_at for one in hers):
        raise RotaRefused("nurse", "there_already")


def _tell(
    tx: Transaction,
    parts: Parts,
    offer: ShiftOffer,
    giver: Nurse | None,
    taker: Nurse,
    shift: Shift,
) -> None:
    """Who gave it and the charge nurses read who stands there now, each once."""
    leads = tx.nurses.find(active=True, role=StaffRole.CHARGE_NURSE)
    told = {one.id: one for one in (*leads, *((giver,) if giver else ())) if one.id != taker.id}
    zone = ZoneInfo(parts.house.default_time_zone)
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    for one in sorted(told.values(), key=lambda nurse: nurse.conversation_id or ""):
        if not can_be_paged(tx, one) or one.conversation_id is None:
            continue
        text = phrase(
            parts,
            "staff_shift_taken",
            one.language,
            nurse=taker.name,
            other=giver.name if giver else "",
            rota=phrase(parts, f"rota_{shift.rota}", one.language),
            when=f"{starts:%Y-%m-%d %H:%M} - {ends:%Y-%m-%d %H:%M}",
        )
        key = f"staff_shift_taken:{offer.id}:{one.id}"
        put(tx, parts, one.conversation_id, text, key=key, kind="system")


def _who(tx: Transaction, nurse_id: str) -> Nurse:
    nurse = tx.nurses.get(nurse_id)
    if nurse is None:
        raise NotFound(f"no nurse {nurse_id}")
    require(nurse, Permission.SWAP_SHIFT)
    return nurse


def _may_speak_for(nurse: Nurse, nurse_id: str) -> bool:
    return nurse.id == nurse_id or allows(nurse.role, Permission.CHANGE_ROTA)


def _offer(tx: Transaction, offer_id: str) -> ShiftOffer:
    offer = tx.shift_offers.get(offer_id, lock=True)
    if offer is None:
        raise NotFound(f"no offer {offer_id}")
    return offer


def _gone(offer: ShiftOffer) -> Shift:
    raise NotFound(f"the offer {offer.id} no longer stands")


def _name(tx: Transaction, nurse_id: str) -> str:
    nurse = tx.nurses.get(nurse_id)
    return nurse.name if nurse else ""

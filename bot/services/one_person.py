"""One person: the record that stays, where somebody was registered twice."""

from __future__ import annotations

from typing import Any

from bot.core.errors import AlreadyDone
from bot.core.patient import Patient
from bot.services.case_notes import name_of
from bot.services.ports import Transaction


def who_stays(tx: Transaction, patient: Patient) -> Patient:
    """The record that goes on: this one, or the one it was merged into."""
    into = tx.patients.get(patient.merged_into) if patient.merged_into else None
    return patient if into is None else who_stays(tx, into)


def by_number(tx: Transaction, hospital_id: str, **limits: Any) -> Patient | None:
    """The patient with this hospital number, of a registration that stays or that went.

    `limits` keep her to a ward; they hold for the record that stays.
    """
    known = tx.patients.one(hospital_id=hospital_id)
    return tx.patients.one(id=who_stays(tx, known).id, **limits) if known is not None else None


def every_id(tx: Transaction, patient_id: str) -> list[str]:
    """Her id, and those of the registrations that were merged into hers, one after the other
    too: whoever was merged first points to the record that stays now."""
    went = tx.patients.find(merged_into=patient_id, order_by="id")
    return [patient_id, *(one.id for one in went)]


def refuse_merged(tx: Transaction, *patients: Patient) -> None:
    """Raise AlreadyDone, by whoever merged it, for a registration that is none any more.

    Ask with the rows held: a page may be older than the merge.
    """
    for one in patients:
        if one.merged_into is not None:
            done = tx.merges.one(goes_id=one.id, undone_at=None)
            raise AlreadyDone(name_of(tx, done.merged_by if done else None))

"""One person: the record that stays, where somebody was registered twice."""

from __future__ import annotations

from typing import Any

from bot.core.patient import Patient
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
    """Her id, and those of the registrations that were merged into hers."""
    return [patient_id, *(one.goes_id for one in tx.merges.find(stays_id=patient_id))]

"""Permissions at work: may this person do it, and which patients are hers to see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.core.errors import NotAllowed, NotFound
from bot.core.patient import Patient
from bot.core.permissions import Permission, allows, sees_every_ward
from bot.core.staff import Nurse
from bot.services.parts import Parts
from bot.services.ports import Transaction


def require(nurse: Nurse, permission: Permission) -> None:
    """Raise NotAllowed unless her role holds the permission and her account is active."""
    if not nurse.active or not allows(nurse.role, permission):
        raise NotAllowed(f"{nurse.role} may not {permission}")


def scope(nurse: Nurse) -> dict[str, Any]:
    """The condition that keeps a query on patients to her ward."""
    return {} if sees_every_ward(nurse) else {"ward": nurse.ward}


def patient_in_scope(tx: Transaction, nurse: Nurse, patient_id: str) -> Patient:
    """The patient, if she is of the nurse's ward. Another ward's patient is not found."""
    patient = tx.patients.one(id=patient_id, **scope(nurse))
    if patient is None:
        raise NotFound(f"no patient {patient_id} in the ward of {nurse.id}")
    return patient


def patients_in_scope(
    tx: Transaction, nurse: Nurse, patient_ids: Iterable[str]
) -> dict[str, Patient]:
    """Those of these patients that the nurse may see, by id."""
    wanted = sorted(set(patient_ids))
    found: dict[str, Patient] = {}
    # In slices: a database takes only so many values in one query.
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        found |= {one.id: one for one in tx.patients.find(id__in=part, **scope(nurse))}
    return found


def check_case(parts: Parts, nurse: Nurse, escalation_id: str) -> None:
    """Raise NotFound unless the case's patient is of the nurse's ward."""
    with parts.record.reading() as tx:
        case = tx.escalations.get(escalation_id)
        if case is None:
            raise NotFound(f"no escalation {escalation_id}")
        patient_in_scope(tx, nurse, case.patient_id)


def check_patient(parts: Parts, nurse: Nurse, patient_id: str) -> None:
    """Raise NotFound unless the patient is of the nurse's ward."""
    with parts.record.reading() as tx:
        patient_in_scope(tx, nurse, patient_id)


def check_task(parts: Parts, nurse: Nurse, task_id: str) -> None:
    """Raise NotFound unless the task is about nobody, or a patient of the nurse's ward."""
    with parts.record.reading() as tx:
        task = tx.tasks.get(task_id)
        if task is None:
            raise NotFound(f"no task {task_id}")
        if task.patient_id:
            patient_in_scope(tx, nurse, task.patient_id)

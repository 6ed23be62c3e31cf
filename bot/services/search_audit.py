"""Search the audit: who saw or did what, about whom, when. That it was searched is noted too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.core.patient import Patient
from bot.core.permissions import Permission
from bot.core.staff import AuditEntry, Nurse
from bot.services.audit import note
from bot.services.one_person import by_number, every_id
from bot.services.parts import Parts
from bot.services.permissions import require, scope
from bot.services.ports import Transaction
from bot.services.show_worklist import names_of

PAGE: Final = 200
NURSE: Final = "nurse:"


@dataclass(frozen=True)
class Wanted:
    """What to look for; an empty field fits everything.

    `who`: a login, a name, or a word such as system. `patient`: her hospital number or
    our id of her. `action`: one word. `since` is in, `until` is out.
    """

    who: str = ""
    patient: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class AuditLine:
    """One entry as a person reads it. `hospital_id`: of the patient it is about, if the
    reader may know her; `about` stays an id. Names of patients are not shown: nobody
    needs them to judge who looked."""

    entry: AuditEntry
    who: str
    about: str
    hospital_id: str


@dataclass(frozen=True)
class AuditFound:
    """The newest entries that fit, newest first; `more` when there are older ones.

    `unknown`: the field whose person is not there, or not of the reader's ward.
    """

    lines: tuple[AuditLine, ...] = ()
    more: bool = False
    unknown: str = ""


def search_audit(parts: Parts, nurse: Nurse, wanted: Wanted) -> AuditFound:
    """What fits, for somebody who holds the permission; patients only of her wards."""
    require(nurse, Permission.SEE_AUDIT)
    return search_as(parts, wanted, limits=scope(nurse), by=nurse.id)


def search_as(
    parts: Parts, wanted: Wanted, *, limits: Mapping[str, Any], by: str, most: int = PAGE
) -> AuditFound:
    """The same for the command line; `limits` keeps patients to a ward."""
    with parts.record.reading() as tx:
        found = _found(tx, wanted, limits, most)
    with parts.record.transaction() as tx:
        details = _asked(wanted)
        note(tx, parts, who=by, action="searched_audit", about="audit", details=details)
    return found


def _found(tx: Transaction, wanted: Wanted, limits: Mapping[str, Any], most: int) -> AuditFound:
    where: dict[str, Any] = {}
    if wanted.who:
        where["who__in"] = _people(tx, wanted.who)
    if wanted.patient:
        patient = _patient(tx, wanted.patient, limits)
        if patient is None:
            return AuditFound(unknown="patient")
        where["about__in"] = _ids_about(tx, patient)
    if wanted.action:
        where["action"] = wanted.action
    if wanted.since is not None:
        where["at__gte"] = wanted.since
    if wanted.until is not None:
        where["at__lt"] = wanted.until
    entries = tx.audit.find(order_by="-at,-id", limit=most + 1, **where)
    return AuditFound(_lines(tx, entries[:most], limits), more=len(entries) > most)


def _people(tx: Transaction, typed: str) -> list[str]:
    """The ids of staff with this login or name, and the word itself: system, command:it."""
    found = tx.nurses.find(login=typed.lower()) + tx.nurses.find(name=typed)
    return [typed, *(one.id for one in found)]


def _patient(tx: Transaction, typed: str, limits: Mapping[str, Any]) -> Patient | None:
    return by_number(tx, typed, **limits) or tx.patients.one(id=typed, **limits)


def _ids_about(tx: Transaction, patient: Patient) -> list[str]:
    """Every id by which an entry may be about this patient."""
    ids = every_id(tx, patient.id)
    contacts = [one.id for one in tx.contacts.find(patient_id=patient.id)]
    return [
        *ids,
        *contacts,
        *(one.id for one in tx.episodes.find(patient_id__in=ids)),
        *(one.id for one in tx.escalations.find(patient_id=patient.id)),
        *(one.id for one in tx.tasks.find(patient_id=patient.id)),
        *(one.id for one in tx.conversations.find(contact_id__in=contacts)),
    ]


def _lines(
    tx: Transaction, entries: list[AuditEntry], limits: Mapping[str, Any]
) -> tuple[AuditLine, ...]:
    about = {one.about.removeprefix(NURSE) for one in entries}
    names = names_of(tx, about | {one.who for one in entries})
    numbers = _hospital_ids(tx, about, limits)
    return tuple(
        AuditLine(
            entry=one,
            who=names.get(one.who, one.who),
            about=names.get(one.about.removeprefix(NURSE), ""),
            hospital_id=numbers.get(one.about, ""),
        )
        for one in entries
    )


def _hospital_ids(
    tx: Transaction, about: Iterable[str], limits: Mapping[str, Any]
) -> dict[str, str]:
    """The hospital number behind each id of a patient, a case, a task or an episode."""
    ids = sorted(about)
    owner = {one: one for one in ids}
    for rows in (tx.escalations, tx.tasks, tx.episodes):
        owner |= {one.id: one.patient_id or "" for one in rows.find(id__in=ids)}
    known = {
        one.id: one.hospital_id
        for one in tx.patients.find(id__in=sorted(set(owner.values())), **limits)
    }
    return {id: known[patient] for id, patient in owner.items() if patient in known}


def _asked(wanted: Wanted) -> str:
    """What was looked for, without what was typed about a patient."""
    between = f"{wanted.since or ''}..{wanted.until or ''}"
    patient = "one patient" if wanted.patient else ""
    return ", ".join(filter(None, (wanted.who, patient, wanted.action, between)))

"""Show a merge: two records side by side before it, and what came over after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import AlreadyDone, NotFound
from bot.core.escalation import Escalation
from bot.core.merge import Merge
from bot.core.patient import Contact, Episode, Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.core.words import Words
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.merge_patients import differs, open_cases, read_both
from bot.services.one_person import by_number
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require, scope
from bot.services.ports import Transaction
from bot.services.show_case import About, about_episode
from bot.services.show_worklist import pathway_title
from bot.services.staff_accounts import Refused
from bot.services.undo_merge import more_happened


@dataclass(frozen=True)
class Side:
    """One of the two records, as a nurse compares it with the patient's paper."""

    patient: Patient
    contacts: tuple[Contact, ...]
    episodes: tuple[tuple[Episode, Words], ...]
    open_cases: int
    answers: int


@dataclass(frozen=True)
class Pair:
    """Both sides, what differs between them, and the follow-ups to choose from."""

    sides: tuple[Side, Side]
    differs: tuple[str, ...]
    rivals: tuple[tuple[Episode, Words], ...]


@dataclass(frozen=True)
class Merged:
    """What was joined: the record that went, and who and what came with it.

    `undo` says what can be done about a mistake: "open" (a press takes it back), "used" (more
    happened since) or "done".
    """

    merge: Merge
    stays: Patient
    goes: Patient
    by: str
    people: tuple[Contact, ...]
    follow_ups: tuple[About, ...]
    cases: tuple[Escalation, ...]
    undo: str
    undone_by: str
    now: datetime


def show_pair(parts: Parts, nurse: Nurse, *, patient_id: str, number: str) -> Pair:
    """This patient and the one with that hospital number.

    Raises NotFound, NotAllowed, AlreadyDone, and Refused when no other patient of the
    nurse's ward has this number.
    """
    require(nurse, Permission.MERGE_PATIENTS)
    with parts.record.reading() as tx:
        patient = patient_in_scope(tx, nurse, patient_id)
        other = by_number(tx, number.strip(), **scope(nurse))
        if other is None or number.strip() == patient.hospital_id:
            raise Refused({"number": "no_such_number"})
        if other.id == patient.id:
            raise AlreadyDone(_who_merged(tx, number.strip()))
        both = read_both(tx, nurse, patient.id, other.id)
        pair = Pair(
            sides=(
                _side(tx, parts, both.stays, both.of_stays),
                _side(tx, parts, both.goes, both.of_goes),
            ),
            differs=differs(both),
            rivals=_titled(parts, both.rivals),
        )
    with parts.record.transaction() as tx:
        for one in pair.sides:
            note(tx, parts, who=nurse.id, action="saw_patient", about=one.patient.id)
    return pair


def _who_merged(tx: Transaction, number: str) -> str:
    went = tx.patients.one(hospital_id=number)
    merge = tx.merges.one(goes_id=went.id, undone_at=None) if went else None
    return name_of(tx, merge.merged_by if merge else None)


def _side(tx: Transaction, parts: Parts, patient: Patient, episodes: tuple[Episode, ...]) -> Side:
    return Side(
        patient=patient,
        contacts=tuple(tx.contacts.find(patient_id=patient.id, order_by="created_at")),
        episodes=_titled(parts, episodes),
        open_cases=open_cases(tx, patient.id),
        answers=tx.observations.count(episode_id__in=[one.id for one in episodes]),
    )


def _titled(parts: Parts, episodes: tuple[Episode, ...]) -> tuple[tuple[Episode, Words], ...]:
    return tuple((one, pathway_title(parts, one)) for one in episodes)


def show_merged(parts: Parts, nurse: Nurse, *, merge_id: str) -> Merged:
    """What a merge did, and what was answered in what came over. Raises NotFound."""
    require(nurse, Permission.SEE_PATIENT)
    with parts.record.reading() as tx:
        merge = tx.merges.get(merge_id)
        goes = tx.patients.get(merge.goes_id) if merge else None
        if merge is None or goes is None:
            raise NotFound(f"no merge {merge_id}")
        stays = patient_in_scope(tx, nurse, goes.merged_into or merge.stays_id)
        over = merge.undone_at is not None
        if over:  # two people again, perhaps of two wards
            patient_in_scope(tx, nurse, goes.id)
        came = [] if over else [*merge.moved["episodes"], *merge.moved["same_operation"]]
        people = tx.contacts.find(id__in=merge.moved["contacts"], order_by="created_at,id")
        all_of = [one.id for one in tx.contacts.find(patient_id=stays.id)]
        chats = tx.conversations.find(contact_id__in=all_of)
        found = tx.episodes.find(id__in=came, order_by="-surgery_on,-created_at")
        shown = Merged(
            merge=merge,
            stays=stays,
            goes=goes,
            by=name_of(tx, merge.merged_by),
            people=tuple(people),
            cases=tuple(tx.escalations.find(id__in=merge.moved["escalations"], order_by="id")),
            undo="done" if over else "used" if more_happened(tx, merge, chats) else "open",
            undone_by=name_of(tx, merge.undone_by),
            follow_ups=tuple(about_episode(tx, parts, stays, one) for one in found),
            now=parts.clock.now(),
        )
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="saw_patient", about=stays.id, details=merge.id)
    return shown


def stays_for(parts: Parts, nurse: Nurse, patient_id: str) -> str:
    """The id under which this patient is found now: her own, or that of the record that stays."""
    with parts.record.reading() as tx:
        known = tx.patients.get(patient_id)
        into = known.merged_into if known is not None else None
        return patient_in_scope(tx, nurse, into).id if into else patient_id

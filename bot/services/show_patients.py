"""Show patients: find them by name or hospital id, and one of them with all her answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import NotFound
from bot.core.escalation import Escalation
from bot.core.merge import Merge
from bot.core.patient import Consent, Episode, Invitation, Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.core.words import Words
from bot.services.audit import note
from bot.services.one_person import by_number, every_id
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require, scope
from bot.services.ports import Transaction
from bot.services.show_case import About, about_episode
from bot.services.show_worklist import day_after_surgery, pathway_title
from bot.services.whom import LIVING

PAGE = 50
MOST_LOOKED_THROUGH = 5000
NEWEST = "-surgery_on,-created_at"


@dataclass(frozen=True)
class PatientLine:
    """One patient of the list, with her newest episode."""

    patient: Patient
    episode: Episode | None
    pathway: Words | None
    day: int | None


@dataclass(frozen=True)
class PatientList:
    """What was found; `more` when the list was cut."""

    lines: tuple[PatientLine, ...]
    more: bool


@dataclass(frozen=True)
class PatientView:
    """One patient's page: the newest episode in full."""

    about: About
    invitations: dict[str, Invitation]  # the newest of each contact
    consents: tuple[Consent, ...]
    escalations: tuple[Escalation, ...]
    merges: tuple[Merge, ...] = ()  # second registrations that were merged into hers


def list_patients(parts: Parts, nurse: Nurse, *, search: str = "") -> PatientList:
    """The patients of the nurse's ward whose name or hospital id holds `search`."""
    require(nurse, Permission.SEE_PATIENT)
    with parts.record.reading() as tx:
        found = _found(tx, nurse, search.strip()[:100])
        lines = tuple(_lines(tx, parts, found[:PAGE]))
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="listed_patients", about="patients")
    return PatientList(lines, more=len(found) > PAGE)


def show_patient(parts: Parts, nurse: Nurse, *, patient_id: str) -> PatientView:
    """One patient of the nurse's ward; that she was seen is noted."""
    require(nurse, Permission.SEE_PATIENT)
    with parts.record.reading() as tx:
        patient = patient_in_scope(tx, nurse, patient_id)
        episode = _newest(tx, patient)
        if episode is None:
            raise NotFound(f"no episode of patient {patient_id}")
        about = about_episode(tx, parts, patient, episode)
        view = PatientView(
            about=about,
            invitations=_invitations(tx, about),
            consents=tuple(tx.consents.find(episode_id=episode.id, order_by="-decided_at")),
            escalations=tuple(
                tx.escalations.find(patient_id=patient.id, order_by="-opened_at", limit=50)
            ),
            merges=tuple(
                tx.merges.find(
                    goes_id__in=every_id(tx, patient.id),
                    undone_at=None,
                    order_by="-merged_at,-id",
                )
            ),
        )
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="saw_patient", about=patient.id)
    return view


def _found(tx: Transaction, nurse: Nurse, search: str) -> list[Patient]:
    limits = {**scope(nurse), "merged_into": None}
    if not search:
        return tx.patients.find(order_by="-created_at", limit=PAGE + 1, **limits)
    exact = by_number(tx, search, **limits)
    if exact is not None:
        return [exact]
    wanted = search.casefold()
    looked = tx.patients.find(order_by="-created_at", limit=MOST_LOOKED_THROUGH, **limits)
    fits = [
        one
        for one in looked
        if wanted in one.name.casefold() or wanted in one.hospital_id.casefold()
    ]
    return fits[: PAGE + 1]


def _lines(tx: Transaction, parts: Parts, found: list[Patient]) -> list[PatientLine]:
    ids = [one.id for one in found]
    of: dict[str, list[Episode]] = {id: [] for id in ids}
    for one in tx.episodes.find(patient_id__in=ids, order_by=NEWEST):
        of[one.patient_id].append(one)
    newest = {id: _current(found) for id, found in of.items()}
    now, lines = parts.clock.now(), []
    for patient in found:
        episode = newest.get(patient.id)
        title = pathway_title(parts, episode) if episode else None
        day = day_after_surgery(patient, episode, now) if episode else None
        lines.append(PatientLine(patient, episode, title, day))
    return lines


def _newest(tx: Transaction, patient: Patient) -> Episode | None:
    return _current(tx.episodes.find(patient_id=patient.id, order_by=NEWEST))


def _current(episodes: list[Episode]) -> Episode | None:
    """The newest of those that run, else the newest of all."""
    running = (one for one in episodes if one.state in LIVING)
    return next(running, episodes[0] if episodes else None)


def _invitations(tx: Transaction, about: About) -> dict[str, Invitation]:
    newest: dict[str, Invitation] = {}
    ids = [one.id for one in about.contacts]
    for one in tx.invitations.find(contact_id__in=ids, order_by="created_at"):
        newest[one.contact_id] = one
    return newest

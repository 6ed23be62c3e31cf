"""Patient file: gather everything the record holds of one patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from bot.core.check_in import Observation
from bot.core.errors import AftercareError
from bot.core.pathway import Pathway
from bot.core.patient import Contact, Episode, Patient
from bot.core.patient_file import PatientFile, Said
from bot.core.staff import Nurse
from bot.services.one_person import every_id
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.show_transcript import WROTE, said_by_someone
from bot.services.whose_chat import turns_of, whose

SLICE: Final = 500  # a database takes only so many values in one query


def gather(tx: Transaction, parts: Parts, patient: Patient) -> PatientFile:
    """The whole file as it stands now. What retention took away is not there any more."""
    contacts = tuple(tx.contacts.find(patient_id=patient.id, order_by="created_at,id"))
    people_ids = every_id(tx, patient.id)
    episodes = tuple(tx.episodes.find(patient_id__in=people_ids, order_by="surgery_on,id"))
    ids = [one.id for one in episodes]
    check_ins = tuple(tx.check_ins.find(episode_id__in=ids, order_by="due_at,id"))
    observations = tuple(tx.observations.find(episode_id__in=ids, order_by="observed_at,id"))
    escalations = tuple(tx.escalations.find(patient_id=patient.id, order_by="opened_at,id"))
    tasks = tuple(tx.tasks.find(patient_id=patient.id, order_by="created_at,id"))
    said = tuple(_said(tx, people_ids, contacts))
    people = [
        *(one.acknowledged_by for one in escalations),
        *(one.closed_by for one in escalations),
        *(one.done_by for one in tasks),
        *(one.answered_by for one in tasks),
        *(one.nurse_id for one in said),
    ]
    return PatientFile(
        patient=patient,
        taken_at=parts.clock.now(),
        also=tuple(tx.patients.find(id__in=people_ids[1:], order_by="id")),
        contacts=contacts,
        episodes=episodes,
        check_ins=check_ins,
        observations=observations,
        escalations=escalations,
        causes=tuple(_of(tx.causes, "escalation_id", [one.id for one in escalations])),
        tasks=tasks,
        consents=tuple(tx.consents.find(episode_id__in=ids, order_by="decided_at,id")),
        said=said,
        pathways=_pathways(parts, episodes, observations),
        nurses=_nurses(tx, people),
    )


def _of(rows: Any, field: str, ids: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(ids), SLICE):
        yield from rows.find(**{f"{field}__in": ids[start : start + SLICE]}, order_by="id")


def _nurses(tx: Transaction, ids: Iterable[str | None]) -> dict[str, Nurse]:
    wanted = sorted({one for one in ids if one})
    return {one.id: one for one in _of(tx.nurses, "id", wanted)}


def _pathways(
    parts: Parts, episodes: Iterable[Episode], observations: Iterable[Observation]
) -> dict[tuple[str, str], Pathway]:
    """Every version she was asked by. One that nobody kept is left out, never replaced."""
    wanted = {(one.pathway_id, one.pathway_version) for one in episodes}
    wanted |= {(one.pathway_id, one.pathway_version) for one in observations}
    found = {}
    for id, version in sorted(wanted):
        try:
            found[id, version] = parts.library.pathway(id, version)
        except AftercareError:
            continue
    return found


def _said(tx: Transaction, her_ids: Sequence[str], contacts: Sequence[Contact]) -> Iterator[Said]:
    """What was said in her chats while they were hers: a phone may have been another
    patient's before or after, and the audit knows from when to when."""
    ids = [one.id for one in contacts]
    wrote = tx.audit.find(about__in=her_ids, action=WROTE)
    authors = {one.details: one.who for one in wrote}
    current = {one.id for one in tx.conversations.find(contact_id__in=ids)}
    opened = tx.invitations.find(contact_id__in=ids, conversation_id__not=None)
    chat_ids = sorted({*current, *(one.conversation_id or "" for one in opened)} - {""})
    for chat_id, turns in turns_of(tx, _of(tx.conversations, "id", chat_ids)).items():
        went = tx.outbound.find(conversation_id=chat_id, kind__not="page", order_by="seq")
        came = tx.inbound.find(conversation_id=chat_id, order_by="seq")
        heard = [one for one in came if said_by_someone(one)]
        for one in heard:
            if (contact_id := whose(turns, one.received_at)) in ids:
                yield Said(one, contact_id)
        for sent in went:
            if (contact_id := whose(turns, sent.created_at)) in ids:
                yield Said(sent, contact_id, authors.get(sent.id, ""))

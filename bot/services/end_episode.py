"""End an episode before its time: a named nurse with a reason; what is still due is withdrawn.

Her chats stay open: what the patient writes later is still screened and can still raise a
case. An open case is never ended on the side: it must be closed first, with its outcome.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Mode, OutboundState
from bot.core.errors import AlreadyDone, NotFound
from bot.core.escalation import EscalationState
from bot.core.move import MoveState
from bot.core.nudge import NudgeState
from bot.core.patient import END_REASONS, NEEDS_NOTE, SILENT_END, Episode, EpisodeState, Patient
from bot.core.permissions import Permission
from bot.core.schedule import next_opening
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.move_episode import settled
from bot.services.nudges_due import take_back
from bot.services.one_person import refuse_merged
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.staff_accounts import Refused
from bot.services.whom import LIVING

LONGEST_NOTE: Final = 200
HEARS: Final = (Mode.BOT, Mode.NURSE, Mode.CONSENTING)  # STOP means: write nothing any more


def end_episode(
    parts: Parts, nurse: Nurse, *, episode_id: str, reason: str, words: str = ""
) -> Episode:
    """End it now. Raises NotFound, NotAllowed, AlreadyDone, and Refused by field: `reason`
    and `words` (needed for some reasons), `case` while a case of the patient is open.
    """
    require(nurse, Permission.CHANGE_PATIENT)
    words = words.strip()
    with parts.record.transaction() as tx:
        episode, patient, chats = hold_episode(tx, nurse, episode_id)
        if episode.state not in LIVING:
            raise AlreadyDone(name_of(tx, episode.ended_by))
        wrong = _wrong(reason, words)
        if tx.escalations.one(patient_id=patient.id, state__not=EscalationState.CLOSED):
            wrong["case"] = "open_case"
        if wrong:
            raise Refused(wrong)
        ended = withdraw(tx, parts, episode, chats, by=nurse.id, reason=reason, words=words)
        if reason != SILENT_END:
            tell(tx, parts, ended, patient, chats, "follow_up_ended", nurse)
    return ended


def hold_episode(
    tx: Transaction, nurse: Nurse, episode_id: str
) -> tuple[Episode, Patient, list[Conversation]]:
    """The episode, its patient and her chats, held in the order all transactions share.

    Raises NotFound, and AlreadyDone when this registration was merged meanwhile: her cases
    are with the other one.
    """
    found = tx.episodes.get(episode_id)
    if found is None:
        raise NotFound(f"no episode {episode_id}")
    patient = patient_in_scope(tx, nurse, found.patient_id)
    chats = hold_chats(tx, patient.id)
    patient = tx.patients.get(patient.id, lock=True) or patient
    refuse_merged(tx, patient)
    return tx.episodes.get(episode_id, lock=True) or found, patient, chats


def hold_chats(tx: Transaction, *patient_ids: str) -> list[Conversation]:
    """Every chat of these patients, held in the order all transactions share."""
    contacts = tx.contacts.find(patient_id__in=sorted(patient_ids))
    chats = tx.conversations.find(contact_id__in=sorted(one.id for one in contacts))
    held = (tx.conversations.get(id, lock=True) for id in sorted(one.id for one in chats))
    return [one for one in held if one is not None]


def withdraw(
    tx: Transaction,
    parts: Parts,
    episode: Episode,
    chats: Iterable[Conversation],
    *,
    by: str,
    reason: str,
    words: str = "",
) -> Episode:
    """The episode as ended; every check-in, reminder and move that was still to come."""
    now = parts.clock.now()
    for chat in chats:
        for one in tx.outbound.find(
            conversation_id=chat.id, state=OutboundState.QUEUED, kind="bot"
        ):
            take_back(tx, one)
    for check_in in tx.check_ins.find(
        episode_id=episode.id, state__in=(CheckInState.PLANNED, CheckInState.OPEN)
    ):
        over = replace(check_in, state=CheckInState.CANCELLED, ended_at=now, follow_up_at=None)
        tx.check_ins.swap(check_in, over)
    for nudge in tx.nudges.find(episode_id=episode.id, state=NudgeState.PLANNED):
        tx.nudges.swap(nudge, replace(nudge, state=NudgeState.CANCELLED, settled_at=now))
    for move in tx.moves.find(episode_id=episode.id, state=MoveState.WAITING):
        tx.moves.swap(move, settled(move, MoveState.DROPPED, now))
    begun = episode.state is not EpisodeState.PLANNED
    ended = replace(
        episode,
        state=EpisodeState.FINISHED if begun else EpisodeState.CANCELLED,
        ended_at=now,
        ended_by=by,
        end_reason=reason,
        end_note=words,
    )
    tx.episodes.swap(episode, ended)
    _close_cards(tx, episode, now)
    note(tx, parts, who=by, action="episode.end", about=episode.id, details=reason)
    return ended


def _close_cards(tx: Transaction, episode: Episode, now: datetime) -> None:
    """A card that nobody used opens no follow-up that is over."""
    if tx.episodes.one(patient_id=episode.patient_id, state__in=LIVING):
        return
    contacts = [one.id for one in tx.contacts.find(patient_id=episode.patient_id)]
    for one in tx.invitations.find(contact_id__in=contacts, used_at=None, expires_at__gt=now):
        tx.invitations.swap(one, replace(one, expires_at=now))


def tell(
    tx: Transaction,
    parts: Parts,
    episode: Episode,
    patient: Patient,
    chats: Iterable[Conversation],
    key: str,
    nurse: Nurse,
) -> None:
    """One line to each chat that still hears us; by night it waits for the morning."""
    pathway = parts.library.followed(episode.pathway_id, episode.pathway_version)
    now = parts.clock.now()
    morning = next_opening(now, patient.time_zone, pathway)
    for chat in chats:
        if chat.mode in HEARS:
            text = phrase(parts, key, chat.language, nurse=nurse.name)
            once = f"{key}:{episode.id}:{now.isoformat()}:{chat.id}"
            put(tx, parts, chat.id, text, key=once, kind="system", not_before=morning)


def _wrong(reason: str, words: str) -> dict[str, str]:
    wrong = {} if reason in END_REASONS else {"reason": "choose"}
    if len(words) > LONGEST_NOTE:
        wrong["words"] = "too_long"
    elif reason in NEEDS_NOTE and not words:
        wrong["words"] = "needed"
    return wrong

"""Undo a merge: it was not one person. Exactly what moved goes back, as long as that is all.

Once somebody wrote or was asked in one of the joined chats, or a case was opened, nobody can
tell by rule whose it is: then a merge is not taken back here, and its page says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation
from bot.core.errors import AlreadyDone, NotFound
from bot.core.merge import Merge
from bot.core.patient import Episode, EpisodeState, Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.end_episode import LONGEST_NOTE, hold_chats
from bot.services.lead import takeover_of
from bot.services.merge_patients import ROWS
from bot.services.nurse_tasks import make_task
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.resume_episode import plan_again
from bot.services.staff_accounts import Refused
from bot.services.transfer_patient import cases_go_with

GO_BACK: Final = ("episodes", *ROWS)
# A message that waited for the merge was received a little before it, and is read after it.
A_LITTLE: Final = timedelta(minutes=1)


def undo_merge(parts: Parts, nurse: Nurse, *, merge_id: str, words: str) -> Merge:
    """Two records again, each with its own follow-up. Raises NotFound, NotAllowed, AlreadyDone,
    and Refused by field: `words`, `chat` while a nurse would lose sight of her patient, `merge`
    when more happened than the merge.
    """
    require(nurse, Permission.MERGE_PATIENTS)
    words = words.strip()
    with parts.record.transaction() as tx:
        merge, stays, goes, chats = _held(tx, nurse, merge_id)
        wrong = {} if words else {"words": "needed"}
        if len(words) > LONGEST_NOTE:
            wrong["words"] = "too_long"
        if more_happened(tx, merge, chats):
            wrong["merge"] = "merge_used"
        if stays.ward != goes.ward and any(takeover_of(tx, one) for one in chats):
            wrong["chat"] = "led"
        if wrong:
            raise Refused(wrong)
        _give_back(tx, parts, merge, stays, goes)
        undone = replace(merge, undone_at=parts.clock.now(), undone_by=nurse.id, undone_words=words)
        tx.merges.swap(merge, undone)
        for about, details in ((stays.id, goes.id), (goes.id, f"from {stays.id}")):
            note(
                tx, parts, who=nurse.id, action="patient.merge_undone", about=about, details=details
            )
        cases_go_with(tx, parts, goes.id, goes.ward)
    return undone


def _held(
    tx: Transaction, nurse: Nurse, merge_id: str
) -> tuple[Merge, Patient, Patient, list[Conversation]]:
    """The merge, both records and all their chats, in the order all transactions share."""
    found = tx.merges.get(merge_id)
    if found is None:
        raise NotFound(f"no merge {merge_id}")
    ids = (found.stays_id, found.goes_id)
    for id in ids:
        patient_in_scope(tx, nurse, id)
    chats = hold_chats(tx, *ids)
    for id in sorted(ids):
        tx.patients.get(id, lock=True)
    merge = tx.merges.get(merge_id, lock=True) or found
    if merge.undone_at is not None:
        raise AlreadyDone(name_of(tx, merge.undone_by))
    stays, goes = (patient_in_scope(tx, nurse, id) for id in ids)
    return merge, stays, goes, chats


def more_happened(tx: Transaction, merge: Merge, chats: Sequence[Conversation]) -> bool:
    """Whether anything since the merge may be of either person: a message, a question of ours,
    a case, a follow-up or a person who was added, or the record that stays was merged itself."""
    stays = tx.patients.get(merge.stays_id)
    if stays is None or stays.merged_into is not None or "hours" not in merge.moved:
        return True  # the last: a merge of a time when not all was kept that goes back
    since, ids = merge.merged_at - A_LITTLE, [one.id for one in chats]
    hers: dict[str, Any] = {"patient_id": stays.id}
    kept = tx.episodes.get(merge.kept_episode_id) if merge.kept_episode_id else None
    return bool(
        (kept is not None and kept.ended_at is not None)
        or tx.inbound.find(conversation_id__in=ids, received_at__gte=since, limit=1)
        or tx.escalations.find(opened_at__gte=since, **hers, limit=1)
        or tx.contacts.find(created_at__gt=merge.merged_at, **hers, limit=1)
        or tx.episodes.find(created_at__gt=merge.merged_at, **hers, limit=1)
    )


def _give_back(tx: Transaction, parts: Parts, merge: Merge, stays: Patient, goes: Patient) -> None:
    for name in GO_BACK:
        _move(getattr(tx, name), merge.moved[name], goes.id)
    # What was made since: a task about a follow-up that goes back, a takeover of such a chat.
    follow_ups = [one.id for one in tx.episodes.find(patient_id=goes.id)]
    people = [one.id for one in tx.contacts.find(patient_id=goes.id)]
    chats = [one.id for one in tx.conversations.find(contact_id__in=people)]
    since = tx.tasks.find(patient_id=stays.id, episode_id__in=follow_ups)
    led = tx.takeovers.find(patient_id=stays.id, conversation_id__in=chats)
    _move(tx.tasks, [one.id for one in since], goes.id)
    _move(tx.takeovers, [one.id for one in led], goes.id)
    for id, state in merge.moved["ended"].items():
        if (episode := tx.episodes.get(id, lock=True)) is not None:
            _go_on(tx, parts, episode, EpisodeState(state))
    if merge.kept_episode_id in merge.moved["episodes"]:
        zone, language = merge.moved["hours"]
        tx.patients.swap(stays, replace(stays, time_zone=zone, language=language))
    tx.patients.swap(goes, replace(goes, merged_into=None))
    for id in _merged_before(tx, goes.id):
        if (earlier := tx.patients.get(id)) is not None:
            tx.patients.swap(earlier, replace(earlier, merged_into=goes.id))


def _move(rows: Any, ids: Sequence[str], to: str) -> None:
    for one in rows.find(id__in=list(ids)):
        rows.swap(one, replace(one, patient_id=to))


def _go_on(tx: Transaction, parts: Parts, episode: Episode, state: EpisodeState) -> None:
    """The follow-up that the merge ended is as it was. What passed meanwhile, and the question
    that was taken back in the middle, is a nurse's task."""
    back = replace(episode, state=state, ended_at=None, ended_by=None, end_reason="")
    tx.episodes.swap(episode, back)
    plan_again(tx, parts, episode)
    for one in tx.check_ins.find(
        episode_id=episode.id,
        state=CheckInState.CANCELLED,
        ended_at=episode.ended_at,
        opened_at__not=None,
    ):
        make_task(
            tx,
            parts,
            kind="late_check_in",
            key=f"late_check_in:{one.id}",
            patient_id=back.patient_id,
            episode_id=back.id,
            text=one.plan_id,
        )


def _merged_before(tx: Transaction, patient_id: str) -> Iterator[str]:
    """Every registration that was merged into this one, one after the other too."""
    for one in tx.merges.find(stays_id=patient_id, undone_at=None):
        yield one.goes_id
        yield from _merged_before(tx, one.goes_id)

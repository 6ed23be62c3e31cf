"""Take over: a named nurse leads a chat, and the chatbot is silent there.

One transaction with a new epoch: what the chatbot had written and not sent is
cancelled, the patient is told who is writing, and the audit has it. Screening,
escalations and the fixed safety words go on whoever leads.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.conversation import Conversation, Mode, OutboundState
from bot.core.errors import AlreadyDone, NotFound
from bot.core.patient import Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.core.takeover import Ended, Takeover
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.lead import end, lead_buttons, takeover_of, tell_leader
from bot.services.nudges_due import take_back
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.snooze import note_activity_for
from bot.services.staff_accounts import Refused


def take_over(
    parts: Parts, *, conversation_id: str, nurse_id: str, from_nurse_id: str = ""
) -> Takeover:
    """Let this nurse lead the chat. `from_nurse_id` takes it from that very colleague.

    Raises AlreadyDone (with the name of who leads), NotFound (also for another ward),
    NotAllowed, and Refused when nobody can be talked to in this chat.
    """
    with parts.record.transaction() as tx:
        return take_over_in(
            tx,
            parts,
            conversation_id=conversation_id,
            nurse_id=nurse_id,
            from_nurse_id=from_nurse_id,
        )


def take_over_in(
    tx: Transaction, parts: Parts, *, conversation_id: str, nurse_id: str, from_nurse_id: str = ""
) -> Takeover:
    """The same inside a transaction of the caller. Her second press changes nothing."""
    chat = tx.conversations.get(conversation_id, lock=True)
    nurse, patient = may_lead(tx, chat, nurse_id)
    if chat is None:
        raise NotFound(f"no chat {conversation_id}")
    current = takeover_of(tx, chat) if chat.mode is Mode.NURSE else None
    if current is not None and current.nurse_id == nurse.id:
        return current
    if current is not None and current.nurse_id != from_nurse_id:
        raise AlreadyDone(name_of(tx, current.nurse_id))
    if chat.mode not in (Mode.BOT, Mode.NURSE) or chat.unreachable:
        raise Refused({"chat": "cannot_lead"})
    led = replace(chat, mode=Mode.NURSE, nurse_id=nurse.id, epoch=chat.epoch + 1)
    tx.conversations.swap(chat, led)
    silence(tx, chat)
    if current is not None:
        end(tx, parts, current, Ended.TAKEN, by=nurse.id)
    takeover = _begin(tx, parts, led, patient, nurse)
    note(tx, parts, who=nurse.id, action="chat.take_over", about=patient.id, details=chat.id)
    note_activity_for(tx, parts, patient_id=patient.id, nurse_id=nurse.id)
    _tell(tx, parts, takeover, led, nurse, current)
    return takeover


def may_lead(tx: Transaction, chat: Conversation | None, nurse_id: str) -> tuple[Nurse, Patient]:
    """The nurse and the patient behind the chat. Raises NotFound, NotAllowed."""
    nurse = tx.nurses.get(nurse_id)
    if nurse is None:
        raise NotFound(f"no nurse {nurse_id}")
    require(nurse, Permission.WRITE_TO_PATIENT)
    contact = tx.contacts.get(chat.contact_id) if chat and chat.contact_id else None
    if contact is None:
        raise NotFound("nobody is known in this chat")
    return nurse, patient_in_scope(tx, nurse, contact.patient_id)


def silence(tx: Transaction, chat: Conversation) -> None:
    """What the chatbot wrote and nobody sent yet stays unsaid; reminders wait for her end."""
    waiting = tx.outbound.find(conversation_id=chat.id, state=OutboundState.QUEUED, kind="bot")
    for one in waiting:
        take_back(tx, one)


def _begin(
    tx: Transaction, parts: Parts, chat: Conversation, patient: Patient, nurse: Nurse
) -> Takeover:
    now = parts.clock.now()
    takeover = Takeover(
        id=parts.ids.new(),
        conversation_id=chat.id,
        patient_id=patient.id,
        nurse_id=nurse.id,
        started_at=now,
        touched_at=now,
        look_at=now,
        shift_ends_at=_shift_ends(tx, nurse, now),
    ).touched(parts.library.shared.takeover, at=now, written=False)
    tx.takeovers.add(takeover)
    return takeover


def _shift_ends(tx: Transaction, nurse: Nurse, now: datetime) -> datetime | None:
    shifts = tx.shifts.find(nurse_id=nurse.id, starts_at__lte=now, ends_at__gt=now)
    return max((one.ends_at for one in shifts), default=None)


def _tell(
    tx: Transaction,
    parts: Parts,
    takeover: Takeover,
    chat: Conversation,
    nurse: Nurse,
    before: Takeover | None,
) -> None:
    """The patient, the nurse who leads, and the colleague it was taken from."""
    line = phrase(parts, "nurse_takeover", chat.language, nurse=nurse.name)
    put(tx, parts, chat.id, line, key=f"takeover:{takeover.id}:begun", kind="system")
    colleague = tx.nurses.get(before.nurse_id) if before else None
    both = [(nurse, "staff_you_lead", lead_buttons(parts, nurse, chat.id))]
    if colleague is not None:
        both.append((colleague, "staff_taken_from_you", []))
    for told, key, buttons in sorted(both, key=lambda one: one[0].conversation_id or ""):
        tell_leader(tx, parts, takeover, told, key, buttons=buttons, nurse=nurse.name)

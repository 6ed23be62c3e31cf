"""Say as a nurse: her own words to a patient, with her name in the audit, once per key."""

from __future__ import annotations

from bot.core.conversation import Conversation, Mode, Priority
from bot.core.errors import AlreadyDone
from bot.core.patient import Patient
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.lead import touch
from bot.services.outbox import put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.show_transcript import WROTE
from bot.services.snooze import note_activity_for


def say_as_nurse(
    tx: Transaction,
    parts: Parts,
    *,
    nurse: Nurse,
    patient: Patient,
    chat: Conversation,
    text: str,
    key: str,
) -> bool:
    """Queue her words; False when this very message was sent before.

    Raises AlreadyDone with the name of the colleague who leads this chat: two nurses
    never talk to one patient at the same time without knowing of each other.
    """
    chat = tx.conversations.get(chat.id, lock=True) or chat
    if chat.mode is Mode.NURSE and chat.nurse_id != nurse.id:
        raise AlreadyDone(name_of(tx, chat.nurse_id))
    sent = put(tx, parts, chat.id, text, key=key, priority=Priority.CONVERSATION, kind="nurse")
    if sent is None:
        return False
    note(tx, parts, who=nurse.id, action=WROTE, about=patient.id, details=sent)
    touch(tx, parts, chat, nurse.id)
    note_activity_for(tx, parts, patient_id=patient.id, nurse_id=nurse.id)
    return True

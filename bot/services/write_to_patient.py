"""Write to a patient: a nurse's own words, sent once however often the button is pressed."""

from __future__ import annotations

from bot.core.conversation import Priority
from bot.core.errors import NotFound
from bot.core.message import cleaned
from bot.core.patient import Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.outbox import put
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.show_transcript import WROTE
from bot.services.snooze import note_activity_for
from bot.services.staff_accounts import Refused
from bot.services.whom import chat_for

LONGEST_MESSAGE = 2000


def write_to_patient(
    parts: Parts, nurse: Nurse, *, episode_id: str, text: str, once: str
) -> Patient:
    """Send `text` to the chat of this episode. `once` names the sending, so that
    a second press of the same button sends nothing more.

    Raises NotFound, NotAllowed, and Refused with a reason per field.
    """
    require(nurse, Permission.WRITE_TO_PATIENT)
    words = cleaned(text).strip()
    if not words:
        raise Refused({"text": "needed"})
    if len(words) > LONGEST_MESSAGE:
        raise Refused({"text": "too_long"})
    with parts.record.transaction() as tx:
        episode = tx.episodes.get(episode_id)
        if episode is None:
            raise NotFound(f"no episode {episode_id}")
        patient = patient_in_scope(tx, nurse, episode.patient_id)
        chat = chat_for(tx, episode)
        if chat is None:
            raise Refused({"text": "no_chat"})
        sent = put(
            tx,
            parts,
            chat.id,
            words,
            key=f"nurse:{nurse.id}:{once[:100]}",
            priority=Priority.CONVERSATION,
            kind="nurse",
        )
        if sent is not None:
            note(tx, parts, who=nurse.id, action=WROTE, about=patient.id, details=sent)
            note_activity_for(tx, parts, patient_id=patient.id, nurse_id=nurse.id)
    return patient

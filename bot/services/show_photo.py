"""Show a photo: which media a patient sent, for a nurse who may see that patient."""

from __future__ import annotations

from bot.core.errors import NotFound
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.whom import whom


def media_of(parts: Parts, nurse: Nurse, *, inbound_id: str, number: int) -> str:
    """The media id behind one photo of a transcript; that she saw it is noted."""
    require(nurse, Permission.SEE_PATIENT)
    with parts.record.reading() as tx:
        message = tx.inbound.get(inbound_id)
        chat = tx.conversations.get(message.conversation_id) if message else None
        who = whom(tx, parts, chat) if chat else None
        if message is None or who is None or not 0 <= number < len(message.media):
            raise NotFound(f"no photo {number} of {inbound_id}")
        patient = patient_in_scope(tx, nurse, who.patient.id)
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="saw_photo", about=patient.id, details=inbound_id)
    return message.media[number]

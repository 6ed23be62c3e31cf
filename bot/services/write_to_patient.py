"""Write to a patient: a nurse's own words, sent once however often the button is pressed."""

from __future__ import annotations

from bot.core.conversation import Conversation, Mode
from bot.core.errors import NotFound
from bot.core.message import cleaned
from bot.core.patient import Episode, Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.lead import led_by
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.say_as_nurse import say_as_nurse
from bot.services.staff_accounts import Refused
from bot.services.take_over import take_over_in
from bot.services.whom import chat_for

LONGEST_MESSAGE = 2000


def write_to_patient(
    parts: Parts,
    nurse: Nurse,
    *,
    episode_id: str,
    text: str,
    once: str,
    to: str = "",
    lead: bool = False,
) -> Patient:
    """Send `text` to a chat of this episode. `once` names the sending, so that
    a second press of the same button sends nothing more.

    `to` picks one of the patient's chats; without it, the one this nurse leads, or the
    patient's own. `lead` takes the chat over first, so that the answer comes to her.
    Raises NotFound, NotAllowed, AlreadyDone (another nurse leads), and Refused with a
    reason per field.
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
        chat = _chosen(tx, nurse, episode, to)
        if chat is None:
            raise Refused({"text": "no_chat"})
        if lead:
            take_over_in(tx, parts, conversation_id=chat.id, nurse_id=nurse.id)
        key = f"nurse:{nurse.id}:{once[:100]}"
        say_as_nurse(tx, parts, nurse=nurse, patient=patient, chat=chat, text=words, key=key)
    return patient


def _chosen(tx: Transaction, nurse: Nurse, episode: Episode, to: str) -> Conversation | None:
    """The chat to write to; None when nobody can be written to there."""
    if to:
        chat = tx.conversations.get(to)
        contact = tx.contacts.get(chat.contact_id) if chat and chat.contact_id else None
        if chat is None or contact is None or contact.patient_id != episode.patient_id:
            raise NotFound(f"no chat {to} of this patient")
        open_to_us = chat.mode in (Mode.BOT, Mode.NURSE) and not chat.unreachable
        return chat if open_to_us else None
    hers = [one for one in led_by(tx, nurse.id) if one.patient_id == episode.patient_id]
    return tx.conversations.get(hers[-1].conversation_id) if hers else chat_for(tx, episode)

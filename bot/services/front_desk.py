"""Front desk: photos, voice, stickers, groups - what no language model can read."""

from __future__ import annotations

from bot.core.conversation import Conversation, Inbound
from bot.core.message import Part
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom

# What we say about each kind, and the task it makes for a nurse.
ANSWERS = {
    Part.PHOTO: ("photo_received", "photo"),
    Part.VIDEO: ("video_received", "photo"),
    Part.FILE: ("document_received", "photo"),
    Part.VOICE: ("voice_received", "voice"),
    Part.STICKER: ("sticker_received", ""),
    Part.LOCATION: ("location_received", "look"),
    Part.CONTACT: ("unsupported_content", "look"),
    Part.OTHER: ("unsupported_content", "look"),
}
GROUP = "group"


def without_words(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """Answer what has no words to read, and hand it to a nurse. True when that is all.

    A photo with a caption is handed on and its words are then read like any others.
    """
    if message.part == GROUP:
        _say(tx, parts, chat, message, "group_refused")
        return True
    if message.part in (Part.TEXT, Part.BUTTON):
        return _nothing_said(tx, parts, chat, message)
    said, task = ANSWERS[Part(message.part)]
    _say(tx, parts, chat, message, said)
    who = whom(tx, parts, chat)
    if task and who is not None:
        make_task(
            tx,
            parts,
            kind=task,
            key=f"{task}:{message.id}",
            patient_id=who.patient.id,
            episode_id=who.episode.id,
            conversation_id=chat.id,
            inbound_id=message.id,
            text=message.text,
        )
    return not message.text.strip()


def _nothing_said(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """An empty text, or a button that we never made."""
    if message.text.strip():
        return False
    unknown_button = message.part == Part.BUTTON
    _say(tx, parts, chat, message, "stale_button" if unknown_button else "empty_message")
    return True


def _say(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, key: str) -> None:
    put(
        tx,
        parts,
        chat.id,
        phrase(parts, key, chat.language),
        key=f"{message.id}:{key}",
        kind="system",
    )

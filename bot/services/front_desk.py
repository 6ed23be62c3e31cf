"""Front desk: photos, voice, stickers, groups - what no language model can read."""

from __future__ import annotations

from bot.core.conversation import Conversation, Inbound
from bot.core.message import Part
from bot.services.ask import back_to_question
from bot.services.nurse_tasks import message_task
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
LONGEST_READ = 4000  # characters; what is longer is a letter, and a nurse reads it


def refuse_group(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """A group hears once a day that we do not talk there; nothing else happens in it."""
    day = message.received_at.date().isoformat()
    text = phrase(parts, "group_refused", chat.language)
    put(tx, parts, chat.id, text, key=f"{chat.id}:group:{day}", kind="system")


def hand_on(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """A nurse looks at what we cannot read, whoever leads this chat now."""
    task = ANSWERS[Part(message.part)][1] if message.part in ANSWERS else ""
    if task:
        _task(tx, parts, chat, message, task)


def without_words(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """Say what becomes of something without words. True when that is all.

    A photo with a caption was handed on, and its words are then read like any others.
    """
    if message.part in (Part.TEXT, Part.BUTTON):
        return _nothing_said(tx, parts, chat, message)
    _say(tx, parts, chat, message, ANSWERS[Part(message.part)][0])
    if message.text.strip():
        return False
    back_to_question(tx, parts, chat, message)
    return True


def not_to_read(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """Words that are not hers, or far too many of them. They were screened all the same."""
    if message.forwarded:
        _say(tx, parts, chat, message, "forwarded_noted")
    elif len(message.text) > LONGEST_READ:
        _say(tx, parts, chat, message, "too_long")
        _task(tx, parts, chat, message, "look")
    else:
        return False
    back_to_question(tx, parts, chat, message)
    return True


def _task(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, kind: str) -> None:
    who = whom(tx, parts, chat)
    if who is None:
        return
    message_task(tx, parts, who, message, kind)


def _nothing_said(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """An empty text, or a button that we never made."""
    if message.text.strip():
        return False
    unknown_button = message.part == Part.BUTTON
    _say(tx, parts, chat, message, "stale_button" if unknown_button else "empty_message")
    back_to_question(tx, parts, chat, message)
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

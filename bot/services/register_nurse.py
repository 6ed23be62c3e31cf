"""Register a nurse: a one-time code from the console makes a chat hers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.conversation import Conversation
from bot.core.errors import NotFound
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.lead import look_now
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction


@dataclass(frozen=True)
class LinkCode:
    """A code to show once; `link` opens Telegram with it, "" without a Telegram account."""

    code: str
    link: str
    expires_at: datetime


def make_link_code(parts: Parts, *, nurse_id: str, by: str) -> LinkCode:
    """A new one-time code for this nurse; an older one no longer works. Raises NotFound."""
    with parts.record.transaction() as tx:
        nurse = tx.nurses.get(nurse_id, lock=True)
        if nurse is None or not nurse.active:
            raise NotFound(f"no nurse {nurse_id}")
        code, house = parts.ids.code(), parts.house
        expires_at = parts.clock.now() + timedelta(hours=house.code_valid_hours)
        tx.nurses.swap(
            nurse,
            replace(nurse, link_code_hash=parts.hash_code(code), link_expires_at=expires_at),
        )
        note(tx, parts, who=by, action="staff.link_code", about=nurse_id)
    username = house.telegram_username
    link = f"https://t.me/{username}?start={code}" if username else ""
    return LinkCode(code, link, expires_at)


def register_nurse(
    tx: Transaction, parts: Parts, *, conversation: Conversation, code_hash: str
) -> bool:
    """Make this chat the nurse's if the code is hers. False: it is no nurse's code at all.

    Every answer, also to a code that ran out, is given here. Wrong codes are
    counted by the caller, which knows the patients' codes too.
    """
    nurse = tx.nurses.one(link_code_hash=code_hash, lock=True) if code_hash else None
    if nurse is None:
        return False
    key = _refusal(parts, nurse, conversation)
    if key is not None:
        _say(tx, parts, conversation, nurse.language, key, code_hash)
        return True
    _forget_old_chat(tx, parts, nurse, conversation)
    chat = tx.conversations.get(conversation.id, lock=True) or conversation
    tx.conversations.swap(chat, replace(chat, nurse_id=nurse.id, language=nurse.language))
    tx.nurses.swap(
        nurse,
        replace(nurse, conversation_id=chat.id, link_code_hash="", link_expires_at=None),
    )
    note(tx, parts, who=nurse.id, action="staff.link_chat", about=chat.id)
    _say(tx, parts, chat, nurse.language, "staff_code_accepted", code_hash, nurse=nurse.name)
    return True


def unlink_chat(parts: Parts, *, nurse_id: str, by: str) -> None:
    """Take her chat away: a lost phone must not be paged. Raises NotFound."""
    with parts.record.transaction() as tx:
        nurse = tx.nurses.get(nurse_id, lock=True)
        if nurse is None:
            raise NotFound(f"no nurse {nurse_id}")
        chat = tx.conversations.get(nurse.conversation_id) if nurse.conversation_id else None
        if chat is not None:
            tx.conversations.swap(chat, replace(chat, nurse_id=None))
        tx.nurses.swap(
            nurse,
            replace(nurse, conversation_id=None, link_code_hash="", link_expires_at=None),
        )
        look_now(tx, parts, nurse_id)
        note(tx, parts, who=by, action="staff.unlink_chat", about=nurse_id)


def _refusal(parts: Parts, nurse: Nurse, chat: Conversation) -> str | None:
    """The phrase that says why this chat cannot become hers; None when it can."""
    ran_out = nurse.link_expires_at is None or nurse.link_expires_at <= parts.clock.now()
    if ran_out or not nurse.active:
        return "staff_code_wrong"
    if chat.contact_id is not None or chat.nurse_id not in (None, nurse.id):
        return "staff_chat_taken"
    return None


def _forget_old_chat(tx: Transaction, parts: Parts, nurse: Nurse, new: Conversation) -> None:
    """A new phone takes the place of the old one, and the old one is told."""
    if nurse.conversation_id in (None, new.id):
        return
    old = tx.conversations.get(nurse.conversation_id or "", lock=True)
    if old is not None:
        tx.conversations.swap(old, replace(old, nurse_id=None))
        _say(tx, parts, old, nurse.language, "staff_chat_moved", nurse.link_code_hash)


def _say(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    language: str,
    key: str,
    code_hash: str,
    **values: object,
) -> None:
    text = phrase(parts, key, language, **values)
    mark = f"{chat.id}:{key}:{code_hash[:16]}:{parts.clock.now().timestamp()}"
    put(tx, parts, chat.id, text, key=mark, kind="system")

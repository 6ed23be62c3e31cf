"""Welcome: from a one-time code to a verified, consenting person with a plan.

Nothing personal is shown before the year of birth fits. A code binds to one chat.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.patient import Contact, EpisodeState, Invitation, Role
from bot.services.ask_consent import ask_consent, read_consent
from bot.services.audit import note
from bot.services.commands import decide
from bot.services.lead import lose
from bot.services.moments import next_contact
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.register_nurse import register_nurse
from bot.services.start_episode import start_episode
from bot.services.whom import Whom, whom
from bot.services.whose_chat import BOUND, LEFT

MOST_WRONG_ANSWERS: Final = 5
MOST_WRONG_CODES: Final = 10
LOOKS_LIKE_CODE: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")
LOCKED_FOR: Final = timedelta(hours=1)  # after too many wrong codes in one chat
# A year by itself or at the head of a date written in one piece (19480312).
YEAR: Final = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?=(?:[01]\d[0-3]\d)?(?!\d))")
DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")


def hear(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """One message of a person who is not through the door yet."""
    code_hash = message.start_code_hash
    typed = message.text.strip()
    if not code_hash and LOOKS_LIKE_CODE.fullmatch(typed):
        code_hash = parts.hash_code(typed)
    if code_hash:
        _try_code(tx, parts, chat, message, code_hash)
    elif chat.mode is Mode.VERIFYING:
        _try_birth_year(tx, parts, chat, message)
    elif chat.mode is Mode.CONSENTING:
        _try_consent(tx, parts, chat, message)
    else:
        say(tx, parts, chat, message, "code_needed")


def _try_code(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, code_hash: str
) -> None:
    if chat.contact_id is None and chat.mode in (Mode.UNKNOWN, Mode.VERIFYING):
        if _wrong_codes(parts, chat) >= MOST_WRONG_CODES:
            return say(tx, parts, chat, message, "code_unknown")
        if register_nurse(tx, parts, conversation=chat, code_hash=code_hash):
            return None
    invitation = tx.invitations.one(code_hash=code_hash, lock=True)
    if chat.contact_id is not None and invitation is not None:
        return _code_in_bound_chat(tx, parts, chat, message, invitation)
    key = _refusal(parts, chat, invitation)
    if key is not None or invitation is None:
        until = (parts.clock.now() + LOCKED_FOR).isoformat()
        count = {"wrong_codes": _wrong_codes(parts, chat) + 1, "wrong_codes_until": until}
        tx.conversations.swap(chat, replace(chat, state={**chat.state, **count}))
        return say(tx, parts, chat, message, key or "code_unknown")
    contact = tx.contacts.get(invitation.contact_id)
    verifying = replace(
        chat,
        mode=Mode.VERIFYING,
        language=contact.language if contact else chat.language,
        state={"invitation_id": invitation.id, "contact_id": invitation.contact_id},
    )
    tx.conversations.swap(chat, verifying)
    return say(tx, parts, verifying, message, "ask_birth_year")


def _wrong_codes(parts: Parts, chat: Conversation) -> int:
    """Wrong codes of late; an hour after the last one they are forgotten."""
    until = chat.state.get("wrong_codes_until")
    if until is None or datetime.fromisoformat(until) <= parts.clock.now():
        return 0
    return int(chat.state.get("wrong_codes", 0))


def _code_in_bound_chat(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, invitation: Invitation
) -> None:
    """A chat stays with its person; only her own code for a new operation asks her again.

    Who was registered twice has two contacts of her own, and a card of either is hers.
    """
    who = whom(tx, parts, chat)
    fresh = _refusal(parts, chat, invitation) is None and invitation.used_at is None
    planned = who is not None and who.episode.state is EpisodeState.PLANNED
    if who is not None and planned and fresh and _is_hers(tx, invitation, who.contact):
        return _bind(tx, parts, chat, message, invitation, who)
    stopped = chat.mode is Mode.STOPPED
    return say(tx, parts, chat, message, "stopped_hint" if stopped else "already_enrolled")


def _is_hers(tx: Transaction, invitation: Invitation, contact: Contact) -> bool:
    """Whether a card was made for this person, under either of two registrations."""
    if invitation.contact_id == contact.id:
        return True
    other = tx.contacts.get(invitation.contact_id)
    both = (contact, other)
    own = all(one is not None and one.role is Role.PATIENT for one in both)
    return own and other is not None and other.patient_id == contact.patient_id


def _refusal(parts: Parts, chat: Conversation, invitation: Invitation | None) -> str | None:
    """The phrase that says why this code does not open the door; None when it does."""
    if invitation is None:
        return "code_unknown"
    if invitation.used_at is not None:
        return None if invitation.conversation_id == chat.id else "code_already_used"
    if invitation.wrong_answers >= MOST_WRONG_ANSWERS:
        return "birth_year_locked"
    return "code_expired" if invitation.expires_at <= parts.clock.now() else None


def _try_birth_year(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    invitation = tx.invitations.get(chat.state["invitation_id"], lock=True)
    who = whom(tx, parts, chat)
    refused = _refusal(parts, chat, invitation)
    if invitation is None or who is None or refused:
        tx.conversations.swap(chat, replace(chat, mode=Mode.UNKNOWN, state={}))
        return say(tx, parts, chat, message, refused or "code_unknown")
    words = parts.answer_words.plain(message.text).translate(DIGITS)
    years = {int(year) for year in YEAR.findall(words)}
    if not years:
        return say(tx, parts, chat, message, "birth_year_not_understood")
    if years != {who.patient.birth_year}:
        return _wrong_year(tx, parts, chat, message, invitation, who)
    return _bind(tx, parts, chat, message, invitation, who)


def _wrong_year(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    message: Inbound,
    invitation: Invitation,
    who: Whom,
) -> None:
    wrong = replace(invitation, wrong_answers=invitation.wrong_answers + 1)
    tx.invitations.swap(invitation, wrong)
    left = MOST_WRONG_ANSWERS - wrong.wrong_answers
    if left > 0:
        return say(tx, parts, chat, message, "birth_year_wrong", left=left)
    tx.conversations.swap(chat, replace(chat, mode=Mode.UNKNOWN, state={}))
    make_task(
        tx,
        parts,
        kind="code_locked",
        key=f"code_locked:{invitation.id}",
        patient_id=who.patient.id,
        episode_id=who.episode.id,
        conversation_id=chat.id,
        text="",
    )
    return say(tx, parts, chat, message, "birth_year_locked")


def _bind(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    message: Inbound,
    invitation: Invitation,
    who: Whom,
) -> None:
    """The person is who she says: this chat is hers, and consent is asked."""
    now = parts.clock.now()
    tx.invitations.swap(invitation, replace(invitation, used_at=now, conversation_id=chat.id))
    bound = replace(
        chat,
        contact_id=who.contact.id,
        mode=Mode.CONSENTING,
        nurse_id=None,
        language=who.contact.language,
        state={},
    )
    tx.conversations.swap(chat, bound)
    lose(tx, parts, chat)
    note(tx, parts, who=who.contact.id, action=BOUND, about=chat.id)
    _leave_other_chats(tx, parts, bound)
    own = who.contact.role is Role.PATIENT
    hello = phrase(
        parts,
        "enrolled_hello" if own else "enrolled_hello_caregiver",
        bound.language,
        name=who.patient.name,
        operation=who.pathway.title.say(bound.language),
    )
    put(tx, parts, chat.id, hello, key=f"{message.id}:hello", kind="system")
    ask_consent(tx, parts, bound, key=f"{message.id}:consent")


def _leave_other_chats(tx: Transaction, parts: Parts, bound: Conversation) -> None:
    """A code binds to one chat: on a new phone the old one knows nobody any more."""
    for old in tx.conversations.find(contact_id=bound.contact_id, order_by="id"):
        if old.id == bound.id:
            continue
        left = replace(
            old, contact_id=None, nurse_id=None, mode=Mode.UNKNOWN, epoch=old.epoch + 1, state={}
        )
        tx.conversations.swap(old, left)
        lose(tx, parts, old)
        for one in tx.check_ins.find(conversation_id=old.id, state=CheckInState.OPEN):
            tx.check_ins.swap(one, replace(one, conversation_id=bound.id))
        note(tx, parts, who=bound.contact_id or "", action=LEFT, about=old.id)


def _try_consent(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    agrees, version = read_consent(tx, parts, chat, message)
    who = whom(tx, parts, chat)
    if agrees is None or who is None:
        say(tx, parts, chat, message, "consent_not_understood")
        return ask_consent(tx, parts, chat, key=f"{message.id}:consent")
    decide(tx, parts, chat, who, "given" if agrees else "refused", version=version)
    return (
        _agreed(tx, parts, chat, message, who)
        if agrees
        else _refused(tx, parts, chat, message, who)
    )


def _refused(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, who: Whom
) -> None:
    tx.conversations.swap(chat, replace(chat, mode=Mode.STOPPED, epoch=chat.epoch + 1))
    make_task(
        tx,
        parts,
        kind="opted_out",
        key=f"refused:{message.id}",
        patient_id=who.patient.id,
        episode_id=who.episode.id,
        conversation_id=chat.id,
        text="",
    )
    say(tx, parts, chat, message, "consent_refused")


def _agreed(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, who: Whom) -> None:
    agreed = replace(chat, mode=Mode.BOT, epoch=chat.epoch + 1)
    tx.conversations.swap(chat, agreed)
    say(tx, parts, agreed, message, "consent_given")
    if who.episode.state is EpisodeState.PLANNED:
        start_episode(tx, parts, who)
    if planned := next_contact(tx, parts, who, agreed.language):
        put(tx, parts, chat.id, planned, key=f"{message.id}:next_check_in", kind="system")


def say(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    message: Inbound,
    key: str,
    **values: object,
) -> None:
    """One of the house's sentences in answer to this message."""
    text = phrase(parts, key, chat.language, **values)
    put(tx, parts, chat.id, text, key=f"{message.id}:{key}", kind="system")

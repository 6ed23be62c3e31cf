"""Welcome: from a one-time code to a verified, consenting person with a plan.

Nothing personal is shown before the year of birth fits. A code binds to one chat.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bot.core.check_in import CheckIn, CheckInState
from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.patient import EpisodeState, Invitation, Role
from bot.core.question import Kind, Question
from bot.core.reading import read
from bot.core.schedule import plan_check_ins
from bot.core.words import Words
from bot.services.audit import note
from bot.services.commands import decide
from bot.services.moments import when
from bot.services.nurse_tasks import make_task
from bot.services.outbox import NewButton, fill, phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.register_nurse import register_nurse
from bot.services.whom import Whom, whom

MOST_WRONG_ANSWERS: Final = 5
MOST_WRONG_CODES: Final = 10
LOOKS_LIKE_CODE: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")
YEAR: Final = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
AGREEMENT: Final = Question(
    id="consent",
    kind=Kind.YES_NO,
    ask=Words({"zh": "同意", "en": "agree"}),
    code="consent",
)


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
        if chat.state.get("wrong_codes", 0) >= MOST_WRONG_CODES:
            return say(tx, parts, chat, message, "birth_year_locked")
        if register_nurse(tx, parts, conversation=chat, code_hash=code_hash):
            return None
    invitation = tx.invitations.one(code_hash=code_hash, lock=True)
    key = _refusal(parts, chat, invitation)
    if key is not None or invitation is None:
        wrong = {**chat.state, "wrong_codes": chat.state.get("wrong_codes", 0) + 1}
        tx.conversations.swap(chat, replace(chat, state=wrong))
        return say(tx, parts, chat, message, key or "code_unknown")
    if chat.contact_id == invitation.contact_id:
        return say(tx, parts, chat, message, "already_enrolled")
    contact = tx.contacts.get(invitation.contact_id)
    verifying = replace(
        chat,
        mode=Mode.VERIFYING,
        language=contact.language if contact else chat.language,
        state={"invitation_id": invitation.id, "contact_id": invitation.contact_id},
    )
    tx.conversations.swap(chat, verifying)
    return say(tx, parts, verifying, message, "ask_birth_year")


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
    years = {int(year) for year in YEAR.findall(parts.answer_words.plain(message.text))}
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
        language=who.contact.language,
        state={},
    )
    tx.conversations.swap(chat, bound)
    note(tx, parts, who=who.contact.id, action="chat bound", about=chat.id)
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


def ask_consent(tx: Transaction, parts: Parts, chat: Conversation, *, key: str) -> None:
    """The consent text of today's version, with two buttons."""
    consent = fill(parts, parts.library.shared.consent.words, chat.language)
    ask = phrase(parts, "consent_ask", chat.language)
    row = [
        NewButton(phrase(parts, f"button_{word}", chat.language), "consent", {"agree": agree})
        for word, agree in (("agree", True), ("disagree", False))
    ]
    put(tx, parts, chat.id, f"{consent}\n\n{ask}", key=key, buttons=[row], kind="system")


def _try_consent(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    press = tx.buttons.get(message.button) if message.button else None
    if press is not None and press.action == "consent":
        agrees: object = press.payload["agree"]
    else:
        reading = read(message.text, AGREEMENT, words=parts.answer_words, language=chat.language)
        agrees = reading.value if reading.understood else None
    who = whom(tx, parts, chat)
    if agrees is None or who is None:
        say(tx, parts, chat, message, "consent_not_understood")
        return ask_consent(tx, parts, chat, key=f"{message.id}:consent")
    return (
        _agreed(tx, parts, chat, message, who)
        if agrees
        else _refused(tx, parts, chat, message, who)
    )


def _refused(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, who: Whom
) -> None:
    decide(tx, parts, chat, who, "refused")
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
    decide(tx, parts, chat, who, "given")
    agreed = replace(chat, mode=Mode.BOT, epoch=chat.epoch + 1)
    tx.conversations.swap(chat, agreed)
    say(tx, parts, agreed, message, "consent_given")
    if who.episode.state is EpisodeState.PLANNED:
        start_episode(tx, parts, who)
    planned = tx.check_ins.find(
        episode_id=who.episode.id, state=CheckInState.PLANNED, order_by="due_at", limit=1
    )
    if planned:
        at = max(planned[0].due_at, parts.clock.now())
        moment = when(parts, at, who, agreed.language)
        say(tx, parts, agreed, message, "next_check_in", when=moment)


def start_episode(tx: Transaction, parts: Parts, who: Whom) -> None:
    """Write the plan: every check-in of this pathway version as a row of its own."""
    now, episode = parts.clock.now(), who.episode
    tx.episodes.swap(episode, replace(episode, state=EpisodeState.ACTIVE, started_at=now))
    due = plan_check_ins(
        who.pathway,
        surgery_on=episode.surgery_on,
        discharge_on=episode.discharge_on,
        zone=who.patient.time_zone,
        tier=str(episode.risk_tier),
        enrolled_at=now,
    )
    tx.check_ins.add_all(
        CheckIn(
            id=parts.ids.new(),
            episode_id=episode.id,
            plan_id=one.plan_id,
            occurrence=one.occurrence,
            due_at=one.due_at,
            window_end=one.window_end,
            state=CheckInState.PLANNED if one.goes_out else CheckInState.MISSED,
        )
        for one in due
    )


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

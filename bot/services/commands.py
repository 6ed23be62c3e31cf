"""Commands: STOP, START and LANGUAGE, heard before any language model."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Inbound, Mode, OutboundState
from bot.core.patient import Consent, EpisodeState
from bot.services.ask import ask_again
from bot.services.ask_consent import ask_consent
from bot.services.lead import lose
from bot.services.nudges_due import take_back
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import LIVING, Whom, open_check_in, whom

# The whole message, so that "please stop the bleeding" is never taken for it.
STOP = frozenset({"stop", "退订", "unsubscribe", "停止", "/stop", "退訂"})
START = frozenset({"start", "恢复", "恢復", "/resume", "resume"})
LANGUAGE = {
    "language": None,
    "语言": None,
    "語言": None,
    "/language": None,
    "english": "en",
    "中文": "zh",
    "chinese": "zh",
}
OTHER = {"zh": "en", "en": "zh"}
EDGES = re.compile(r"^[\s\"'“”‘’.。!！,，]+|[\s\"'“”‘’.。!！,，]+$")


def hear(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """Carry out a command. False when the message is none."""
    # NFKC: a phone with a Chinese keyboard may send ＳＴＯＰ.
    word = EDGES.sub("", unicodedata.normalize("NFKC", message.text)).casefold()
    if word in STOP:
        stop(tx, parts, chat, message)
    elif word in START and chat.mode is Mode.STOPPED:
        resume(tx, parts, chat, message)
    elif word in START and _runs(tx, parts, chat):
        _say(tx, parts, chat, message, "started_already")
    elif word in LANGUAGE:
        change_language(tx, parts, chat, message, LANGUAGE[word] or OTHER[chat.language])
    else:
        return False
    return True


def _runs(tx: Transaction, parts: Parts, chat: Conversation) -> bool:
    """Whether the follow-up is on and no question waits, to which "恢复" may be the answer."""
    who = whom(tx, parts, chat) if chat.mode is Mode.BOT else None
    return who is not None and open_check_in(tx, who.episode) is None


def stop(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """End contact: nothing goes out any more until the person says START."""
    chat = tx.conversations.get(chat.id, lock=True) or chat
    if chat.mode is Mode.STOPPED:
        return _say(tx, parts, chat, message, "stopped_already")
    who = whom(tx, parts, chat)
    stopped = replace(chat, mode=Mode.STOPPED, nurse_id=None, epoch=chat.epoch + 1)
    tx.conversations.swap(chat, stopped)
    for waiting in tx.outbound.find(
        conversation_id=chat.id, state=OutboundState.QUEUED, kind="bot"
    ):
        take_back(tx, waiting)
    if who is not None and chat.contact_id is not None:
        decide(tx, parts, chat, who, "withdrawn")
        _hold_episode(tx, parts, who)
        make_task(
            tx,
            parts,
            kind="opted_out",
            key=f"opted_out:{message.id}",
            patient_id=who.patient.id,
            episode_id=who.episode.id,
            conversation_id=chat.id,
            inbound_id=message.id,
            text="",
        )
    _say(tx, parts, chat, message, "stopped")
    return lose(tx, parts, chat)


def _hold_episode(tx: Transaction, parts: Parts, who: Whom) -> None:
    """With nobody left to talk to, the episode rests and its open check-in ends."""
    contacts = [one.id for one in tx.contacts.find(patient_id=who.patient.id)]
    others = tx.conversations.count(contact_id__in=contacts, mode__in=(Mode.BOT, Mode.NURSE))
    if others or who.episode.state is not EpisodeState.ACTIVE:
        return
    tx.episodes.swap(who.episode, replace(who.episode, state=EpisodeState.ON_HOLD))
    for one in tx.check_ins.find(episode_id=who.episode.id, state=CheckInState.OPEN):
        ended = replace(one, state=CheckInState.CANCELLED, ended_at=parts.clock.now())
        tx.check_ins.swap(one, ended)


def resume(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """Take contact up again, because the person asked for it in so many words."""
    chat = tx.conversations.get(chat.id, lock=True) or chat
    who = whom(tx, parts, chat)
    if who is None or chat.contact_id is None or who.episode.state not in LIVING:
        tx.conversations.swap(chat, replace(chat, mode=Mode.UNKNOWN))
        _say(tx, parts, chat, message, "code_needed")
        return
    agreed = tx.consents.one(episode_id=who.episode.id, contact_id=who.contact.id, decision="given")
    mode = Mode.BOT if agreed else Mode.CONSENTING
    tx.conversations.swap(chat, replace(chat, mode=mode, epoch=chat.epoch + 1))
    if agreed:
        decide(tx, parts, chat, who, "resumed")
        if who.episode.state is EpisodeState.ON_HOLD:
            tx.episodes.swap(who.episode, replace(who.episode, state=EpisodeState.ACTIVE))
    _say(tx, parts, chat, message, "started_again" if agreed else "consent_first")
    if not agreed:
        ask_consent(tx, parts, chat, key=f"{message.id}:consent")


def change_language(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, language: str
) -> None:
    """Speak this language from now on; an open question is asked again in it."""
    chat = tx.conversations.get(chat.id, lock=True) or chat
    changed = replace(chat, language=language)
    tx.conversations.swap(chat, changed)
    _say(tx, parts, changed, message, "language_set")
    ask_again(tx, parts, changed, key=f"{message.id}:again")


def decide(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    decision: str,
    *,
    version: str = "",
) -> None:
    """Keep what this person decided about being contacted: text version, time, language."""
    tx.consents.add(
        Consent(
            id=parts.ids.new(),
            episode_id=who.episode.id,
            contact_id=who.contact.id,
            conversation_id=chat.id,
            version=version or parts.library.shared.consent.version,
            language=chat.language,
            decision=decision,
            decided_at=parts.clock.now(),
        )
    )


def _say(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, key: str) -> None:
    put(
        tx,
        parts,
        chat.id,
        phrase(parts, key, chat.language),
        key=f"{message.id}:{key}",
        kind="system",
    )

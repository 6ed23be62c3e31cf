"""Ask for a person: whoever wants a human gets one, with and without a language model."""

from __future__ import annotations

from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.reading.wishes import asks_for_person, asks_for_person_too
from bot.core.triage_level import TriageLevel
from bot.services.ask import back_to_question
from bot.services.hard_talk import raise_for
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom, whom

# While she is led through the door, her wish is noted and the door goes on asking.
AT_THE_DOOR = (Mode.VERIFYING, Mode.CONSENTING)


def hear(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """Hear a message that only asks for a person. True when nothing else is to be done."""
    if message.button or not asks_for_person(message.text, parts.answer_words):
        return False
    who = whom(tx, parts, chat)
    if who is None or chat.mode is Mode.NURSE:
        return False
    get_person(tx, parts, chat, who, message)
    said = phrase(parts, "nurse_wanted", chat.language)
    put(tx, parts, chat.id, said, key=f"{message.id}:person", kind="system")
    back_to_question(tx, parts, chat, message)
    return chat.mode not in AT_THE_DOOR


def also_asked(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound
) -> bool:
    """Whether a person was asked for beside other words; she comes then too."""
    if message.button or not asks_for_person_too(message.text, parts.answer_words):
        return False
    get_person(tx, parts, chat, who, message)
    return True


def get_person(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound
) -> None:
    """A person was asked for, so a person comes: a case for today."""
    raise_for(tx, parts, chat, who, message, "asked_for_human", TriageLevel.SAME_DAY)

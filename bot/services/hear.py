"""Hear: what one message of a patient means, decided and stored in one transaction.

Called by the engine's actions. A turn that was heard before is answered as it
was then, so a retry after a crash changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.core.conversation import Conversation, Inbound, Turn
from bot.core.errors import NotFound
from bot.services.answer import hear_in_check_in
from bot.services.ask import Said, ask_question, greeting, next_open
from bot.services.ask_person import also_asked
from bot.services.check_ins_due import LATE, TRIGGER
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.reread import nurse_reads_edit
from bot.services.talk import PERSON, talk
from bot.services.whom import Whom, open_check_in, whom


@dataclass(frozen=True)
class Heard:
    """One message as the engine understood it. The words themselves are in the record."""

    inbound_id: str
    intent: str
    confidence: float


@dataclass(frozen=True)
class Answer:
    """What to say, and whether the check-in still waits for an answer."""

    replies: tuple[dict[str, Any], ...]
    check_in_open: bool


def hear(parts: Parts, heard: Heard) -> Answer:
    """Hear one message: an answer, a question, a worry, or several of them."""
    with parts.record.transaction() as tx:
        message, chat, who = _scene(tx, parts, heard.inbound_id)
        if message.part == TRIGGER:
            # Rasa offers the opening of a form to the form's own validation too.
            return Answer((), check_in_open=open_check_in(tx, who.episode) is not None)
        known = tx.turns.get(message.id)
        if known is None:
            check_in = open_check_in(tx, who.episode, lock=True)
            if check_in is None and message.edited:
                nurse_reads_edit(tx, parts, who, message)
                said = [Said(phrase(parts, "edited_noted", chat.language))]
            elif check_in is None:
                said = talk(tx, parts, chat, who, message, heard.intent, heard.confidence)
            else:
                said = hear_in_check_in(
                    tx, parts, chat, who, message, check_in, (heard.intent, heard.confidence)
                )
            if heard.intent != PERSON and also_asked(tx, parts, chat, who, message):
                said = [Said(phrase(parts, "nurse_wanted", chat.language)), *said]
            known = _keep(tx, parts, message, said)
        still_open = open_check_in(tx, who.episode) is not None
        return Answer(replies=tuple(known.replies), check_in_open=still_open)


def begin(parts: Parts, heard: Heard) -> Answer:
    """Say the first question of a check-in that just opened, or ask again.

    Says nothing when this turn has already been answered by `hear`.
    """
    with parts.record.transaction() as tx:
        message, chat, who = _scene(tx, parts, heard.inbound_id)
        check_in = open_check_in(tx, who.episode, lock=True)
        known = tx.turns.get(message.id)
        if known is not None:
            replies = tuple(known.replies) if message.part == TRIGGER else ()
            return Answer(replies=replies, check_in_open=check_in is not None)
        said: list[Said] = []
        question = next_open(tx, parts, who, check_in) if check_in else None
        if check_in is not None and question is not None:
            late = f":{LATE}:" in message.external_id
            first = check_in.current_question is None or late
            hello = greeting(parts, who, chat, check_in) if first else None
            said = [Said(hello)] if hello else []
            said.append(ask_question(tx, parts, chat, check_in, question))
        _keep(tx, parts, message, said)
        return Answer(tuple(one.as_row() for one in said), check_in_open=bool(said))


def _scene(tx: Transaction, parts: Parts, inbound_id: str) -> tuple[Inbound, Conversation, Whom]:
    message = tx.inbound.get(inbound_id)
    chat = tx.conversations.get(message.conversation_id) if message else None
    who = whom(tx, parts, chat) if chat else None
    if message is None or chat is None or who is None:
        raise NotFound(f"nobody is known behind message {inbound_id}")
    return message, chat, who


def _keep(tx: Transaction, parts: Parts, message: Inbound, said: list[Said]) -> Turn:
    turn = Turn(
        id=message.id,
        conversation_id=message.conversation_id,
        replies=[one.as_row() for one in said],
        created_at=parts.clock.now(),
    )
    tx.turns.add(turn)
    return turn

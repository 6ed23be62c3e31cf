"""Look at a message: what was said, and what screening finds in it.

Screening takes milliseconds, and SQLite lets one write at a time: so it is done before the
record is locked, and done again only when the chat has changed by then.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.core.conversation import Conversation
from bot.core.message import Incoming, Part
from bot.core.screening import Screening
from bot.core.triage_level import TriageLevel
from bot.services.faults import kind_and_place
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom

log = logging.getLogger(__name__)

RECENT = timedelta(minutes=30)
RECENT_MESSAGES = 4


@dataclass(frozen=True)
class Seen:
    """One message as it was seen in its chat. `screening` is None where nothing is screened."""

    chat: Conversation
    text: str
    screening: Screening | None

    def holds_for(self, chat: Conversation) -> bool:
        """Whether the chat is as it was: the same people, language and words before it."""
        return _known_by(chat) == _known_by(self.chat)


def _known_by(chat: Conversation) -> tuple[object, ...]:
    people = (chat.contact_id, chat.nurse_id, chat.state.get("contact_id"))
    return (chat.id, chat.last_seq, chat.language, *people)


def look_ahead(parts: Parts, incoming: Incoming) -> Seen | None:
    """Look without locking anything; None when the chat is new."""
    with parts.record.reading() as tx:
        chat = tx.conversations.one(
            channel=incoming.channel, account=incoming.account, address=incoming.address
        )
        return look(tx, parts, incoming, chat) if chat else None


def look(tx: Transaction, parts: Parts, incoming: Incoming, chat: Conversation) -> Seen:
    """Look at a message that came in this chat."""
    text = _words(tx, incoming, chat)
    return Seen(chat, text, _screened(tx, parts, chat, text))


def _words(tx: Transaction, incoming: Incoming, conversation: Conversation) -> str:
    """What was said: text or caption, or the title of the button that was pressed."""
    if incoming.part is Part.BUTTON:
        press = tx.buttons.get(incoming.button)
        ours = press is not None and press.conversation_id == conversation.id
        # An old button is screened too: its title may be "chest pain".
        return press.title if press and ours else incoming.note or incoming.text
    return incoming.text


def _screened(
    tx: Transaction, parts: Parts, conversation: Conversation, text: str
) -> Screening | None:
    """Screen a patient's words; only a nurse's own chat is not screened."""
    ours = conversation.nurse_id is not None and conversation.contact_id is None
    if ours or not text.strip():
        return None
    now, who = parts.clock.now(), whom(tx, parts, conversation)
    recent = tx.inbound.find(
        conversation_id=conversation.id,
        received_at__gte=now - RECENT,
        order_by="-seq",
        limit=RECENT_MESSAGES,
    )
    try:
        return parts.screen(
            text,
            procedure=who.episode.procedure_code if who else None,
            day=who.day(now) if who else None,
            recent=tuple(one.text for one in reversed(recent) if one.text),
        )
    except Exception as fault:
        # Refused, the message would come again and break again. Kept, a nurse reads it today.
        log.error("message could not be screened", extra=kind_and_place(fault))
        return Screening(text=text, level=TriageLevel.SAME_DAY)

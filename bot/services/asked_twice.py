"""Asked twice: a question that stood in a chat when its follow-up ended with a merge.

She may answer it a minute later, and her "5" would then be taken for the answer to another
question of the follow-up that goes on. So she is told that the old one has gone, and the one
that waits is asked in this chat too.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Mode
from bot.core.patient import Episode
from bot.core.schedule import next_opening
from bot.services.ask import ask_again
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import whom


def asked_in(tx: Transaction, episodes: Iterable[Episode]) -> list[str]:
    """The ids of the chats in which a check-in of these follow-ups is open."""
    found = tx.check_ins.find(
        episode_id__in=[one.id for one in episodes], state=CheckInState.OPEN, order_by="id"
    )
    return sorted({one.conversation_id for one in found if one.conversation_id})


def take_questions_back(
    tx: Transaction, parts: Parts, chats: Iterable[Conversation], *, key: str
) -> None:
    """One line to each chat that the chatbot leads, and the question that waits now; by night
    the line waits for the morning, and the question for its own reminder."""
    now = parts.clock.now()
    for chat in chats:
        who = whom(tx, parts, chat)
        if who is None or chat.mode is not Mode.BOT:
            continue
        morning = next_opening(now, who.patient.time_zone, who.pathway)
        text = phrase(parts, "registered_twice", chat.language)
        put(
            *(tx, parts, chat.id, text),
            key=f"{key}:{chat.id}:told",
            kind="system",
            not_before=morning,
        )
        if morning <= now:
            lead = phrase(parts, "check_in_again", chat.language)
            ask_again(tx, parts, chat, key=f"{key}:{chat.id}:again", lead=lead)

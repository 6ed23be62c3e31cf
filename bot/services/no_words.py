"""No words: faces, marks, and languages that nobody here can read."""

from __future__ import annotations

import unicodedata
from typing import Final

from bot.core.conversation import Conversation, Inbound
from bot.core.reading.folding import KIND_FACES
from bot.services.ask import Said
from bot.services.nurse_tasks import message_task
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom

OTHER_LANGUAGE: Final = "other_language"  # screening's code for words that it cannot read


def not_words(message: Inbound) -> str:
    """What to say to a message without words that we can read; "" when it has some.

    Screening says what is no Chinese and no English, and a nurse looks at that already.
    """
    text = message.text
    if not any(one.isalnum() for one in text):
        face = any(unicodedata.category(one) == "So" for one in text)
        return "sticker_received" if face else "empty_message"
    codes = {one["code"] for one in message.screening.get("red_flags") or []}
    han = any("\u4e00" <= one <= "\u9fff" for one in text)
    return "foreign_language" if codes == {OTHER_LANGUAGE} and not han else ""


def say_no_words(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound, key: str
) -> Said:
    """A face in tears may be all that somebody can say, so a nurse looks at faces too."""
    if any(unicodedata.category(one) == "So" and one not in KIND_FACES for one in message.text):
        message_task(tx, parts, who, message, "look")
    return Said(phrase(parts, key, chat.language))

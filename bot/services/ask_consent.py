"""Ask for consent, and read a yes or a no to it. What is unclear is no consent."""

from __future__ import annotations

from typing import Final

from bot.core.conversation import Conversation, Inbound
from bot.core.question import Kind, Option, Question
from bot.core.reading import read
from bot.core.words import Words
from bot.services.outbox import NewButton, fill, phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction

AGREEMENT: Final = Question(
    id="consent",
    kind=Kind.YES_NO,
    ask=Words({"zh": "同意", "en": "agree"}),
    code="consent",
    options=(
        Option(
            "yes",
            Words({"zh": "同意", "en": "I agree"}),
            {
                "zh": ("同意", "愿意", "好的", "行", "没问题"),
                "en": ("agree", "accept", "ok", "okay"),
            },
        ),
        Option(
            "no",
            Words({"zh": "不同意", "en": "I do not agree"}),
            {
                "zh": ("不同意", "不愿意", "拒绝", "不行"),
                "en": ("do not agree", "don't agree", "disagree", "refuse"),
            },
        ),
    ),
)


def ask_consent(tx: Transaction, parts: Parts, chat: Conversation, *, key: str) -> None:
    """The consent text of today's version, with two buttons that carry the version."""
    consent = parts.library.shared.consent
    ask = phrase(parts, "consent_ask", chat.language)
    row = [
        NewButton(
            phrase(parts, f"button_{word}", chat.language),
            "consent",
            {"agree": agree, "version": consent.version},
        )
        for word, agree in (("agree", True), ("disagree", False))
    ]
    text = f"{fill(parts, consent.words, chat.language)}\n\n{ask}"
    put(tx, parts, chat.id, text, key=key, buttons=[row], kind="system")


def read_consent(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound
) -> tuple[bool | None, str]:
    """(agrees, version of the text): a tap on the text that was read, or own words."""
    press = tx.buttons.get(message.button) if message.button else None
    version = parts.library.shared.consent.version
    if press is not None and press.conversation_id == chat.id and press.action == "consent":
        return bool(press.payload["agree"]), str(press.payload.get("version", version))
    if message.button:
        return None, version
    reading = read(message.text, AGREEMENT, words=parts.answer_words, language=chat.language)
    agrees = reading.value if reading.understood and isinstance(reading.value, bool) else None
    return agrees, version

"""Talk: everything that is not an answer to our question - questions, thanks, worries."""

from __future__ import annotations

from bot.core.asking import is_question
from bot.core.conversation import Conversation, Inbound
from bot.core.reading.wishes import tells_of_death
from bot.core.triage_level import TriageLevel
from bot.services.ask import Said
from bot.services.ask_back import (
    ALWAYS_HANDED_ON,
    ask_about_sign,
    ask_about_topic,
    topic_answer,
)
from bot.services.ask_person import get_person
from bot.services.hard_talk import WITH_TASK, bereaved, hard_talk, raise_for
from bot.services.moments import next_contact
from bot.services.no_words import not_words, say_no_words
from bot.services.nurse_tasks import message_task
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom, open_check_in

SURE = 0.5  # below it an intent is taken for "not understood"; checked in the NLU evaluation
# From here on we ask "is it that?": between the two, three guesses of four are right. Hard
# talk counts from here on too: taken for "not understood" it would reach a nurse all the
# same, only with colder words.
HALF_SURE = 0.2
ASK = "ask_"
PERSON = "ask_human"
SIMPLE = {
    "greet": "greeting",
    "thanks": "thanks",
    "goodbye": "goodbye",
    "are_you_human": "are_you_human",
    "what_can_you_do": "help",
    "privacy": "privacy",
    "out_of_scope": "out_of_scope",
    "affirm": "nothing_open",
    "deny": "nothing_open",
    "later": "nothing_open",
    "why_ask": "why_default",
}
SURELY_TALK = (
    *("symptom", "out_of_scope", "when_next", "greet", "thanks", "goodbye"),
    *("are_you_human", "what_can_you_do", "privacy"),
)


def is_talk(intent: str, confidence: float) -> bool:
    """Whether this is surely talk, so that a question of ours stays open beside it."""
    if intent in WITH_TASK or intent == PERSON:
        return confidence >= HALF_SURE
    return confidence >= SURE and (intent in SURELY_TALK or intent.startswith(ASK))


def talk(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    intent: str,
    confidence: float,
) -> list[Said]:
    """Answer a message by its intent. What is not understood goes to a nurse."""
    if message.button:
        return [Said(phrase(parts, "stale_button", chat.language))]
    if intent == PERSON:
        get_person(tx, parts, chat, who, message)
        return [Said(phrase(parts, "nurse_wanted", chat.language))]
    unreadable = not_words(message)
    if unreadable:
        return [say_no_words(tx, parts, chat, who, message, unreadable)]
    if intent == "ask_mood" and not is_question(message.text):
        intent = "distress"  # who tells of her sadness wants no leaflet
    if intent.startswith(ASK) and confidence >= SURE:
        return _question(tx, parts, chat, who, message, intent.removeprefix(ASK))
    if intent == "bad_news" and confidence >= SURE and _death(parts, message):
        return [bereaved(tx, parts, chat, who, message)]
    if intent in WITH_TASK and confidence >= HALF_SURE:
        return hard_talk(tx, parts, chat, who, message, intent)
    if _worried(message):
        # A nurse was told when the message came in; say nothing that could soften it.
        return [
            ask_about_sign(parts, chat, message) or Said(phrase(parts, "if_worse", chat.language))
        ]
    if intent == "symptom" and confidence >= SURE:
        return _complaint(tx, parts, chat, who, message)
    if intent == "when_next" and confidence >= HALF_SURE:
        return [_when_next(tx, parts, chat, who)]
    if intent in SIMPLE and confidence >= SURE:
        return [_simple(tx, parts, chat, who, intent)]
    if intent.startswith(ASK) and confidence >= HALF_SURE:
        return [_half_sure(tx, parts, chat, who, message, intent.removeprefix(ASK))]
    return [_handed_on(tx, parts, chat, who, message)]


def _simple(tx: Transaction, parts: Parts, chat: Conversation, who: Whom, intent: str) -> Said:
    key = SIMPLE[intent]
    if intent == "greet" and open_check_in(tx, who.episode) is not None:
        key = "greeting_in_check_in"  # "how are you?" beside a question would be two questions
    return Said(phrase(parts, key, chat.language))


def _when_next(tx: Transaction, parts: Parts, chat: Conversation, who: Whom) -> Said:
    said = next_contact(tx, parts, who, chat.language)
    return Said(said or phrase(parts, "nothing_planned", chat.language))


def _half_sure(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound, topic: str
) -> Said:
    """Is it that? A nurse has the question until the patient says that it was."""
    handed_on = _handed_on(tx, parts, chat, who, message)
    if topic in ALWAYS_HANDED_ON:
        return handed_on
    return ask_about_topic(parts, chat, message, topic)


def _handed_on(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound
) -> Said:
    message_task(tx, parts, who, message, "question")
    return Said(phrase(parts, "question_handed_to_nurse", chat.language))


def _death(parts: Parts, message: Inbound) -> bool:
    return tells_of_death(message.text, parts.answer_words)


def _worried(message: Inbound) -> bool:
    """Whether screening already made a nurse look at this message."""
    level = TriageLevel.from_word(message.level)
    codes = {one["code"] for one in message.screening.get("red_flags") or []}
    asks = bool(message.screening.get("ask")) and codes != {"wants_a_person"}
    return level.needs_nurse or asks


def _complaint(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound
) -> list[Said]:
    """A complaint that no rule knows: unexpected after an operation, so a nurse looks."""
    raise_for(tx, parts, chat, who, message, "unlisted_complaint", TriageLevel.WITHIN_48_HOURS)
    return [Said(phrase(parts, "if_worse", chat.language))]


def _question(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound, topic: str
) -> list[Said]:
    """The care team's own answer, or the nurse's non-urgent list."""
    answer = topic_answer(tx, parts, chat, who, topic)
    handed_on = answer is None or topic in ALWAYS_HANDED_ON
    if handed_on:
        message_task(tx, parts, who, message, "question")
    said = [Said(answer or phrase(parts, "question_handed_to_nurse", chat.language))]
    if _worried(message):
        back = ask_about_sign(parts, chat, message)
        said.append(back or Said(phrase(parts, "question_and_complaint", chat.language)))
    return said

"""Talk: everything that is not an answer to our question - questions, thanks, worries."""

from __future__ import annotations

from bot.core.conversation import Conversation, Inbound
from bot.core.triage_level import TriageLevel
from bot.services.ask import Said
from bot.services.ask_back import ask_about_sign, ask_about_topic, topic_answer
from bot.services.call_back import open_call_back
from bot.services.nurse_tasks import message_task
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.whom import Whom

SURE = 0.5  # below it an intent is taken for "not understood"; checked in the NLU evaluation
# From here on we ask "is it that?": between the two, three guesses of four are right.
HALF_SURE = 0.2
ASK = "ask_"
SIMPLE = {
    "greet": "greeting",
    "thanks": "thanks",
    "goodbye": "goodbye",
    "are_you_human": "are_you_human",
    "out_of_scope": "out_of_scope",
    "affirm": "nothing_open",
    "deny": "nothing_open",
    "later": "nothing_open",
    "why_ask": "why_default",
}
WITH_TASK = {"complain_bot": ("complaint", "complaint"), "distress": ("distress_support", "look")}


def is_talk(intent: str, confidence: float) -> bool:
    """Whether this is surely talk, so that a question of ours stays open beside it."""
    known = intent in WITH_TASK or intent in ("ask_human", "symptom", "out_of_scope")
    small = intent in ("greet", "thanks", "goodbye", "are_you_human")
    return confidence >= SURE and (known or small or intent.startswith(ASK))


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
    worried = _worried(message)
    if message.button:
        return [Said(phrase(parts, "stale_button", chat.language))]
    if intent == "ask_human":
        return _human(tx, parts, chat, who, message)
    if intent.startswith(ASK) and confidence >= SURE:
        return _question(tx, parts, chat, who, message, intent.removeprefix(ASK))
    if intent in WITH_TASK and confidence >= SURE:
        return _with_task(tx, parts, chat, who, message, intent)
    if worried:
        # A nurse was told when the message came in; say nothing that could soften it.
        return [
            ask_about_sign(parts, chat, message) or Said(phrase(parts, "if_worse", chat.language))
        ]
    if intent == "symptom" and confidence >= SURE:
        return _complaint(tx, parts, chat, who, message)
    if intent in SIMPLE and confidence >= SURE:
        return [Said(phrase(parts, SIMPLE[intent], chat.language))]
    if intent.startswith(ASK) and confidence >= HALF_SURE:
        return [ask_about_topic(parts, chat, message, intent.removeprefix(ASK))]
    message_task(tx, parts, who, message, "question")
    return [Said(phrase(parts, "question_handed_to_nurse", chat.language))]


def _with_task(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound, intent: str
) -> list[Said]:
    """A complaint about us, or distress. What it says of her health is asked about as always."""
    key, task = WITH_TASK[intent]
    if task == "complaint":
        text, once = message.text, f"{task}:{message.id}"
        open_call_back(tx, parts, who, message, kind="complaint", key=once, text=text)
    else:
        message_task(tx, parts, who, message, task)
    said = [Said(phrase(parts, key, chat.language))]
    if _worried(message):
        back = ask_about_sign(parts, chat, message)
        said.append(back or Said(phrase(parts, "if_worse", chat.language)))
    return said


def _worried(message: Inbound) -> bool:
    """Whether screening already made a nurse look at this message."""
    level = TriageLevel.from_word(message.level)
    return level.needs_nurse or bool(message.screening.get("ask"))


def _human(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound
) -> list[Said]:
    """A person was asked for, so a person comes."""
    _raise(tx, parts, chat, who, message, "asked_for_human", TriageLevel.SAME_DAY)
    return [Said(phrase(parts, "nurse_wanted", chat.language))]


def _complaint(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound
) -> list[Said]:
    """A complaint that no rule knows: unexpected after an operation, so a nurse looks."""
    _raise(tx, parts, chat, who, message, "unlisted_complaint", TriageLevel.WITHIN_48_HOURS)
    return [Said(phrase(parts, "if_worse", chat.language))]


def _question(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound, topic: str
) -> list[Said]:
    """The care team's own answer, or the nurse's non-urgent list."""
    answer = topic_answer(tx, parts, chat, who, topic)
    if answer is None:
        message_task(tx, parts, who, message, "question")
        answer = phrase(parts, "question_handed_to_nurse", chat.language)
    said = [Said(answer)]
    if _worried(message):
        back = ask_about_sign(parts, chat, message)
        said.append(back or Said(phrase(parts, "question_and_complaint", chat.language)))
    return said


def _raise(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    kind: str,
    level: TriageLevel,
) -> None:
    reason = {language: phrase(parts, f"cause_{kind}", language) for language in ("zh", "en")}
    raise_escalation(
        tx,
        parts,
        episode=who.episode,
        conversation=chat,
        level=level,
        causes=(
            NewCause(
                kind=kind,
                code=kind,
                level=level,
                words=message.text[:200],
                reason=reason,
                version=who.pathway.version,
                inbound_id=message.id,
            ),
        ),
        now=parts.clock.now(),
    )

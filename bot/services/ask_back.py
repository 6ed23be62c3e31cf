"""Ask back: is it happening now, and is that your question? Two questions with buttons.

A doubtful sign has its nurse's look before we ask (see `receive`), and an unsure
question is never lost: it is on the nurse's list until the patient taps "yes, that".
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import ButtonPress, Conversation, Inbound, Priority
from bot.core.patient import EpisodeState
from bot.core.triage_level import TriageLevel
from bot.services.ask import Said, back_to_question
from bot.services.moments import next_contact
from bot.services.nurse_tasks import message_task
from bot.services.outbox import fill, phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.whom import Whom, whom

SIGN, TOPIC = "sign", "topic"  # what a button of ours is about
NOW, OVER, OTHER_PERSON = "now", "over", "other_person"
THAT, ELSE = "that", "else"
LONGEST_WORDS = 60
# What screening lets a nurse look at although nobody can be asked "is it there now?".
NOT_A_SIGN = frozenset({"worry", "wants_a_person", "other_language"})
NEXT_VISIT = "follow_up_visit"
# Topics that no text of the care team answers: a nurse has the question at once.
ALWAYS_HANDED_ON = ("results", "other")


def ask_about_sign(parts: Parts, chat: Conversation, message: Inbound) -> Said | None:
    """Whether a sign that may be over, or another's, is there now; None without such a sign."""
    flags = [
        one for one in message.screening.get("red_flags") or [] if one["code"] not in NOT_A_SIGN
    ]
    if not message.screening.get("ask") or not flags:
        return None
    words = str(flags[0]["span"])[:LONGEST_WORDS]
    about = {"about": SIGN, "inbound_id": message.id, "words": words, "code": flags[0]["code"]}
    choices = (("button_now", NOW), ("button_over", OVER), ("button_other_person", OTHER_PERSON))
    return Said(
        phrase(parts, "clarify_sign", chat.language, words=words),
        tuple((phrase(parts, key, chat.language), {**about, "means": one}) for key, one in choices),
    )


def ask_about_topic(parts: Parts, chat: Conversation, message: Inbound, topic: str) -> Said:
    """Whether this is what the question is about."""
    about = {"about": TOPIC, "inbound_id": message.id, "topic": topic}
    choices = (("button_that_is_it", THAT), ("button_something_else", ELSE))
    named = phrase(parts, f"topic_{topic}", chat.language)
    return Said(
        phrase(parts, "question_confirm", chat.language, topic=named),
        tuple((phrase(parts, key, chat.language), {**about, "means": one}) for key, one in choices),
    )


def hear_choice(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> bool:
    """Hear a tap on one of our two questions. False when it is none."""
    press = tx.buttons.get(message.button) if message.button else None
    if press is None or press.conversation_id != chat.id or "about" not in press.payload:
        return False
    who = whom(tx, parts, chat)
    if who is None:
        return False
    if press.payload["about"] == SIGN:
        text = _sign(tx, parts, chat, who, message, press)
    else:
        text = _topic(tx, parts, chat, who, message, press)
    if text:
        put(tx, parts, chat.id, text, key=f"{message.id}:choice", priority=Priority.CONVERSATION)
        back_to_question(tx, parts, chat, message)
    return True


def _sign(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    press: ButtonPress,
) -> str:
    """Now: a nurse today at least. Over: she has it on her list already."""
    if press.payload["means"] == NOW:
        _raise(tx, parts, chat, who, message, press)
        return ""  # what to do now was said with the escalation
    key = "another_person_emergency" if press.payload["means"] == OTHER_PERSON else "if_worse"
    return phrase(parts, key, chat.language)


def _raise(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    press: ButtonPress,
) -> None:
    """As grave as the words are when they are said of the present; never below same day."""
    words = press.payload["words"]
    found = parts.screen(
        words,
        procedure=who.episode.procedure_code,
        day=who.day(parts.clock.now()),
    )
    level = max(found.level, TriageLevel.SAME_DAY)
    raise_escalation(
        tx,
        parts,
        episode=who.episode,
        conversation=chat,
        level=level,
        causes=(
            NewCause(
                kind="screening",
                code=press.payload["code"],
                level=level,
                words=words,
                reason={one: phrase(parts, "cause_sign_now", one) for one in ("zh", "en")},
                version=found.version,
                inbound_id=message.id,
            ),
        ),
        now=parts.clock.now(),
    )


def _topic(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    press: ButtonPress,
) -> str:
    """The care team's answer, and the nurse need not; or the first message stays with her."""
    answer = topic_answer(tx, parts, chat, who, press.payload["topic"])
    asked = tx.inbound.get(press.payload["inbound_id"]) or message
    if press.payload["means"] == THAT and answer is not None:
        _answered(tx, parts, asked)
        return answer
    message_task(tx, parts, who, asked, "question")
    return phrase(parts, "question_handed_to_nurse", chat.language)


def _answered(tx: Transaction, parts: Parts, asked: Inbound) -> None:
    """Her question is off the nurse's list, for the care team's text was what she meant."""
    task = tx.tasks.one(key=f"question:{asked.id}", lock=True)
    if task is not None and task.done_at is None:
        tx.tasks.swap(task, replace(task, done_at=parts.clock.now(), outcome="answered"))


def topic_answer(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, topic: str
) -> str | None:
    """What the care team says of a topic, and how to ask on; None when it says nothing.

    Who asks about her next visit may mean our next question, so she hears of both.
    """
    answer = who.pathway.answers.get(topic)
    if answer is None:
        return None
    said = fill(parts, answer, chat.language)
    told = [phrase(parts, "question_answered", chat.language, answer=said)]
    if topic == NEXT_VISIT and who.episode.state is EpisodeState.ACTIVE:
        told.append(next_contact(tx, parts, who, chat.language))
    if topic not in ALWAYS_HANDED_ON:
        told.append(phrase(parts, "question_more", chat.language))
    return "\n\n".join(one for one in told if one)

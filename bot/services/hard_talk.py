"""Hard talk: anger, complaints, fear and bad news. Calm words, and somebody who reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Inbound
from bot.core.triage_level import TriageLevel
from bot.services.ask import Said
from bot.services.ask_back import ask_about_sign
from bot.services.call_back import open_call_back
from bot.services.nurse_tasks import message_task
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.whom import Whom, open_check_in

# What we say to hard talk, and what it becomes for a nurse.
CALL_BACK: Final = "complaint"
WITH_TASK = {
    "complain_bot": ("complaint", CALL_BACK),
    "complain_care": ("complaint", CALL_BACK),
    "abuse": ("abuse", CALL_BACK),
    "distress": ("distress_support", "look"),
    "bad_news": ("bad_news", "look"),
    "wrong_person": ("wrong_person", "look"),
}
SAYS_WHOM_TO_CALL = ("distress_support",)


def hard_talk(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound, intent: str
) -> list[Said]:
    """Hard talk. What it says of her health is asked about as always."""
    key, task = WITH_TASK[intent]
    level = TriageLevel.from_word(message.level)
    if task == CALL_BACK:
        text, once = message.text, f"{task}:{message.id}"
        open_call_back(tx, parts, who, message, kind=CALL_BACK, key=once, text=text)
    elif not level.needs_nurse:
        message_task(tx, parts, who, message, task)
    said = [Said(phrase(parts, key, chat.language))]
    back = ask_about_sign(parts, chat, message)
    if back is not None:
        said.append(back)
    elif level.needs_nurse and key not in SAYS_WHOM_TO_CALL:
        said.append(Said(phrase(parts, "if_worse", chat.language)))
    return said


def bereaved(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, message: Inbound
) -> Said:
    """Somebody has died, perhaps the patient. A nurse finds out; nothing is asked meanwhile."""
    raise_for(tx, parts, chat, who, message, "death_told", TriageLevel.SAME_DAY)
    check_in = open_check_in(tx, who.episode)
    if check_in is not None:
        stopped = replace(check_in, state=CheckInState.STOPPED, ended_at=parts.clock.now())
        tx.check_ins.swap(check_in, replace(stopped, current_question=None))
    return Said(phrase(parts, "bereavement", chat.language))


def raise_for(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    kind: str,
    level: TriageLevel,
) -> None:
    """A nurse has to see this message, for a reason of ours that is no sign and no rule."""
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

"""Ask: word the next open question of a check-in, with its buttons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.core.check_in import Asked, CheckIn
from bot.core.condition import Facts
from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.pathway import next_question
from bot.core.patient import Role
from bot.core.question import Kind, Question
from bot.services.facts import facts_after, facts_of
from bot.services.outbox import NewButton, fill, phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom, open_check_in, whom

SHORT_TITLE = 12  # characters: two such buttons stand side by side on a small phone
TAPPED_SCALE = 10  # a scale up to 0-10 is offered as buttons, a longer one is typed


@dataclass(frozen=True)
class Said:
    """One reply of a turn. Buttons are (title, payload); `scale` packs them tightly."""

    text: str
    buttons: tuple[tuple[str, dict[str, Any]], ...] = ()
    scale: bool = False

    def as_row(self) -> dict[str, Any]:
        """The reply as the record and the engine carry it."""
        return {
            "text": self.text,
            "buttons": [{"title": title, "payload": payload} for title, payload in self.buttons],
            "scale": self.scale,
        }


def next_open(
    tx: Transaction, parts: Parts, who: Whom, check_in: CheckIn, *, before: Facts | None = None
) -> Question | None:
    """The next question of this check-in from what is stored; None when it is complete."""
    facts = (
        facts_after(tx, who, before, check_in)
        if before
        else facts_of(tx, who, check_in, parts.clock.now())
    )
    plan = who.pathway.check_in(check_in.plan_id)
    return next_question(who.pathway, plan, facts.answers, facts=facts)


def ask_question(
    tx: Transaction, parts: Parts, chat: Conversation, check_in: CheckIn, question: Question
) -> Said:
    """Word a question and remember that it is the one being asked."""
    known = tx.asked.one(check_in_id=check_in.id, question_id=question.id)
    if known is None:
        tx.asked.add(
            Asked(
                id=parts.ids.new(),
                check_in_id=check_in.id,
                question_id=question.id,
                state="open",
                attempts=0,
                asked_at=parts.clock.now(),
            )
        )
    fresh = tx.check_ins.get(check_in.id) or check_in
    tx.check_ins.swap(fresh, replace(fresh, current_question=question.id))
    text = fill(parts, question.ask, chat.language)
    if question.kind is Kind.CHOICES:
        text = f"{text}\n{phrase(parts, 'choose_several', chat.language)}"
    return Said(
        text=text,
        buttons=buttons_for(parts, question, check_in, chat.language),
        scale=question.kind is Kind.SCALE and not question.named_numbers,
    )


def buttons_for(
    parts: Parts, question: Question, check_in: CheckIn, language: str
) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The taps that a question offers; free text is always accepted as well."""
    offered: list[tuple[str, Any]] = []
    low, high = question.minimum or 0, question.maximum or 0
    if question.options and question.kind in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO):
        offered = [
            (one.words.say(language), _value(question, one.value)) for one in question.options
        ]
    elif question.kind is Kind.YES_NO:
        offered = [
            (phrase(parts, "button_yes", language), True),
            (phrase(parts, "button_no", language), False),
        ]
    elif question.named_numbers:
        offered = [(one.words.say(language), one.counts) for one in question.named_numbers]
    elif question.kind is Kind.SCALE and high - low <= TAPPED_SCALE:
        offered = [(str(number), number) for number in range(int(low), int(high) + 1)]
    payload = {"check_in_id": check_in.id, "question_id": question.id}
    taps = [(title, {**payload, "value": value}) for title, value in offered]
    if offered and question.kind is not Kind.SCALE:
        unsure = phrase(parts, "button_dont_know", language)
        taps.append((unsure, {**payload, "outcome": "dont_know"}))
    return tuple(taps)


def _value(question: Question, value: str) -> Any:
    if question.kind is Kind.YES_NO:
        return value == "yes"
    return [value] if question.kind is Kind.CHOICES else value


def greeting(parts: Parts, who: Whom, chat: Conversation, check_in: CheckIn) -> str:
    """The first words of a check-in."""
    own = who.contact.role is Role.PATIENT
    key = "check_in_greeting" if own else "check_in_greeting_caregiver"
    hello = phrase(parts, key, chat.language, name=who.patient.name)
    intro = who.pathway.check_in(check_in.plan_id).intro
    return f"{hello}\n{fill(parts, intro, chat.language)}" if intro else hello


def open_question(
    tx: Transaction, parts: Parts, chat: Conversation
) -> tuple[CheckIn, Question] | None:
    """The question that waits for an answer in this chat, unless it was put off."""
    who = whom(tx, parts, chat)
    if who is None or chat.mode is not Mode.BOT:
        return None
    check_in = open_check_in(tx, who.episode)
    question = next_open(tx, parts, who, check_in) if check_in else None
    if check_in is None or question is None or check_in.postponed_until is not None:
        return None
    return check_in, question


def back_to_question(tx: Transaction, parts: Parts, chat: Conversation, message: Inbound) -> None:
    """Put the open question again behind what was said to this message."""
    lead = phrase(parts, "check_in_again", chat.language)
    ask_again(tx, parts, chat, key=f"{message.id}:again", lead=lead)


def ask_again(
    tx: Transaction, parts: Parts, chat: Conversation, *, key: str, lead: str = ""
) -> None:
    """Put the open question again, for example in another language; `lead` stands before it."""
    found = open_question(tx, parts, chat)
    if found is None:
        return
    said = ask_question(tx, parts, chat, *found)
    row = [NewButton(title, "answer", payload) for title, payload in said.buttons]
    rows = rows_of(row, scale=said.scale)
    text = f"{lead}\n{said.text}" if lead else said.text
    put(tx, parts, chat.id, text, key=key, buttons=rows)


def rows_of(buttons: list[NewButton], *, scale: bool) -> list[list[NewButton]]:
    """Lay buttons out so that a thumb hits them: numbers four in a row, words wide."""
    short = all(len(one.title) <= SHORT_TITLE for one in buttons)
    width = 4 if scale else 2 if short else 1
    return [buttons[i : i + width] for i in range(0, len(buttons), width)]

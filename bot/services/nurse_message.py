"""A nurse's message: what she presses or types in her own chat, answered at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.conversation import ButtonPress, Conversation, Inbound, Priority
from bot.core.errors import AlreadyDone, NotAllowed
from bot.core.escalation import Escalation, EscalationState
from bot.core.staff import Nurse
from bot.services import drill, nurse_leads
from bot.services.acknowledge import acknowledge_in
from bot.services.close_escalation import close_in
from bot.services.outbox import NewButton, phrase, put
from bot.services.parts import Parts
from bot.services.pass_on import pass_on_in
from bot.services.ports import Transaction
from bot.services.register_nurse import register_nurse
from bot.services.tell import about_case, case_buttons, outcome_buttons, who_has_it

MOST_CASES = 8


def is_nurse_chat(conversation: Conversation) -> bool:
    """Whether this is a nurse's own chat and not one that she leads for a patient."""
    return conversation.nurse_id is not None and conversation.contact_id is None


def nurse_message(
    tx: Transaction, parts: Parts, *, conversation: Conversation, message: Inbound
) -> None:
    """Do what she pressed, or answer what she typed. The same message again adds nothing."""
    nurse = tx.nurses.get(conversation.nurse_id) if conversation.nurse_id else None
    if nurse is None or not nurse.active or nurse.conversation_id != conversation.id:
        text = phrase(parts, "staff_code_wrong", conversation.language)
        return _answer(tx, parts, conversation, message, text)
    code = message.start_code_hash
    if code and register_nurse(tx, parts, conversation=conversation, code_hash=code):
        return None
    press = tx.buttons.get(message.button) if message.button else None
    if press is not None and press.conversation_id == conversation.id:
        case = tx.escalations.get(str(press.payload.get("escalation_id", "")))
        if press.action == "escalation" and case is not None:
            return _pressed(tx, parts, conversation, message, nurse, press, case)
        if press.action == drill.ACTION:
            said = drill.answer_drill(tx, parts, str(press.payload.get("drill", "")), nurse)
            return _answer(tx, parts, conversation, message, said)
        if press.action == "takeover":
            answer = nurse_leads.pressed(tx, parts, nurse, message, press)
            return _answer_if_any(tx, parts, conversation, message, answer)
    led = nurse_leads.typed(tx, parts, nurse, message) if not message.button else None
    if led is not None:
        return _answer_if_any(tx, parts, conversation, message, led)
    return _help(tx, parts, conversation, message, nurse)


def _pressed(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    message: Inbound,
    nurse: Nurse,
    press: ButtonPress,
    case: Escalation,
) -> None:
    """Carry out one button. Whoever came too late reads who has it or closed it."""
    if press.used_at is None:
        tx.buttons.swap(press, replace(press, used_at=parts.clock.now()))
    try:
        answer = _do(tx, parts, nurse, case, press)
    except (AlreadyDone, NotAllowed):
        now = tx.escalations.get(case.id) or case
        answer = who_has_it(tx, parts, now, nurse), []
    _answer_if_any(tx, parts, chat, message, answer)


def _answer_if_any(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, answer: Answer
) -> None:
    if answer is not None:
        _answer(tx, parts, chat, message, answer[0], buttons=answer[1])


Answer = tuple[str, list[list[NewButton]]] | None


def _do(
    tx: Transaction, parts: Parts, nurse: Nurse, case: Escalation, press: ButtonPress
) -> Answer:
    """What to answer; None when doing it has told her already."""
    do = press.payload.get("do")
    if do == "acknowledge":
        return _acknowledge(tx, parts, nurse, case)
    if do == "pass_on":
        return _pass_on(tx, parts, nurse, case, again=press.used_at is not None)
    if do == "close":
        return _close(tx, parts, nurse, case)
    return _end(tx, parts, nurse, case, str(press.payload.get("outcome", "")))


def _acknowledge(tx: Transaction, parts: Parts, nurse: Nurse, case: Escalation) -> Answer:
    if case.acknowledged_by == nurse.id and not case.is_closed:
        buttons = case_buttons(parts, nurse, case)
        return about_case(tx, parts, case, nurse, "staff_you_have_it"), buttons
    acknowledge_in(tx, parts, escalation_id=case.id, nurse_id=nurse.id)
    return None


def _pass_on(
    tx: Transaction, parts: Parts, nurse: Nurse, case: Escalation, *, again: bool
) -> Answer:
    if again and case.acknowledged_by is None:
        # She tapped twice: one tap, one step up.
        return about_case(tx, parts, case, nurse, "staff_passed_on"), []
    pass_on_in(tx, parts, escalation_id=case.id, nurse_id=nurse.id)
    return None


def _close(tx: Transaction, parts: Parts, nurse: Nurse, case: Escalation) -> Answer:
    if case.is_closed or case.acknowledged_by not in (None, nurse.id):
        raise AlreadyDone(case.holder or "")
    asked = about_case(tx, parts, case, nurse, "staff_ask_outcome")
    return asked, outcome_buttons(parts, nurse, case)


def _end(tx: Transaction, parts: Parts, nurse: Nurse, case: Escalation, outcome: str) -> Answer:
    if case.is_closed:
        raise AlreadyDone(case.closed_by or "")
    close_in(tx, parts, escalation_id=case.id, nurse_id=nurse.id, outcome=outcome)
    return None


def _help(
    tx: Transaction, parts: Parts, chat: Conversation, message: Inbound, nurse: Nurse
) -> None:
    """A short help, then each of her open cases with its buttons again."""
    cases = open_cases(tx, nurse)
    said = [phrase(parts, "staff_not_understood", nurse.language)]
    if not cases:
        said.append(phrase(parts, "staff_no_open_cases", nurse.language))
    _answer(tx, parts, chat, message, "\n".join(said))
    for case in cases[:MOST_CASES]:
        level = phrase(parts, f"level_{case.level.word}", nurse.language)
        hers = "staff_case_yours" if case.acknowledged_by == nurse.id else "staff_case_waiting"
        text = about_case(tx, parts, case, nurse, hers, level=level)
        buttons = case_buttons(parts, nurse, case)
        _answer(tx, parts, chat, message, text, buttons=buttons, about=case.id)


def open_cases(tx: Transaction, nurse: Nurse) -> list[Escalation]:
    """What she has, and what she was told of and nobody has yet; the gravest first."""
    told = {one.escalation_id for one in tx.notifications.find(nurse_id=nurse.id)}
    found = tx.escalations.find(state__not=EscalationState.CLOSED)
    hers = [
        one
        for one in found
        if one.acknowledged_by == nurse.id or (one.state is EscalationState.OPEN and one.id in told)
    ]
    return sorted(hers, key=lambda one: (-one.level, one.opened_at, one.id))


def _answer(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    message: Inbound,
    text: str,
    **over: Any,
) -> None:
    key = f"{message.id}:nurse:{over.get('about', '')}"
    buttons = over.get("buttons", ())
    priority = Priority.CONVERSATION
    put(tx, parts, chat.id, text, key=key, priority=priority, buttons=buttons, kind="system")

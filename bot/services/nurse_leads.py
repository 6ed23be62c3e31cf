"""A nurse leads from her own chat: taking over, quick replies, her words, handing back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core.conversation import ButtonPress, Conversation, Inbound, Mode
from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.message import Part
from bot.core.staff import Nurse
from bot.core.takeover import Takeover
from bot.services.hand_back import hand_back_in
from bot.services.lead import (
    about_patient,
    chat_of_case,
    lead_button,
    lead_buttons,
    led_by,
    take_from_button,
)
from bot.services.outbox import NewButton, fill, phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.say_as_nurse import say_as_nurse
from bot.services.staff_accounts import Refused
from bot.services.take_over import may_lead, take_over_in

# The whole message, so that "hand back the form" goes to the patient.
HAND_BACK = frozenset({"/back", "hand back", "交还", "交还机器人"})

Answer = tuple[str, list[list[NewButton]]]
Do = Callable[[Transaction, Parts, Nurse, Inbound, Conversation, ButtonPress], Answer | None]


def typed(tx: Transaction, parts: Parts, nurse: Nurse, message: Inbound) -> Answer | None:
    """What she typed while she leads goes to the patient. None: she leads nobody."""
    hers = led_by(tx, nurse.id)
    if not hers:
        return None
    wants_to_end = message.text.strip().casefold() in HAND_BACK
    if len(hers) > 1:
        do = "hand_back" if wants_to_end else "send"
        return _ask_which(tx, parts, nurse, message, hers, do)
    if wants_to_end:
        chat_id = hers[0].conversation_id
        hand_back_in(tx, parts, conversation_id=chat_id, nurse_id=nurse.id)
        return about_patient(tx, parts, hers[0].patient_id, nurse, "staff_handed_back"), []
    return _pass_to(tx, parts, nurse, message, hers[0].conversation_id)


def pressed(
    tx: Transaction, parts: Parts, nurse: Nurse, message: Inbound, press: ButtonPress
) -> Answer | None:
    """Carry out one button about a chat. None when doing it has told her already."""
    if press.used_at is None:
        tx.buttons.swap(press, replace(press, used_at=parts.clock.now()))
    chat_id = str(press.payload.get("conversation_id", ""))
    if case_id := press.payload.get("escalation_id"):
        case = tx.escalations.get(str(case_id))
        of_case = chat_of_case(tx, case) if case else None
        chat_id = of_case.id if of_case else ""
    chat = tx.conversations.get(chat_id) if chat_id else None
    if chat is None:
        return phrase(parts, "staff_cannot_lead", nurse.language), []
    do = DO.get(str(press.payload.get("do")), _take)
    try:
        return do(tx, parts, nurse, message, chat, press)
    except AlreadyDone:
        return _led_by_another(tx, parts, nurse, chat)
    except (NotFound, NotAllowed, Refused):
        return phrase(parts, "staff_cannot_lead", nurse.language), []


def _take(
    tx: Transaction,
    parts: Parts,
    nurse: Nurse,
    _message: Inbound,
    chat: Conversation,
    press: ButtonPress,
) -> Answer | None:
    led_before = chat.mode is Mode.NURSE and chat.nurse_id == nurse.id
    colleague = str(press.payload.get("from", ""))
    taken = take_over_in(
        tx, parts, conversation_id=chat.id, nurse_id=nurse.id, from_nurse_id=colleague
    )
    if not led_before:
        return None
    said = about_patient(tx, parts, taken.patient_id, nurse, "staff_you_lead_again")
    return said, lead_buttons(parts, nurse, chat.id)


def _hand_back(
    tx: Transaction,
    parts: Parts,
    nurse: Nurse,
    _message: Inbound,
    chat: Conversation,
    _press: ButtonPress,
) -> Answer | None:
    _, patient = may_lead(tx, chat, nurse.id)
    hand_back_in(tx, parts, conversation_id=chat.id, nurse_id=nurse.id)
    return about_patient(tx, parts, patient.id, nurse, "staff_handed_back"), []


def _quick_list(
    tx: Transaction,
    parts: Parts,
    nurse: Nurse,
    _message: Inbound,
    chat: Conversation,
    _press: ButtonPress,
) -> Answer | None:
    """The ward's quick replies in her language; the patient reads the patient's."""
    _, patient = may_lead(tx, chat, nurse.id)
    lines = [about_patient(tx, parts, patient.id, nurse, "staff_button_quick")]
    buttons = []
    for number, (key, words) in enumerate(parts.library.shared.quick_replies.items(), start=1):
        lines.append(f"{number}. {fill(parts, words, nurse.language)}")
        payload = {"do": "quick", "conversation_id": chat.id, "quick": key}
        buttons.append(NewButton(title=str(number), action="takeover", payload=payload))
    return "\n".join(lines), [buttons]


def _quick(
    tx: Transaction,
    parts: Parts,
    nurse: Nurse,
    message: Inbound,
    chat: Conversation,
    press: ButtonPress,
) -> Answer | None:
    words = parts.library.shared.quick_replies.get(str(press.payload.get("quick")))
    if words is None:
        return phrase(parts, "staff_not_understood", nurse.language), []
    return _say(tx, parts, nurse, chat, fill(parts, words, chat.language), message.id)


def _send(
    tx: Transaction,
    parts: Parts,
    nurse: Nurse,
    message: Inbound,
    chat: Conversation,
    press: ButtonPress,
) -> Answer | None:
    """Words that she typed earlier, now that she has said for whom they are."""
    earlier = tx.inbound.get(str(press.payload.get("inbound_id", "")))
    if earlier is None or earlier.conversation_id != message.conversation_id:
        return phrase(parts, "staff_not_understood", nurse.language), []
    return _say(tx, parts, nurse, chat, earlier.text, earlier.id)


DO: dict[str, Do] = {
    "hand_back": _hand_back,
    "quick_list": _quick_list,
    "quick": _quick,
    "send": _send,
}


def _pass_to(
    tx: Transaction, parts: Parts, nurse: Nurse, message: Inbound, chat_id: str
) -> Answer | None:
    chat = tx.conversations.get(chat_id)
    if message.part != Part.TEXT or not message.text.strip() or chat is None:
        return phrase(parts, "staff_text_only", nurse.language), []
    text = message.text
    if message.edited:
        text = phrase(parts, "nurse_corrected", chat.language, text=text)
    return _say(tx, parts, nurse, chat, text, message.id)


def _say(
    tx: Transaction, parts: Parts, nurse: Nurse, chat: Conversation, text: str, mark: str
) -> Answer | None:
    """Her words to the patient, if she leads this chat; once per message of hers."""
    nurse, patient = may_lead(tx, chat, nurse.id)
    if chat.mode is not Mode.NURSE or chat.nurse_id != nurse.id:
        return _led_by_another(tx, parts, nurse, chat)
    key = f"nurse:{nurse.id}:{mark}"
    say_as_nurse(tx, parts, nurse=nurse, patient=patient, chat=chat, text=text, key=key)
    return about_patient(tx, parts, patient.id, nurse, "staff_sent_to_patient"), []


def _ask_which(
    tx: Transaction,
    parts: Parts,
    nurse: Nurse,
    message: Inbound,
    hers: list[Takeover],
    do: str,
) -> Answer:
    """She leads more than one: nothing is sent until she says to whom."""
    rows = []
    for one in hers:
        patient = tx.patients.get(one.patient_id)
        chat = tx.conversations.get(one.conversation_id)
        contact = tx.contacts.get(chat.contact_id) if chat and chat.contact_id else None
        names = [patient.name if patient else "", contact.name if contact else ""]
        payload = {"do": do, "conversation_id": one.conversation_id, "inbound_id": message.id}
        title = " · ".join(dict.fromkeys(name for name in names if name))
        rows.append([NewButton(title=title, action="takeover", payload=payload)])
    return phrase(parts, "staff_ask_which_patient", nurse.language), rows


def _led_by_another(tx: Transaction, parts: Parts, nurse: Nurse, chat: Conversation) -> Answer:
    """Who leads, and the press that takes the chat from her; or how to take it at all."""
    _, patient = may_lead(tx, chat, nurse.id)
    leads = chat.mode is Mode.NURSE and chat.nurse_id
    leader = tx.nurses.get(chat.nurse_id or "") if leads else None
    if leader is None:
        take = [[lead_button(parts, nurse, "take", chat.id)]]
        return about_patient(tx, parts, patient.id, nurse, "staff_handed_back"), take
    said = about_patient(tx, parts, patient.id, nurse, "staff_led_by", nurse=leader.name)
    return said, take_from_button(parts, nurse, chat.id, leader)
